"""What rules call the things of one evaluation: numbers that name nobody."""

from typing import NewType

BidNumber = NewType("BidNumber", str)
"""The number a bid bears before the panel; it says nothing about the bidder."""
MemberNumber = NewType("MemberNumber", str)
"""The number a member of the panel bears in sheets and reports."""
CriterionCode = NewType("CriterionCode", str)
"""The code of a criterion in the tender documents, such as "T1"."""
