"""The public journal of official acts, its sealed batches and checkpoints; the internal trail."""
