"""Pages of demands: board, wizard, check, record."""
