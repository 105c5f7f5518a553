"""What may be done with items and cases."""
