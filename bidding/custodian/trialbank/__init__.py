"""The trial bank of the demonstration: accounts, transfers, a counter. Never in production."""
