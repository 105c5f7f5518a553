"""Fictional people and organisations of the demonstration: invented, the same every time."""
