"""What people and time do to the ledger of credit."""
