"""Intermediary agencies: entry at zero threshold, qualifications, standing, removal."""
