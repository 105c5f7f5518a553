"""Published holidays by year: entered with their source by one person, put in force by another."""
