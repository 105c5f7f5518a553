"""The door: passwords, second factors, attempts, sessions; all on machine time."""
