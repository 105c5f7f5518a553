"""What is done to a draw: frozen, audited, committed to, revealed, walked, published."""
