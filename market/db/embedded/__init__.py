"""The PostgreSQL and the Valkey that come with the wheels: placed, started and ended by us."""
