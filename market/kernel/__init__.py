"""Pure vocabulary of the house: clock, working days, money, ids, moves, law, permissions, errors."""
