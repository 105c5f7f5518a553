"""After the winner is determined: result, award notice, contract, and the bonds that go back."""
