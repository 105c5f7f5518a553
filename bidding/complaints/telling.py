"""Letters about challenges: the answer to the challenger and the other bidders, and what followed.

Procurement Law, article 53: the answer goes to the challenger and to the related suppliers. Before
the opening nobody knows who bids, so the challenger alone is written to.
"""

from uuid import UUID

from bidding.complaints.model import Challenge
from bidding.complaints.windows import complain_until
from bidding.complaints.wording import FINDINGS, REMEDIES
from bidding.opening import queries as openings
from bidding.tenders.facts import TenderFacts
from market.accounts.queries import organisations, people
from market.accounts.roles import Role
from market.command import Work
from market.messages.letters import compose


def answered(work: Work, tender: TenderFacts, row: Challenge) -> None:
    """The answer is there: to the challenger with the last day to complain, and to the bidders."""
    if row.finding is None:
        raise AssertionError("an answered challenge has its finding")
    last = complain_until(work, row)
    until = ("答复期满后十五个工作日届满", "fifteen working days are over")
    day = until if last is None else last.isoformat()
    words = compose("SM17", {"no": row.no, "date": day})
    zh, en = FINDINGS[row.finding]
    _send(work, row, row.organisation, "answered", (words.zh, words.en), "/desk/challenges")
    for other in _bidders(work, tender, row):
        said = (
            f"{tender.no}：一项质疑已答复（{zh}），请登录查看",
            f"{tender.no}: a challenge was answered ({en}); sign in to read it",
        )
        _send(work, row, other, "answered", said, f"/desk/tenders/{tender.no}/challenge-answers")


def remedied(work: Work, tender: TenderFacts, row: Challenge) -> None:
    """What followed a challenge that was right with effect, to the challenger and the bidders."""
    if row.remedy is None:
        raise AssertionError("a remedied challenge has its remedy")
    zh, en = REMEDIES[row.remedy]
    own = (
        f"您提出的{row.no}成立且影响结果，后续处理：{zh}。",
        f"Your {row.no} was right with effect on the result. What followed: {en}.",
    )
    _send(work, row, row.organisation, "remedied", own, "/desk/challenges")
    for other in _bidders(work, tender, row):
        said = (
            f"{tender.no}：一项质疑成立且影响结果，后续处理：{zh}。",
            f"{tender.no}: a challenge was right with effect on the result. What followed: {en}.",
        )
        _send(work, row, other, "remedied", said, f"/desk/tenders/{tender.no}/challenge-answers")


def _bidders(work: Work, tender: TenderFacts, row: Challenge) -> list[UUID]:
    """The organisations whose bids were opened, but the challenger."""
    known = organisations.ids_by_uscc(work.session, openings.bidders(work.session, tender.no))
    return sorted(one for one in known.values() if one != row.organisation)


def _send(
    work: Work,
    row: Challenge,
    organisation: UUID,
    what: str,
    words: tuple[str, str],
    link: str,
) -> None:
    for address in people.addresses_of_role(work.session, organisation, Role.BIDDER):
        work.letter(
            address,
            "SM17" if what == "answered" else "challenge",
            key=f"challenge:{row.no}:{what}:{address}",
            zh=words[0],
            en=words[1],
            link=link,
        )
