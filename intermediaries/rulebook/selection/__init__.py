"""How an agency is chosen: eight modes, each a function of quotes, published terms and a draw."""
