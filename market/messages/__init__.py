"""Letters on their way: what they say, when they go, who carries them."""
