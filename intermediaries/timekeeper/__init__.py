"""A timekeeper: keeps the keys of sealed quotes and gives them out at their time, never before."""
