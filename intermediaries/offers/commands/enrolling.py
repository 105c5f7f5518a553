"""Enrolling: an agency's signed act is checked, kept with its ciphertext, and receipted."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.agencies.queries import refuse_unless_enrolment
from intermediaries.credit.queries import refuse_unless_may_take
from intermediaries.demands import queries as demands
from intermediaries.demands.ties import Sides
from intermediaries.offers.model import EnrolmentRow, Selection
from intermediaries.offers.rows import (
    known,
    last_act,
    live,
    locked,
    manifest_of,
    no_selection,
    terms_of,
)
from intermediaries.offers.rules.enrolling import (
    Sent,
    check_about,
    check_content,
    check_turn,
    refuse_related,
    refuse_unless_open,
)
from intermediaries.rulebook.selection.modes import Mode
from market.accounts.queries.organisations import interests, keys, organisation
from market.accounts.rules import relation
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.protocol.encoding import parse
from market.protocol.enrolment_receipts import EnrolmentReceipt, enrolment_receipt
from market.protocol.enrolments import Enrolment, check_sealed, read_enrolment


@dataclass(frozen=True, slots=True)
class Enrol:
    """An agency's act as its program made it: canonical bytes, and the ciphertexts it names.

    One act, one receipt, one leaf of the draw, whether there is a scheme beside the price or not.
    """

    no: str
    raw: bytes
    ciphertext: bytes | None
    scheme: bytes | None = None


def enrol(work: Work, cmd: Enrol) -> EnrolmentReceipt:
    """Take an enrolment, a replacement or a withdrawal; the receipt of it.

    The same act again has the same receipt, at any time. Otherwise, in this order: `malformed`,
    `bad-signature`; `not-your-agency`, `not-your-key`; the window; `other-terms`; `out-of-turn`;
    `quote-missing`, `quote-unasked`, `scheme-missing`, `scheme-unasked`, `ciphertext-missing`,
    `wrong-size`; `other-occasion`, `wrong-envelopes`; what entry, credit, the sides of the demand
    and controlling groups forbid; `not-named` in a direct choice.
    """
    work.need(Permission.OFFERS_OFFER_MAKE)
    own = work.actor.organisation
    if own is None or work.actor.person is None:
        raise no_selection()
    held = read_enrolment(parse(cmd.raw))
    row = locked(work, known(work.session, cmd.no).id)
    before = work.session.scalar(select(EnrolmentRow).where(EnrolmentRow.act_hash == held.hash))
    if before is not None and before.agency == own:
        return enrolment_receipt(held, before.at)
    _refuse_stranger(work, own, held)
    refuse_unless_open(row.state, row.enrol_opens, row.enrol_closes, work.now)
    check_about(
        held,
        subject=row.demand_no,
        round_no=row.round,
        terms_hash=row.terms_hash,
        amendment=row.amendment,
    )
    last = last_act(work.session, row.id, own)
    check_turn(held, 0 if last is None else last.seq + 1, None if last is None else last.act_hash)
    _check_content(row, held, cmd)
    if held.is_withdrawal:
        _refuse_empty_withdrawal(last)
    else:
        _check_agency(work, row, own, held)
    work.session.add(
        EnrolmentRow(
            selection=row.id,
            agency=own,
            uscc=held.agency,
            seq=held.seq,
            is_withdrawal=held.is_withdrawal,
            act=held.raw,
            act_hash=held.hash,
            ciphertext=cmd.ciphertext,
            scheme=cmd.scheme,
            person=work.actor.person,
            at=work.now,
        )
    )
    return enrolment_receipt(held, work.now)


def _check_content(row: Selection, held: Enrolment, cmd: Enrol) -> None:
    sent = Sent(cmd.ciphertext, cmd.scheme)
    check_content(held, sent, sealed=row.sealed, has_scheme=row.mode is Mode.SCHEME)


def _refuse_stranger(work: Work, own: UUID, held: Enrolment) -> None:
    if organisation(work.session, own).uscc != held.agency:
        raise Refusal(
            "not-your-agency",
            zh="报名须以本单位名义签署",
            en="Sign in the name of your own organisation",
            status=403,
        )
    good = [key.public for key in keys(work.session, own) if key.counts_at(work.now)]
    if held.key not in good:
        raise Refusal(
            "not-your-key",
            zh="签名用的不是本单位登记的有效密钥；先登记签名密钥",
            en="This is not a key registered for your organisation and in force; register it first",
        )


def _check_agency(work: Work, row: Selection, own: UUID, held: Enrolment) -> None:
    manifest = manifest_of(row)
    if row.sealed:
        if manifest is None:
            raise AssertionError("an open selection of sealed quotes has its manifest")
        check_sealed(held, manifest)
    about = demands.facts(work.session, row.demand_no)
    refuse_unless_enrolment(work.session, own, about.item, work.now)
    refuse_unless_may_take(work.session, own, work.now)
    terms = terms_of(row)
    if terms.mode is Mode.DIRECT and terms.named != held.agency:
        raise Refusal(
            "not-named",
            zh="本项目由业主书面指名另一家中介",
            en="The owner named another agency for this job in writing",
        )
    sides = Sides.of(work.session, about.owner, about.department, legal_day(work.now))
    sides.refuse_unless_apart(work.session, own)
    refuse_related(_related(work.session, row, own, work))


def _related(session: Session, row: Selection, own: UUID, work: Work) -> str | None:
    """How the agency is related to one that has enrolled; None for none."""
    others = [one.agency for one in live(session, row.id) if one.agency != own]
    if not others:
        return None
    today = legal_day(work.now)
    mine = interests(session, own, today)
    ties = (relation(mine, interests(session, other, today)) for other in others)
    return next((tie.value for tie in ties if tie is not None), None)


def _refuse_empty_withdrawal(last: EnrolmentRow | None) -> None:
    if last is None or last.is_withdrawal:
        raise Refusal(
            "nothing-to-withdraw",
            zh="本单位没有可撤回的报名",
            en="Your organisation has no enrolment to withdraw",
        )
