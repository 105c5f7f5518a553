"""The custodian over HTTP: the public, its account holders, the platform by signature."""
