"""Rules of demands, pure: states, what is complete, where law sends a demand, dates."""
