"""Pages of credit: for everybody, for the agency, for the management office."""
