"""What agencies, the operator, objectors and regulators do."""
