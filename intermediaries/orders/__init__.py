"""Orders of the supermarket: award, contract, service on the one clock, ratings, filing."""
