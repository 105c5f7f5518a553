"""Pages of agencies: for everybody, for the agency, for the operator."""
