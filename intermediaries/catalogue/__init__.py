"""What intermediaries may be asked for: twelve categories, service items with their legal basis."""
