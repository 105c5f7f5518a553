"""What may be done to a review by drawn experts."""
