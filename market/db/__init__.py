"""How the vocabulary of the house becomes rows."""
