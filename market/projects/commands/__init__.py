"""What may be done with a project before its first tender."""
