"""Pages of experts: the letter's link, one's own invitations, deliveries for the supervisor."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from market.command import Actor, Once, Work
from market.experts import queries
from market.experts.commands.answering import (
    Answer,
    AnswerByLink,
    TryCode,
    Withdraw,
    answer,
    answer_by_link,
    count_wrong_code,
    is_code,
    withdraw,
)
from market.experts.commands.attendance import DECLARATION, SignIn, sign_in
from market.experts.commands.inviting import ConfirmDelivery, confirm_delivery, token_hash
from market.experts.rules.invitations import DeclineReason, InvitationState, WithdrawReason
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, digest
from market.web.access import current_actor, needs, public
from market.web.fields import Option, TextField, TickField, maybe
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import Pages
from market.web.site import site
from market.web.typed_fields import ChoiceField, PickField
from market.web.words import words_of

OWN: Final = Permission.EXPERTS_INVITATION_ANSWER
LINES: Final = 100

STATE_WORDS: Final = words_of(
    InvitationState,
    {
        InvitationState.CALLED: ("待答复", "awaits an answer"),
        InvitationState.CONFIRMED: ("已确认", "confirmed"),
        InvitationState.DECLINED: ("已谢绝", "declined"),
        InvitationState.NO_REPLY: ("未答复", "no answer"),
        InvitationState.SIGNED_IN: ("已签到", "signed in"),
        InvitationState.ABSENT: ("缺席", "absent"),
        InvitationState.ACTIVE: ("评审中", "on the panel"),
        InvitationState.REPLACED: ("已更换", "replaced"),
        InvitationState.RELEASED: ("评审取消", "evaluation is off"),
    },
)
DECLINE_WORDS: Final = words_of(
    DeclineReason,
    {
        DeclineReason.BUSY: ("另有安排", "engaged elsewhere"),
        DeclineReason.ILL: ("身体原因", "ill"),
        DeclineReason.CONFLICT: ("应当回避", "must recuse"),
        DeclineReason.OTHER: ("其他", "other"),
    },
)
WITHDRAW_WORDS: Final = words_of(
    WithdrawReason,
    {
        WithdrawReason.ILL: ("因病", "ill"),
        WithdrawReason.LEFT_POST: ("离开岗位", "left the post"),
        WithdrawReason.CONFLICT: ("发现应当回避", "found a reason to recuse"),
    },
)

PAGES: Final = Pages("experts", __name__, words=(STATE_WORDS, DECLINE_WORDS, WITHDRAW_WORDS))


def _yes_no() -> list[Option]:
    return [
        Option("yes", lazy_gettext("I take part")),
        Option("no", lazy_gettext("I cannot")),
    ]


class AnswerForm(Form):
    """Yes or no, with the reason for a no."""

    accepts = PickField(lazy_gettext("Your answer"))
    reason = maybe(ChoiceField(lazy_gettext("Reason, if you cannot"), of=DeclineReason))


class LinkForm(AnswerForm):
    """The same behind the letter's link: with the code of the letter."""

    code = TextField(lazy_gettext("Code in the letter"))


class SignInForm(Form):
    """The declaration of discipline."""

    declares = TickField(lazy_gettext("I declare this and keep to it."), must=True)


class WithdrawForm(Form):
    """The cause for which somebody who confirmed may leave."""

    reason = ChoiceField(lazy_gettext("Cause"), of=WithdrawReason)


class DeliveryForm(Form):
    """What an independent carrier reported."""

    carrier = TextField(
        lazy_gettext("Carrier"), hint=lazy_gettext("Small letters and digits, such as library-call")
    )
    receipt = TextField(lazy_gettext("Receipt of the carrier"))


def _declaration() -> str:
    return DECLARATION[0] if language() == "zh" else DECLARATION[1]


@PAGES.route("/invitations/<token>", methods=["GET", "POST"])
@public
def by_link(token: str) -> ResponseReturnValue:
    """The invitation behind a letter's link, and the answer to it."""
    invitation = site().office.read(lambda s: queries.by_token(s, token_hash(token)))
    if invitation is None:
        raise NotFound
    called = site().office.read(lambda session: queries.called(session, invitation))
    form = LinkForm(options={"accepts": _yes_no()})

    def again() -> str:
        return render_template("experts/invitation.html", called=called, form=form)

    if not form.is_sent:
        return again()
    if form.is_valid() and not site().office.read(lambda s: is_code(s, token, form.code)):
        # Sent again after a lost answer, the same wrong code is the same try.
        once = digest(f"{form.once}\n{form.code}".encode())
        tried = Once(b64u(once), once)
        site().office.run_once(count_wrong_code, TryCode(token), _holder(invitation), tried)
    return submit(
        form,
        site().office,
        _answer_as_holder,
        lambda: AnswerByLink(
            token, form.code, form.accepts == "yes", form.reason.value if form.reason else ""
        ),
        again=again,
        to=lambda _: url_for("experts.by_link", token=token),
    )


def _holder(invitation: UUID) -> Actor:
    """Whoever holds the link and the code: may answer this invitation, and nothing else."""
    return Actor(f"invitation/{invitation}", frozenset({OWN}))


def _answer_as_holder(work: Work, cmd: AnswerByLink) -> Mapping[str, Any]:
    """Answer with the right that the link and its code give."""
    found = queries.by_token(work.session, token_hash(cmd.token))
    if found is None:
        raise NotFound
    return answer_by_link(replace(work, actor=_holder(found)), cmd)


@PAGES.get("/expert")
@needs(OWN)
def own() -> str:
    """One's own invitations: what to answer, where to go, what was confirmed."""
    lines = site().office.read(_own)
    return render_template("experts/own.html", lines=lines, states=InvitationState)


def _own(session: Session) -> list[queries.OwnInvitation]:
    person = current_actor().person
    return [] if person is None else queries.own_invitations(session, person)


def _mine(invitation: UUID) -> queries.OwnInvitation:
    found = [one for one in site().office.read(_own) if one.called.id == invitation]
    if not found:
        raise NotFound
    return found[0]


def _to_own(_: Mapping[str, Any]) -> str:
    return url_for("experts.own")


@PAGES.route("/expert/invitations/<uuid:invitation>/answer", methods=["GET", "POST"])
@needs(OWN)
def answer_own(invitation: UUID) -> ResponseReturnValue:
    """Answer one's own invitation, signed in."""
    line = _mine(invitation)
    form = AnswerForm(options={"accepts": _yes_no()})

    def again() -> str:
        return render_template("experts/invitation.html", called=line.called, form=form)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        answer,
        lambda: Answer(invitation, form.accepts == "yes", form.reason.value if form.reason else ""),
        again=again,
        to=_to_own,
    )


@PAGES.route("/expert/invitations/<uuid:invitation>/sign-in", methods=["GET", "POST"])
@needs(OWN)
def arrive(invitation: UUID) -> ResponseReturnValue:
    """Sign in for the evaluation, with the declaration of discipline."""
    line = _mine(invitation)
    form = SignInForm()

    def again() -> str:
        return render_template("experts/sign_in.html", line=line, form=form, text=_declaration())

    if not form.is_sent:
        return again()
    command = SignIn(invitation, declares=True)
    return submit(form, site().office, sign_in, lambda: command, again=again, to=_to_own)


@PAGES.route("/expert/invitations/<uuid:invitation>/withdrawal", methods=["GET", "POST"])
@needs(OWN)
def leave(invitation: UUID) -> ResponseReturnValue:
    """Give a confirmed seat back for a cause of law."""
    line = _mine(invitation)
    form = WithdrawForm()

    def again() -> str:
        return render_template("experts/withdrawal.html", line=line, form=form)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        withdraw,
        lambda: Withdraw(invitation, form.reason.value),
        again=again,
        to=_to_own,
    )


@PAGES.get("/supervision/invitations")
@needs(Permission.EXPERTS_DELIVERY_CONFIRM)
def waiting() -> str:
    """Invitations without an answer, by number alone, and which deliveries are shown."""
    lines = site().office.read(lambda session: queries.waiting(session, LINES))
    return render_template("experts/waiting.html", lines=lines)


@PAGES.route("/supervision/invitations/<uuid:invitation>/delivery", methods=["GET", "POST"])
@needs(Permission.EXPERTS_DELIVERY_CONFIRM)
def delivery(invitation: UUID) -> ResponseReturnValue:
    """Write down that a carrier independent of the platform delivered."""
    site().office.read(lambda session: queries.refuse_unless_called(session, invitation))
    form = DeliveryForm()

    def again() -> str:
        return render_template("experts/delivery.html", invitation=invitation, form=form)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        confirm_delivery,
        lambda: ConfirmDelivery(invitation, form.carrier, form.receipt),
        again=again,
        to=lambda _: url_for("experts.waiting"),
    )
