"""Acts about demands: owner, operator, and the rooms above."""
