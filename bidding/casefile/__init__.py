"""The case file: what the public record holds about one tender, in one archive with its proofs."""
