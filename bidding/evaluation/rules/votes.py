"""What the panel must decide together: the smaller number yields to the larger."""

from collections.abc import Collection, Mapping

from bidding.rulebook.articles import ORDER_87_61
from bidding.rulebook.names import MemberNumber
from market.kernel.errors import Refusal


def majority(votes: Mapping[MemberNumber, bool], members: Collection[MemberNumber]) -> bool:
    """What more than half of the panel decided, once every member has voted.

    Refused: "vote-stranger" for somebody outside the panel, "vote-incomplete" while a member is
    silent, "vote-undecided" at exactly half, which a panel of odd size never reaches.
    """
    if not votes.keys() <= set(members):
        raise Refusal(
            "vote-stranger",
            zh="投票人不是本评标委员会成员",
            en="Somebody voted who is not on this panel",
            article=ORDER_87_61,
        )
    missing = len(set(members)) - len(votes)
    if missing:
        raise Refusal(
            "vote-incomplete",
            zh=f"还有 {missing} 名成员没有表决",
            en=f"{missing} members have not voted",
            article=ORDER_87_61,
        )
    in_favour = sum(votes.values())
    against = len(votes) - in_favour
    if in_favour == against:
        raise Refusal(
            "vote-undecided",
            zh="赞成与反对票数相同，请继续评议后重新表决",
            en="Votes are equal: discuss further and vote again",
            article=ORDER_87_61,
        )
    return in_favour > against
