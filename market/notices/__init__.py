"""The public board: every notice in both languages, found by words, followed as a feed."""
