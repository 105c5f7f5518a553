"""Pages of the register: signing in, one's own account, one's organisation, the register."""
