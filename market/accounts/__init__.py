"""Organisations, their people and signing keys, roles, sign-in, programs, addresses."""
