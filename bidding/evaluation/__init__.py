"""Evaluation: the panel judges, the rules compute, the purchaser determines in ranked order."""
