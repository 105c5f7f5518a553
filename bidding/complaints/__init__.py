"""Challenges (质疑): filed by whom a step affects, answered in time, and what waits for them."""
