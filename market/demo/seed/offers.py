"""Enrolments of agencies: sealed, by credit, for rounds; and one demand that has its agency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from intermediaries.agencies.commands import files
from intermediaries.agencies.commands.files import OfferService
from intermediaries.demands import queries as demands
from intermediaries.demands.commands import checking, preparing, submitting
from intermediaries.demands.commands.preparing import SetMode
from intermediaries.offers import jobs, queries
from intermediaries.offers.commands import closing
from intermediaries.offers.commands.course import begin
from intermediaries.offers.commands.enrolling import Enrol, enrol
from intermediaries.offers.queries import SelectionFacts
from intermediaries.offers.rules.enrolling import GRACE
from intermediaries.offers.rules.states import SelectionState
from intermediaries.rulebook.selection.modes import Mode
from market.accounts.queries import organisations, people
from market.accounts.queries.entrances import roles_in
from market.accounts.roles import permissions
from market.command import HOUSE, SEQUENCER, Actor, Office, Work
from market.demo.people.everybody import Everybody, everybody
from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.demands import Scene, Wish
from market.demo.seed.house import account_of
from market.factory import build_office, listeners_of
from market.features import FEATURES
from market.kernel.money import Money
from market.kernel.workdays import SHANGHAI
from market.protocol.encoding import parse, unb64u
from market.protocol.enrolments import Enrolment, quote_binding, seal_quote, sign_enrolment
from market.protocol.offers import salted_facts
from market.protocol.signing import load_private, public_bytes
from market.protocol.timekeeping import TimeManifest
from market.settings import Settings, read

ITEM: Final = "IC01-001"
LIBRARY: Final = Wish(
    item=ITEM,
    zh="清河区图书馆改扩建可行性研究报告编制",
    en="Feasibility study for the extension of the Qinghe District library",
    background="馆舍建成二十年，借阅面积不足，拟原址改扩建。",
    scope="需求分析、方案比选、投资估算、社会稳定风险分析，配合评审修改。",
    deliverables=("可行性研究报告送审稿", "可行性研究报告报批稿"),
    ceiling="88000",
    mode=Mode.LOWEST,
    days=4,
)
ARCHIVE: Final = Wish(
    item=ITEM,
    zh="区档案库房加固可行性研究报告编制",
    en="Feasibility study for strengthening the district archive",
    background="库房楼板承载不足，须先行论证加固方案。",
    scope="检测资料复核、加固方案比选、投资估算。",
    deliverables=("可行性研究报告",),
    ceiling="26000",
    mode=Mode.DIRECT,
    days=3,
    fixed="24800",
)
BASEMENT: Final = Wish(
    item=ITEM,
    zh="区少年宫地下室改造可行性研究报告编制",
    en="Feasibility study for the basement of the children's palace",
    background="地下室长期渗水，拟先论证改造方案。",
    scope="渗漏成因复核、改造方案比选、投资估算。",
    deliverables=("可行性研究报告",),
    ceiling="22000",
    mode=Mode.DIRECT,
    days=3,
    fixed="21000",
)
"""The agency that was named for it did not enrol: nobody was chosen."""
CANTEEN: Final = Wish(
    item=ITEM,
    zh="清河区敬老院食堂改造可行性研究报告编制",
    en="Feasibility study for the canteen of the Qinghe District home for the aged",
    background="食堂厨房设备陈旧，拟整体改造。",
    scope="现状评估、改造方案比选、投资估算。",
    deliverables=("可行性研究报告",),
    ceiling="58000",
    mode=Mode.CREDIT,
    days=4,
)
GREENHOUSE: Final = Wish(
    item=ITEM,
    zh="区苗圃温室更新可行性研究报告编制",
    en="Feasibility study for new greenhouses of the district nursery",
    background="温室结构老化，拟分期更新。",
    scope="建设规模论证、能耗分析、投资估算。",
    deliverables=("可行性研究报告",),
    ceiling="46000",
    mode=Mode.MULTIROUND,
    days=4,
)
PRICE: Final = Money.from_yuan("48000")
"""What each of the agencies offers the service for, since the beginning of February."""
BY_CREDIT: Final = ((0, "51000"), (1, "49800"), (2, "52600"), (4, "50500"))
IN_ROUNDS: Final = ((0, None), (1, None), (4, None))
REASON: Final = "该机构完成库房检测，资料齐全，续做可免重复检测；集体决定见纪要〔2026〕7号"
PRICES: Final = ((0, "79800"), (1, "82500"), (2, "76400"), (4, "80100"))
"""Places of agencies of the cast that were let in in January, and what each asks."""


@dataclass(frozen=True, slots=True)
class _Firm:
    """An agency of the cast: its clerk, its code, its signing key."""

    clerk: Actor
    uscc: str
    key: Ed25519PrivateKey


def enter() -> None:
    """Fill in enrolments; the timekeepers' programs run already and give their keys."""
    settings = read()
    office = build_office(settings, listeners_of(FEATURES))
    cast = everybody()
    owner = office.read(partial(_actor, cast=cast, part=Part.PURCHASER, duty=Duty.PROJECT_OFFICER))
    centre = office.read(
        partial(_actor, cast=cast, part=Part.TRADING_CENTRE, duty=Duty.REGISTER_KEEPER)
    )
    firms = {place: _firm(office, cast, settings, place) for place, _ in PRICES}

    def offer(work: Work, command: None) -> None:
        del command
        scene = Scene(work, owner, centre, _at(2, 2))
        for firm in firms.values():
            scene.do(files.offer_service, OfferService(ITEM, PRICE, 15), firm.clerk)

    office.run(offer, None, SEQUENCER)

    def publish(work: Work, wish: Wish) -> str:
        return _published(Scene(work, owner, centre, _at(3, 1)), wish)

    for wish, prices in ((LIBRARY, PRICES), (CANTEEN, BY_CREDIT), (GREENHOUSE, IN_ROUNDS)):
        no = office.run(publish, wish, SEQUENCER)
        _enrol_all(office, settings, no, [(firms[place], yuan) for place, yuan in prices])
    if office.read(lambda session: _key_counts(session, firms[0], _at(2, 20))):
        for wish in (ARCHIVE, BASEMENT):
            told = partial(_selected, owner=owner, centre=centre, wish=wish)
            office.run(told, firms[0], SEQUENCER)


def _published(scene: Scene, wish: Wish) -> str:
    """A demand that takes enrolments, with what its mode asks for besides; its number."""
    no = scene.written(wish)
    mode = {
        Mode.CREDIT: SetMode(no=no, mode=wish.mode, list_size=4, short_size=2, choose_days=2),
        Mode.MULTIROUND: SetMode(no=no, mode=wish.mode, rounds_time=time(10, 0)),
    }.get(wish.mode)
    if mode is not None:
        scene.own(preparing.set_mode, mode)
    scene.own(submitting.submit_demand, submitting.SubmitDemand(no, "各自独立立项，单独列支"))
    scene.do(checking.publish_demand, checking.PublishDemand(no), scene.centre)
    return no


def _enrol_all(
    office: Office, settings: Settings, no: str, enrolled: Sequence[tuple[_Firm, str | None]]
) -> None:
    """The timekeepers give their keys, and agencies enrol; what each asks nobody can read."""
    office.run(begin, office.read(lambda session: demands.facts(session, no).id), HOUSE)
    jobs.take_up_keepers(office, settings)
    jobs.ask_recipients(office, settings)
    facts = office.read(lambda session: queries.selection(session, no))
    manifest = office.read(lambda session: queries.manifest(session, no))
    if facts.state is not SelectionState.OPEN:
        raise AssertionError("the timekeepers of the demonstration gave no keys")
    for firm, yuan in enrolled:
        price = None if yuan is None else Money.from_yuan(yuan)
        act, ciphertext = _act(facts, firm, manifest, price)
        office.run(enrol, Enrol(no, act.raw, ciphertext), firm.clerk)


def _selected(
    work: Work, firm: _Firm, *, owner: Actor, centre: Actor, wish: Wish = ARCHIVE
) -> None:
    """A direct choice of February, from the notice to the result; one had nobody enrol."""
    scene = Scene(work, owner, centre, _at(2, 20))
    no = scene.written(wish)
    fixed = Money.from_yuan(wish.fixed or "")
    mode = SetMode(no=no, mode=Mode.DIRECT, fixed=fixed, named=firm.uscc, reason=REASON)
    scene.own(preparing.set_mode, mode)
    scene.own(submitting.submit_demand, submitting.SubmitDemand(no, "与其他需求无关联，单独列支"))
    scene.do(checking.publish_demand, checking.PublishDemand(no), centre)
    scene.do(begin, demands.facts(work.session, no).id, HOUSE)
    facts = queries.selection(work.session, no)
    if wish is not BASEMENT:
        act, ciphertext = _act(facts, firm, None, None)
        scene.do(enrol, Enrol(no, act.raw, ciphertext), firm.clerk)
    scene.at = facts.enrol_closes + GRACE + timedelta(minutes=1)
    for step in (closing.close, _chosen, closing.publish_result):
        scene.do(step, facts.id, HOUSE)


def _chosen(work: Work, key: UUID) -> None:
    closing.choose_agency(work, closing.Choose(key, None))


def _act(
    facts: SelectionFacts, firm: _Firm, manifest: TimeManifest | None, price: Money | None
) -> tuple[Enrolment, bytes | None]:
    """What an agency's program makes: the act it signs and, where a price is asked, ciphertext."""
    public, kept = public_bytes(firm.key), bytearray()
    envelope = None
    if manifest is not None and price is not None:
        bound = quote_binding(facts.demand_no, manifest.hash, facts.amendment, public)
        envelope = seal_quote(bound, manifest, salted_facts({"price": price.fen}), kept.extend)
    made = Enrolment(
        facts.demand_no,
        facts.round,
        facts.terms_hash,
        None if manifest is None else manifest.hash,
        facts.amendment,
        firm.uscc,
        0,
        None,
        envelope,
        public,
    )
    return sign_enrolment(made, firm.key), None if envelope is None else bytes(kept)


def _firm(office: Office, cast: Everybody, settings: Settings, place: int) -> _Firm:
    uscc = cast.of_kind(Part.AGENCY)[place].uscc
    clerk = office.read(partial(_clerk, cast=cast, uscc=uscc, duty=Duty.AGENCY_CLERK))
    return _Firm(clerk, uscc, _key(settings.trust_file.parent / "people" / uscc))


def _key(folder: Path) -> Ed25519PrivateKey:
    """The signing key as its organisation keeps it."""
    held = parse((folder / "organisation.key").read_bytes())
    return load_private(unb64u(str(held["secret"])))


def _key_counts(session: Session, firm: _Firm, moment: datetime) -> bool:
    """Whether the agency's key was registered by then: on a first morning it was not."""
    if firm.clerk.organisation is None:
        raise AssertionError("a clerk acts for an organisation")
    return any(
        one.counts_at(moment) for one in organisations.keys(session, firm.clerk.organisation)
    )


def _actor(session: Session, cast: Everybody, part: Part, duty: Duty) -> Actor:
    return _clerk(session, cast, cast.the(part).uscc, duty)


def _clerk(session: Session, cast: Everybody, uscc: str, duty: Duty) -> Actor:
    person = cast.with_duty(duty, uscc)[0]
    key = people.person_by_account(session, account_of(person))
    where = organisations.organisation_by_uscc(session, uscc).id
    return Actor(account_of(person), permissions(roles_in(session, key, where)), key, where)


def _at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)
