"""What this city sets about how owners choose: money limits and numbers, from a day on."""
