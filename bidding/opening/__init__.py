"""Opening: the set of bids frozen and witnessed, shares collected, then all opened in order."""
