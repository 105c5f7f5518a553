"""The witness: a program of another organisation that sees to it that the journal only grows."""
