"""Officers: who holds the keys of a tender, proved by their organisations and rehearsed."""
