"""Sealed bids: received, counted by nobody, never read before opening."""
