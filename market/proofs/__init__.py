"""Anybody checks a receipt, a proof or a draw, in his own browser."""
