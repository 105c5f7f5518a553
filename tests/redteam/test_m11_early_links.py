"""M11: the platform asks the custodian who stands behind a bid before the bids are closed."""

import pytest

from bidding.bonds.custodian import Custodian, CustodianSilent
from bidding.opening import identify
from market.journal import queries as journal
from market.protocol.encoding import canonical
from market.protocol.inclusions import inclusion
from market.protocol.links import Link, link_request
from market.protocol.signing import new_key
from tests.support.bidding_cast import House
from tests.support.bidding_questions import bid_states, opening_row


def custodian(house: House, key=None) -> Custodian:
    """The platform's own line to the custodian."""
    return Custodian(house.settings.custodian_url, house.bank.public, key or house.held.platform)


def link(house: House, name: str) -> Link:
    """What the platform knows of a bid once its identity is open."""
    held = house.bidders[name]
    return Link(held.wallet.bid_pub, held.wallet.token, held.uscc, held.wallet.inv)


def proof_of(house: House, kind: str, subject: str):
    """The proof file of any entry."""
    index = house.ask(journal.entries_of, subject, kind)[0].index
    head = house.ask(lambda session: journal.head(session, witnesses=1))
    entry = house.ask(journal.entry_at, index)
    path = house.ask(journal.inclusion, index, head.size)
    return inclusion(entry.entry, index, path, head.note.encode())


def said(house: House, request, closing) -> tuple[int, str]:
    """What the custodian answers."""
    body = canonical({"request": request, "closing": closing})
    answer = house.bank.app().test_client().post("/links", data=body)
    return answer.status_code, answer.json.get("code", "")


def test_before_the_closing_no_proof_is_good_enough(sealed: House) -> None:
    asked = [link(sealed, "a")]
    request = link_request(sealed.no, bytes(32), asked, sealed.held.platform)
    for kind in ("manifest", "notice", "rehearsal"):
        status, code = said(sealed, request, proof_of(sealed, kind, sealed.no))
        assert (status >= 400, code) == (True, "closing-differs")


def test_only_the_platforms_key_may_ask_and_only_with_this_tenders_closing(
    sealed: House,
) -> None:
    sealed.close()
    hashed = opening_row(sealed).closing_hash
    closing = proof_of(sealed, "closing", sealed.no)
    asked = [link(sealed, "a")]
    stranger = link_request(sealed.no, hashed, asked, new_key())
    assert said(sealed, stranger, closing)[1] == "bad-signature"
    other = link_request("ZC-2026-000999", hashed, asked, sealed.held.platform)
    assert said(sealed, other, closing)[1] == "closing-differs"
    honest = custodian(sealed).links(sealed.no, closing, hashed, asked)
    assert [item.reason for item in honest] == [None]


def test_a_tender_is_asked_for_once_so_no_names_are_tried_out(sealed: House) -> None:
    sealed.close()
    hashed = opening_row(sealed).closing_hash
    closing = proof_of(sealed, "closing", sealed.no)
    line = custodian(sealed)
    first = line.links(sealed.no, closing, hashed, [link(sealed, "a")])
    assert line.links(sealed.no, closing, hashed, [link(sealed, "a")]) == first
    with pytest.raises(CustodianSilent):
        line.links(sealed.no, closing, hashed, [link(sealed, name) for name in "ab"])


def test_in_the_opening_the_whole_tender_is_one_question(
    sealed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    honest = identify.custodian

    class Counting:
        """The line to the custodian, with a count of what goes over it."""

        def __init__(self, line: Custodian) -> None:
            self.line = line

        def links(self, no, proof, hashed, links):
            asked.append(len(links))
            return self.line.links(no, proof, hashed, links)

    monkeypatch.setattr(identify, "custodian", lambda settings: Counting(honest(settings)))
    sealed.close()
    sealed.open_all()
    assert asked == [3]
    assert set(bid_states(sealed).values()) == {("opened", None)}
