"""The sealing page: one static file in which bids are made, served to everybody alike."""
