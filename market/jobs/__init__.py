"""What happens without a person: the heartbeat, the post, the sequencer."""
