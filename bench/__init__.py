"""Measured goals, each against a limit of the same run: never against a number of seconds."""
