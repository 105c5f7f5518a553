"""The custodian of bid bonds: another organisation, a program and a database of its own."""
