"""Who may judge: the register of experts, recusal, the draw of panels, invitations, sign-in."""
