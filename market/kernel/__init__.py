"""Pure vocabulary of the house: clock, days, money, ids, moves, law, permissions, errors."""
