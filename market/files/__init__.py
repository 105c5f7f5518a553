"""Documents kept by what they hold: stored under their hash, described by their first bytes."""
