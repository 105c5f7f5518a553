"""Approvals: what departments must decide, by when, and each case under the project's number."""
