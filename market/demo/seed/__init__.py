"""Filling an empty demonstration through the product's own commands."""
