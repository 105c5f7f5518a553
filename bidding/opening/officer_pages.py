"""An officer's pages: own seats, a pool of keys, and one page per seat that its script works on."""

from typing import Final

from flask import render_template
from sqlalchemy.orm import Session

from bidding.officers.parts import part
from bidding.opening.seats import Asked, OfficerSeat, seat, seats
from market.accounts.queries import organisations, people
from market.accounts.queries.organisations import OrganisationFacts
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, digest
from market.web.access import current_actor, needs
from market.web.language import gettext, language
from market.web.pages import Pages
from market.web.patterns import Step, StepState
from market.web.site import site
from market.web.words import words_of

ASKED: Final = words_of(
    Asked,
    {
        Asked.KEY: ("交出开标密钥", "give a key"),
        Asked.AWAIT_REHEARSAL: ("等待演练开始", "the rehearsal is to be started"),
        Asked.REHEARSE: ("演练", "rehearse"),
        Asked.AWAIT_OTHERS: ("已完成，等待公布开标清单", "done; the manifest is to follow"),
        Asked.AWAIT_OPENING: ("等待开标", "wait for the opening"),
        Asked.OPEN: ("开启份额", "open shares"),
        Asked.AWAIT_ROUND: ("本轮已交，等待下一轮", "handed in; the next round is to follow"),
        Asked.OVER: ("已结束", "over"),
    },
)
_STEPS: Final = {
    Asked.KEY: 0,
    Asked.AWAIT_REHEARSAL: 1,
    Asked.REHEARSE: 1,
    Asked.AWAIT_OTHERS: 2,
    Asked.AWAIT_OPENING: 2,
    Asked.OPEN: 2,
    Asked.AWAIT_ROUND: 2,
    Asked.OVER: 3,
}
ACTS: Final = {Asked.KEY: "key", Asked.REHEARSE: "rehearse", Asked.OPEN: "open"}
"""What the script does where something is asked; a waiting officer may leave its page open."""

pages = Pages("opening_officer", __name__, words=(ASKED,))


@pages.get("/desk/officer")
@needs(Permission.OFFICERS_KEY_GIVE)
def own() -> str:
    """The tenders in which the actor holds a seat, what waits first."""
    actor = current_actor()
    found = site().office.read(lambda session: seats(session, actor.person))
    return render_template("opening/seats.html", seats=found, part=_part)


@pages.get("/desk/officer/keys")
@needs(Permission.OFFICERS_KEY_GIVE)
def keys() -> str:
    """Make a pool of keys in the browser and try the saved file."""
    return render_template("opening/keys.html", words=_words())


@pages.get("/desk/officer/<no>")
@needs(Permission.OFFICERS_KEY_GIVE)
def seat_of(no: str) -> str:
    """One seat: its key, its rehearsal, its opening, with what the script needs to know of it."""
    actor = current_actor()

    def read(session: Session) -> tuple[OfficerSeat, OrganisationFacts, str]:
        one = seat(session, no, actor.person)
        account = people.own(session, one.seat.person).account
        return one, organisations.organisation(session, one.seat.organisation), account

    one, organisation, account = site().office.read(read)
    trust = site().settings.trust_file.read_bytes()
    return render_template(
        "opening/seat.html",
        one=one,
        organisation=organisation,
        account=account,
        act=ACTS.get(one.asked),
        steps=_line(one),
        part=_part,
        trust=b64u(trust),
        trust_hash=digest(trust).hex(),
        words=_words(),
    )


def _part(role: str) -> str:
    return part(role, language())


def _line(one: OfficerSeat) -> list[Step]:
    now = _STEPS[one.asked]
    labels = (gettext("Give a key"), gettext("Rehearse"), gettext("Open"))
    return [
        Step(
            label,
            "",
            StepState.DONE if at < now else StepState.NOW if at == now else StepState.NEXT,
        )
        for at, label in enumerate(labels)
    ]


def _words() -> dict[str, str]:
    """What the script says, in the reader's language."""
    return {
        "insecure": gettext(
            "This page needs HTTPS and a current browser (Chromium 137, Firefox 130, Safari 18 or"
            " later); use another browser, or the client program."
        ),
        "broken": gettext(
            "Something unforeseen went wrong; nothing was sent. Reload the page and try again."
        ),
        "reading": gettext("Reading the files…"),
        "signer": gettext("Opening the signing key…"),
        "seconds": gettext("{0} seconds"),
        "unlocking": gettext("Opening the key file; this takes a few seconds…"),
        "making": gettext("Making the keys…"),
        "made": gettext("{0} keys are made. Save the file and write down the passphrase now."),
        "tried": gettext("The file opens with this passphrase: {0} keys are in it."),
        "sending": gettext("Signing and handing in…"),
        "given": gettext(
            "The key is given. You will be asked to rehearse once all have given one."
        ),
        "rehearsed": gettext("Rehearsed: {0} of {1} officers have done so."),
        "opening": gettext("Round {0}: opening shares…"),
        "posted": gettext("Round {0}: {1} shares handed in; officers here: {2} of {3} needed."),
        "refused": gettext(
            "this share is not of the bid it was served under; refused and reported"
        ),
        "identity": gettext("Identity envelope"),
        "technical": gettext("Technical envelope"),
        "price": gettext("Price envelope"),
        "waiting": gettext("Waiting for the others; the next round opens by itself."),
        "opened": gettext("The opening is over; everything you were asked for is handed in."),
        "ended": gettext("The opening has ended by rule; nothing more is opened."),
    }
