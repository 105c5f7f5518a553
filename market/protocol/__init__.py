"""The trust protocol, pure: every byte that leaves a machine is made and checked here."""
