"""What is done with experts: entered, listed daily, called, answered for, signed in."""
