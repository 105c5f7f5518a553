"""Rules of approvals: items, cases, periods of law, due days and why."""
