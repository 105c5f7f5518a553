"""The numbers and periods of the law on bidding, where each comes from, and the timetable."""
