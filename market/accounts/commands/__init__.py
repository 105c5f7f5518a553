"""What may be done in the register: one function for each use case."""
