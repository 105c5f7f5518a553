"""Tables of the register: organisations, people and what they may do, how they come in."""
