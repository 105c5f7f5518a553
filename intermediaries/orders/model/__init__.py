"""Tables of orders: what an order holds, and complaints about how it came to be."""
