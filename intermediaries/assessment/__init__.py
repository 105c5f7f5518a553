"""Bundled assessment: scores of cases and of months, for departments and agencies alike."""
