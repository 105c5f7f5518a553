"""Items and cases as others may see them."""
