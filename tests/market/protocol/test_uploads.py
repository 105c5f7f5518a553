import pytest

from market.kernel.errors import MarketError
from market.protocol.encoding import b64u, canonical, parse, unb64u
from market.protocol.tokens import check_token
from market.protocol.uploads import (
    HEADER_LIMIT,
    Ticket,
    check_quota,
    check_upload_length,
    read_ticket,
    write_ticket,
)
from tests.support.protocol_cast import TENDER, Tape, bid_pub, keys, signer, wallet

LENGTH = 65_736
HEADER = write_ticket(TENDER, LENGTH, wallet("a").token, signer("bid/a"), Tape("ticket"))
TICKET = Ticket(TENDER, LENGTH, wallet("a").token, bid_pub("a"), Tape("ticket")(32))


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def test_m10_a_ticket_gives_a_token_the_right_to_one_upload():
    ticket = read_ticket(HEADER)
    assert ticket == TICKET
    check_token(ticket.token, ticket.bid_pub, keys())
    assert len(HEADER) < HEADER_LIMIT


def test_m10_two_uploads_of_one_length_have_two_tickets():
    again = write_ticket(TENDER, LENGTH, wallet("a").token, signer("bid/a"))
    assert again != HEADER


@pytest.mark.parametrize("length", [0, 1, 65_735, 65_737, 1 << 40])
def test_h9_a_length_no_envelope_has_is_refused(length):
    header = write_ticket(TENDER, length, wallet("a").token, signer("bid/a"))
    refused("malformed", read_ticket, header)


def test_m10_a_ticket_another_key_signed_is_refused():
    value = parse(unb64u(HEADER))
    other = parse(unb64u(write_ticket(TENDER, LENGTH, wallet("a").token, signer("bid/b"))))
    bent = {**value, "signature": other["signature"]}
    refused("bad-signature", read_ticket, b64u(canonical(bent)))
    ticket = read_ticket(b64u(canonical(other)))
    refused("foreign-token", check_token, ticket.token, ticket.bid_pub, keys())


@pytest.mark.parametrize("header", ["", "=", "e30", "x" * (HEADER_LIMIT + 1), HEADER + "A"])
def test_what_is_no_ticket_is_refused(header):
    refused("malformed", read_ticket, header)


def test_an_upload_has_its_tickets_length():
    check_upload_length(TICKET, LENGTH)
    for other in (LENGTH - 1, LENGTH + 1):
        refused("length-differs", check_upload_length, TICKET, other)


def test_m10_three_times_the_limit_is_allowed_and_one_byte_more_is_not():
    check_quota(2 * LENGTH, TICKET, LENGTH)
    refused("quota", check_quota, 2 * LENGTH + 1, TICKET, LENGTH)
