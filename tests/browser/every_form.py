"""Every form of the platform, sent by somebody who may: refused, and after the session has ended.

One form for each way of sending and each name of a form, found by the crawl. What is sent cannot be
taken, so that nothing comes of it; what was typed has to stand there again, without any script.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urljoin, urlsplit

from playwright.sync_api import APIRequestContext, APIResponse

from market.demo.people.kinds import Person
from market.demo.seed.house import account_of
from tests.browser.crawling import Rule, Sample, rule_of, senders
from tests.browser.roles import everybody
from tests.browser.sent_forms import SentForm, forms_on
from tests.browser.visits import HIDDEN, Visits

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
HOPS: Final = 4


@dataclass(frozen=True, slots=True)
class Way:
    """A form on a page: by which route it is sent, and what it is called there."""

    rule: Rule
    name: str
    sample: Sample

    def __str__(self) -> str:
        return f"{self.rule.name} {self.name} on {self.sample}"

    def on(self, answer: APIResponse) -> SentForm | None:
        """This form on a page that was answered."""
        shown = forms_on(answer.text(), self.sample.url)
        fitting = [one for one in shown if one.name == self.name]
        return next((one for one in fitting if self.rule.address.fullmatch(_path(one))), None)


def ways(visits: Visits, found: Mapping[str, Sequence[Sample]]) -> list[Way]:
    """One of each form that the crawl has met."""
    rules = senders(visits.exchange)
    met: dict[tuple[str, str], Way] = {}
    for sample in (one for samples in found.values() for one in samples):
        for action, name in sorted(sample.forms):
            rule = rule_of(action, rules)
            if rule is not None:
                met.setdefault((rule.name, name), Way(rule, name, sample))
    return list(met.values())


def lost_by_refusal(visits: Visits, met: Sequence[Way]) -> list[str]:
    """Forms that are taken although they cannot be, or that come back without what was typed."""
    lost = []
    for person, mine in _by_person(visits, met):
        request = visits.browser(person, language="en").request
        for way in mine:
            shown = _shown(request, way)
            if shown is None or not shown.typed:
                continue
            answer = _send(request, shown)
            if not _is_back(way.on(answer), shown):
                lost.append(f"{way}: not shown again ({answer.status})")
    return lost


def lost_by_ending(visits: Visits, met: Sequence[Way]) -> list[str]:
    """Forms whose text is gone when the session ended before they were sent."""
    lost = []
    for person, mine in _by_person(visits, [one for one in met if not one.rule.is_public]):
        if person is None:
            continue
        request = visits.browser(person, language="en").request
        open_forms = [(way, shown) for way in mine if (shown := _shown(request, way)) is not None]
        written = [(way, shown) for way, shown in open_forms if shown.typed]
        if not written:
            continue
        _end_session(visits, person)
        doors = [(way, shown, _door(request, _send(request, shown))) for way, shown in written]
        _sign_in(visits, person, request)
        for way, shown, door in doors:
            if door is None:
                lost.append(f"{way}: nobody asks to sign in")
            elif not _is_back(way.on(request.get(urljoin(visits.exchange.platform, door))), shown):
                lost.append(f"{way}: gone after the sign-in")
    return lost


def _by_person(visits: Visits, met: Sequence[Way]) -> Iterator[tuple[Person | None, Sequence[Way]]]:
    for role, person in everybody(visits.exchange).items():
        mine = [way for way in met if way.sample.role == role]
        if mine:
            yield person, mine


def _shown(request: APIRequestContext, way: Way) -> SentForm | None:
    return way.on(request.get(way.sample.url))


def _send(request: APIRequestContext, shown: SentForm) -> APIResponse:
    body = shown.body(shown.refused())
    return request.post(shown.action, data=body, headers=FORM, max_redirects=0)


def _is_back(form: SentForm | None, shown: SentForm) -> bool:
    return form is not None and form.typed == shown.refused()


def _end_session(visits: Visits, person: Person) -> None:
    """Another window of the same browser signs out; this one does not know it yet."""
    other = visits.browser(person, language="en").request
    page = other.get(f"{visits.exchange.platform}/glossary").text()
    marks = dict(HIDDEN.findall(page[page.find('action="/sign-out"') :]))
    answer = other.post(f"{visits.exchange.platform}/sign-out", form=marks)
    assert answer.ok, answer.status
    visits.known.pop((visits.exchange.platform, account_of(person)))


def _sign_in(visits: Visits, person: Person, request: APIRequestContext) -> None:
    at = f"{visits.exchange.platform}/demo/people/{account_of(person)}"
    _, _, main = request.get(at).text().partition("<main")
    answer = request.post(at, form=dict(HIDDEN.findall(main)))
    assert answer.url == f"{visits.exchange.platform}/desk", (answer.url, answer.status)


def _door(request: APIRequestContext, answer: APIResponse) -> str | None:
    """Where the door of the house leads back to, once one has signed in."""
    for _ in range(HOPS):
        place = answer.headers.get("location")
        if place is None:
            return None
        at = urlsplit(place)
        if at.path == "/sign-in":
            return parse_qs(at.query)["next"][0]
        answer = request.get(urljoin(answer.url, place), max_redirects=0)
    return None


def _path(form: SentForm) -> str:
    return urlsplit(form.action).path
