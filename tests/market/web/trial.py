"""A small room for these tests: all fields, marks and patterns, and faults on demand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated
from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field as Limits
from sqlalchemy import select
from sqlalchemy.orm import Session

from market.command import Actor, Once, Work
from market.feature import DeskItem, Feature
from market.journal.model import TrailLine
from market.kernel.errors import NotFound, Refusal
from market.kernel.law import Article
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.workdays import NotYetPublished
from market.web.access import anonymous, current_actor, needs, public, signed_in
from market.web.api import Answer, Body, Query, call, received
from market.web.cursor import page_of, read_cursor
from market.web.fields import (
    FileField,
    LinesField,
    Option,
    SecretField,
    TextField,
    TickField,
    maybe,
)
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import HomeItem, HomeSlot, HomeSource, NavItem, Pages
from market.web.patterns import Fact, Holding, Proof, Step, StepState, TimetableRow, stretches
from market.web.site import site
from market.web.typed_fields import (
    ChoiceField,
    ChoicesField,
    DateField,
    DecimalField,
    IntegerField,
    MomentField,
    MoneyField,
    PickField,
)
from market.web.words import words_of

CLERK = Actor("clerk", frozenset({Permission.PROJECTS_PROJECT_CREATE}), person=UUID(int=7))
READER = Actor("reader", person=UUID(int=8))
ART = Article("招标投标法第二十四条", "Tendering and Bidding Law art. 24")
NOON = datetime(2026, 3, 24, 1, 30, tzinfo=UTC)


class Method(StrEnum):
    OPEN = "open"
    INVITED = "invited"


METHOD_WORDS = words_of(
    Method, {Method.OPEN: ("公开招标", "open"), Method.INVITED: ("邀请招标", "by invitation")}
)


@dataclass(frozen=True)
class Note:
    title: str
    budget: Money


def write_note(work: Work, cmd: Note) -> dict[str, str]:
    if cmd.title == "forbidden":
        raise Refusal("too-late", zh="已过截止时间", en="The deadline is over", article=ART)
    if cmd.title == "twice":
        raise Refusal("taken", zh="重名", en="Taken", fields={"title": ("重名", "Taken already")})
    if cmd.title == "unknown":
        raise NotFound
    work.note("N-1", "noted")
    return {"url": f"/trial/done?title={cmd.title}"}


class NoteForm(Form):
    title = TextField(lazy_gettext("Title"))
    budget = MoneyField(lazy_gettext("Budget"))
    password = maybe(SecretField(lazy_gettext("Passphrase")))
    remark = maybe(LinesField(lazy_gettext("Remark")))


class WideForm(Form):
    title = TextField("项目名称", hint="与批复文件一致")
    budget = MoneyField("预算", most=Money(10**10))
    lots = IntegerField("标段数", least=1, most=20)
    rate = DecimalField("代理费率（%）", places=2, most=Decimal(100))
    opens_on = DateField("公告日期")
    closes_at = MomentField("投标截止")
    method = ChoiceField("采购方式", Method)
    accepts = ChoicesField("接受的方式", Method, least=1)
    agency = PickField("代理机构")
    remark = maybe(LinesField("说明"))
    paper = maybe(FileField("附件", endings=(".pdf",), hint="PDF，不超过 30 MB"))
    sure = TickField("以上内容与批复一致", must=True)


AGENCIES = [Option(str(n), f"第 {n} 代理机构") for n in range(1, 9)]


def closing(session: Session, now: datetime, limit: int) -> Sequence[HomeItem]:
    return [
        HomeItem("清河区中心医院彩超采购", "/t/2", "公开招标", now + timedelta(days=2)),
        HomeItem("滨江大道改造施工", "/t/1", "公开招标", now + timedelta(days=1)),
    ][:limit]


def figures(session: Session, now: datetime, limit: int) -> Sequence[HomeItem]:
    return [
        HomeItem("今日公告", "/n", "12"),
        HomeItem("今日开标", "/o", "3"),
        HomeItem("中介订单", "/s", "1,284"),
        HomeItem("按时办结", "/l", "98.2%"),
    ][:limit]


def waiting(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    if actor.person != CLERK.person:
        return []
    return [
        DeskItem("确认中标结果", "Confirm the award", "/a", None, "ZC-2026-000123"),
        DeskItem("回复提问", "Answer a question", "/q", now + timedelta(hours=3), "ZC-2026-000124"),
        DeskItem("退还保证金", "Return the bond", "/b", now - timedelta(hours=1), "ZC-2026-000101"),
    ]


pages = Pages(
    "trial",
    __name__,
    words=(METHOD_WORDS,),
    navigation=(NavItem(lazy_gettext("Latest notices"), "trial.done", 10),),
    home=(HomeSource(HomeSlot.CLOSING, closing), HomeSource(HomeSlot.FIGURES, figures)),
    search="trial.done",
)
anonymous_pages = Blueprint("trial", __name__)


@pages.route("/trial/vote", methods=["GET", "POST"])
@needs(Permission.PROJECTS_PROJECT_CREATE)
def vote() -> ResponseReturnValue:
    """A page that stops offering its form as soon as it was carried out."""
    with site().office.sessions() as session:
        is_given = session.scalar(select(TrailLine.id).where(TrailLine.subject == "N-1"))
    if is_given:
        return "given"
    form = NoteForm()
    if not form.is_sent:
        return render_template("trial/note.html", form=form)
    return submit(
        form,
        site().office,
        write_note,
        lambda: Note(form.title, form.budget),
        again=lambda: render_template("trial/note.html", form=form),
    )


@pages.route("/trial/note", methods=["GET", "POST"])
@needs(Permission.PROJECTS_PROJECT_CREATE)
def note() -> ResponseReturnValue:
    return show_note(NoteForm(initial={"budget": Money(100)}))


@pages.route("/trial/open-note", methods=["GET", "POST"])
@public
def open_note() -> ResponseReturnValue:
    return show_note(NoteForm())


def show_note(form: NoteForm) -> ResponseReturnValue:
    def again() -> str:
        return render_template("trial/note.html", form=form)

    if not form.is_sent:
        return again()
    return submit(
        form, site().office, write_note, lambda: Note(form.title, form.budget), again=again
    )


@pages.route("/trial/wide", methods=["GET", "POST"])
@public
def wide() -> str:
    form = WideForm(options={"agency": AGENCIES})
    said = ""
    if form.is_sent and form.is_valid():
        said = "|".join(str(form.value_of(key)) for key in form.fields if key != "paper")
        paper = form.paper
        said += f"|{paper.name} {paper.size}" if paper else ""
    return render_template("trial/wide.html", form=form, said=said)


@pages.get("/trial/done")
@public
def done() -> str:
    return render_template("trial/done.html", title=request.args.get("title", ""))


@pages.get("/trial/mine")
@signed_in
def mine() -> str:
    return f"{current_actor().name}"


@pages.route("/trial/broken", methods=["GET", "POST"])
@public
def broken() -> str:
    raise ValueError(f"secret text: {request.values.get('title')}")


@pages.get("/trial/refused")
@public
def refused() -> str:
    raise Refusal("too-late", zh="已过截止时间", en="The deadline is over", article=ART)


@pages.get("/trial/patterns")
@public
def patterns() -> str:
    return render_template("trial/patterns.html", **everything())


class NoteBody(Body):
    title: str
    fen: Annotated[int, Limits(ge=0)]
    day: date | None = None


class NoteAnswer(Answer):
    url: str


class ListQuery(Query):
    cursor: str | None = None
    limit: Annotated[int, Limits(ge=1, le=100)] = 2


class ListAnswer(Answer):
    items: list[str]
    next: str | None


@pages.post("/api/v1/trial/notes")
@call(summary="Write a note", takes=NoteBody, gives=NoteAnswer, status=201, once=True)
@needs(Permission.PROJECTS_PROJECT_CREATE)
def post_note(body: NoteBody, once: Once) -> NoteAnswer:
    command = Note(body.title, Money(body.fen))
    done = site().office.run_once(write_note, command, current_actor(), once)
    return NoteAnswer(url=str(done["url"]))


@pages.get("/api/v1/trial/letters/<no>")
@call(summary="Letters in their order", asks=ListQuery, gives=ListAnswer)
@public
def letters(no: str, query: ListQuery) -> ListAnswer:
    after = read_cursor(query.cursor, (str,))
    rest = [sign for sign in "abcde" if after is None or sign > str(after[0])]
    shown = page_of(rest[: query.limit + 1], query.limit, lambda sign: (sign,))
    return ListAnswer(items=list(shown.items), next=shown.next)


@anonymous_pages.post("/api/v1/trial/acts")
@call(summary="Hand in an act")
@anonymous
def act() -> Response:
    got = received()
    if got.raw == b"late":
        raise Refusal("too-late", zh="已过截止时间", en="The deadline is over", article=ART)
    if got.raw == b"used":
        raise Refusal("token-used", zh="凭证已用", en="This token was used")
    if got.raw == b"broken":
        raise ValueError("secret text")
    if got.raw == b"cookie":
        response = Response("{}")
        response.set_cookie("me", "1")
        return response
    return jsonify(at=got.at.isoformat(), who=current_actor().name)


def everything() -> Mapping[str, object]:
    done, now_, next_ = StepState.DONE, StepState.NOW, StepState.NEXT
    labels = ["公告", "澄清", "投标", "开标", "评审", "结果", "合同"]
    states = [done, done, now_, next_, next_, next_, next_]
    notes = [
        "3 月 2 日",
        "1 次，说明性",
        "至 3 月 24 日",
        "3 月 24 日",
        "3 月 24 日",
        "不迟于 3 月 31 日",
        "不迟于 4 月 30 日",
    ]
    hours = [17, Fraction(121, 2), Fraction(9, 2), Fraction(25, 2), 14, Fraction(25, 2)]
    held = ["owner", "agency", "owner", "department", "expert", "agency"]
    answers = ["owner", "agency", "owner", "department", "expert", "department"]
    words = ["17.0", "中介 编制 60.5", "4.5", "12.5", "14.0", "12.5"]
    return {
        "steps": [Step(*one) for one in zip(labels, notes, states, strict=True)],
        "facts": [
            Fact("预算 / 最高限价", "¥ 3,280,000.00", "叁佰贰拾捌万元整", is_number=True),
            Fact("评标方法", "综合评分法 · 技术 50 · 商务 15 · 价格 35（低价优先）"),
            Fact("开启人", "5 人中任意 3 人 · 来自 4 个单位", url="/officers"),
        ],
        "rows": [
            TimetableRow(
                NOON - timedelta(days=22), "发布招标公告", "公告期 5 个工作日，至 3 月 9 日"
            ),
            TimetableRow(
                NOON,
                "投标截止，随即开标",
                "自文件发出之日起不少于 20 日",
                ART,
                "还有 5 日",
                is_current=True,
            ),
            TimetableRow(date(2026, 3, 31), "确定中标人", "收到评审报告后 5 个工作日"),
            TimetableRow(NotYetPublished(2027), "履约验收", "合同签订后 200 个工作日"),
        ],
        "proof": Proof(12345, "/journal/12345", 2, bytes(range(32)), "/journal/12345/proof"),
        "waiting_proof": Proof(None, "/journal/waiting"),
        "bar": stretches(
            [Holding(*one) for one in zip(held, answers, map(Fraction, hours), words, strict=True)]
        ),
        "deadline": NOON,
        "amount": Money(328_000_000),
        "size": 2_202_010,
        "method": Method.OPEN,
        "link": url_for("trial.done"),
    }


def titles(session: Session, numbers: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    known = {
        "ZC-2026-000124": ("超声设备", "Ultrasound <systems>"),
        "ZC-2026-000999": ("无关", "Other"),
    }
    return {no: known[no] for no in numbers if no in known}


FEATURE = Feature(
    "trial",
    pages=(pages,),
    anonymous_pages=(anonymous_pages,),
    desk=waiting,
    titles=titles,
)
