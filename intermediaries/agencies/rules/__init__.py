"""States of agencies, grounds of a check, who may enrol for what."""
