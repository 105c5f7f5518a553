"""Pure rules of the room: eligibility, recusal, windows, walk, invitations, credit, snapshots."""
