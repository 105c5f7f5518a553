"""Bonds on the platform: keys, nullifiers, surrender, link and refund; never who paid."""
