"""Reviews by drawn experts: asked for, drawn in the open, seated in drawn order, replaced by it."""
