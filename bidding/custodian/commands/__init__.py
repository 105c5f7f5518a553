"""What changes the custodian's books: one frozen request and one function each."""
