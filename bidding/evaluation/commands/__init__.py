"""What happens in an evaluation, one module for each stage."""
