"""Credit of agencies: the ledger of bonuses and penalties, and what follows from it."""
