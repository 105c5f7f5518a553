"""Rules of orders: pure."""
