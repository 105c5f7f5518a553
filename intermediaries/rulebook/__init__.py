"""Rules of the supermarket: periods, selection modes, the bundled clock, scores, credit."""
