"""Government procurement and tendering: from project to refund."""
