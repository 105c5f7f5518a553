"""Tables of offers: timekeepers, one selection a round, sealed enrolments, releases, the file.

No row holds a price before the timekeepers' moment: an enrolment is its signed bytes and a
ciphertext. Prices named in rounds are the exception, and every page of that mode says so.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from intermediaries.offers.rules.lacking import Lack
from intermediaries.offers.rules.states import SelectionState
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.quotes import Fault
from market.db.base import Base
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, one_of, version
from market.kernel.money import Money


class Timekeeper(Base):
    """A timekeeper's organisation with its signing key, as the journal shows it."""

    __tablename__ = "timekeeper"
    __table_args__ = (CheckConstraint("octet_length(key) = 32", name="key_whole"),)

    uscc: Mapped[str] = mapped_column(String(18), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[bytes] = mapped_column(LargeBinary)
    url: Mapped[str] = mapped_column(String(300))
    taken_up_at: Mapped[datetime] = mapped_column(Moment)


class Selection(Base):
    """One round of choosing an agency for a demand; `terms` are the bytes that enrolments sign.

    `sealed`: whether every agency seals a price. `manifest`: the timekeepers' keys of this round.
    """

    __tablename__ = "selection"
    __table_args__ = (
        one_of("state", SelectionState),
        one_of("mode", Mode),
        UniqueConstraint("demand_no", "round"),
        CheckConstraint("round > 0", name="round_positive"),
        CheckConstraint("enrol_opens <= enrol_closes", name="window_in_order"),
        CheckConstraint("enrol_closes < opens_at", name="opens_after_closing"),
        CheckConstraint("(manifest IS NULL) = (manifest_hash IS NULL)", name="manifest_whole"),
        CheckConstraint(
            "state <> 'open' OR NOT sealed OR manifest IS NOT NULL", name="open_with_keys"
        ),
        CheckConstraint(
            "(state IN ('closed', 'drawing', 'shortlisted', 'picked', 'chosen', 'selected',"
            " 'failed', 'lapsed'))"
            " = (closed_at IS NOT NULL)",
            name="closed_whole",
        ),
        CheckConstraint("state <> 'drawing' OR draw_no IS NOT NULL", name="drawing_named"),
        CheckConstraint(
            "(state IN ('selected', 'failed', 'lapsed')) = (published_at IS NOT NULL)",
            name="published_whole",
        ),
        Index("ix_selection_state", "state", "enrol_closes"),
        Index("ix_selection_demand", "demand"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    demand: Mapped[UUID]
    demand_no: Mapped[str] = mapped_column(String(32))
    round: Mapped[int] = mapped_column(Integer)
    amendment: Mapped[int] = mapped_column(Integer)
    state: Mapped[SelectionState] = mapped_column(
        StateColumn(SelectionState), default=SelectionState.AWAITING_KEYS
    )
    mode: Mapped[Mode] = mapped_column(StateColumn(Mode))
    sealed: Mapped[bool]
    terms: Mapped[bytes] = mapped_column(LargeBinary)
    terms_hash: Mapped[bytes] = mapped_column(Hash)
    enrol_opens: Mapped[datetime] = mapped_column(Moment)
    enrol_closes: Mapped[datetime] = mapped_column(Moment)
    opens_at: Mapped[datetime] = mapped_column(Moment)
    manifest: Mapped[bytes | None] = mapped_column(LargeBinary)
    manifest_hash: Mapped[bytes | None] = mapped_column(Hash)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    is_extended: Mapped[bool] = mapped_column(default=False)
    draw_no: Mapped[str | None] = mapped_column(String(64))
    decides_at: Mapped[datetime | None] = mapped_column(Moment)
    """The last moment, included, for the owner's pick, or of the last round; else None."""
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in the trail: the demand's."""
        return self.demand_no


class TimeRecipientRow(Base):
    """A timekeeper's signed recipient for a round, while the three are being collected."""

    __tablename__ = "time_recipient"

    selection: Mapped[UUID] = mapped_column(ForeignKey("selection.id"), primary_key=True)
    uscc: Mapped[str] = mapped_column(ForeignKey("timekeeper.uscc"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    taken_at: Mapped[datetime] = mapped_column(Moment)


class TimeReleaseRow(Base):
    """What a timekeeper released for a round; with a `fault` it opens nothing and is only kept."""

    __tablename__ = "time_release"
    __table_args__ = (CheckConstraint("number BETWEEN 1 AND 3", name="number_known"),)

    selection: Mapped[UUID] = mapped_column(ForeignKey("selection.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    """The timekeeper's place in the manifest, from 1."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    fault: Mapped[str | None] = mapped_column(String(32))
    taken_at: Mapped[datetime] = mapped_column(Moment)


class EnrolmentRow(Base):
    """One act of an agency: enrolment, replacement, withdrawal. The newest of an agency counts."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("selection", "agency", "seq"),
        CheckConstraint("seq >= 0", name="seq_not_negative"),
        CheckConstraint(
            "(ciphertext IS NULL AND scheme IS NULL) OR NOT is_withdrawal", name="withdrawal_bare"
        ),
        CheckConstraint("scheme IS NULL OR ciphertext IS NOT NULL", name="scheme_beside_price"),
        one_of("fault", Fault),
        Index("uq_enrolment_act_hash", "act_hash", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    selection: Mapped[UUID] = mapped_column(ForeignKey("selection.id"))
    agency: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    uscc: Mapped[str] = mapped_column(String(18))
    seq: Mapped[int] = mapped_column(Integer)
    is_withdrawal: Mapped[bool]
    act: Mapped[bytes] = mapped_column(LargeBinary)
    act_hash: Mapped[bytes] = mapped_column(Hash)
    ciphertext: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """Read only where it is opened."""
    scheme: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The sealed scheme: read only where it is opened, for it is long; handed out to nobody."""
    person: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Moment)
    fault: Mapped[Fault | None] = mapped_column(StateColumn(Fault))
    """Why it does not count, by how its agency stood at the closing; with `credit` kept there."""
    credit: Mapped[int | None] = mapped_column(Integer)
    """Points in hundredths at the closing, in a choice by credit."""


class Shortlist(Base):
    """A drawn short list: the file of the choice as far as it goes, and the owner's pick of one."""

    __tablename__ = "selection_shortlist"
    __table_args__ = (
        CheckConstraint(
            "(picked IS NULL) = (reason IS NULL) AND (picked IS NULL) = (picked_at IS NULL)"
            " AND (picked IS NULL) = (picked_by IS NULL)",
            name="pick_whole",
        ),
    )

    selection: Mapped[UUID] = mapped_column(ForeignKey("selection.id"), primary_key=True)
    file: Mapped[bytes] = mapped_column(LargeBinary)
    file_hash: Mapped[bytes] = mapped_column(Hash)
    made_at: Mapped[datetime] = mapped_column(Moment)
    picked: Mapped[bytes | None] = mapped_column(Hash)
    """The enrolment of the agency that the owner took, by its hash."""
    reason: Mapped[str | None] = mapped_column(Text)
    picked_at: Mapped[datetime | None] = mapped_column(Moment)
    picked_by: Mapped[UUID | None]


class RoundPrice(Base):
    """One price that an agency named in a round, complete at `at`; the journal has its hash."""

    __tablename__ = "round_price"
    __table_args__ = (
        # Each is below all before it, so that none comes twice.
        UniqueConstraint("selection", "agency", "price"),
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("round BETWEEN 1 AND 3", name="round_known"),
        CheckConstraint("octet_length(salt) = 32", name="salt_whole"),
        Index("ix_round_price_selection", "selection", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    selection: Mapped[UUID] = mapped_column(ForeignKey("selection.id"))
    agency: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    round: Mapped[int] = mapped_column(Integer)
    price: Mapped[Money] = mapped_column(MoneyColumn)
    at: Mapped[datetime] = mapped_column(Moment)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    commitment: Mapped[bytes] = mapped_column(Hash)
    person: Mapped[UUID]


class SelectionResult(Base):
    """What the rule gave: the file that anybody runs again, and who was chosen."""

    __tablename__ = "selection_result"
    __table_args__ = (
        CheckConstraint("winner IS NULL OR failure IS NULL", name="one_outcome"),
        CheckConstraint("winner IS NOT NULL OR failure IS NOT NULL", name="some_outcome"),
    )

    selection: Mapped[UUID] = mapped_column(ForeignKey("selection.id"), primary_key=True)
    file: Mapped[bytes] = mapped_column(LargeBinary)
    file_hash: Mapped[bytes] = mapped_column(Hash)
    outcome_hash: Mapped[bytes] = mapped_column(Hash)
    winner: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    failure: Mapped[str | None] = mapped_column(String(32))
    chosen_at: Mapped[datetime] = mapped_column(Moment)


class SchemeSheet(Base):
    """A reviewer's signed-off points for the schemes of a round; the body never changes.

    `seat` is the reviewer's seat in the drawn review; `body` the canonical points by criterion.
    """

    __tablename__ = "scheme_sheet"
    __table_args__ = (UniqueConstraint("selection", "number"),)

    seat: Mapped[UUID] = mapped_column(primary_key=True)
    selection: Mapped[UUID] = mapped_column(ForeignKey("selection.id"))
    number: Mapped[int]
    expert: Mapped[str] = mapped_column(String(32))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    body_hash: Mapped[bytes] = mapped_column(Hash)
    locked_at: Mapped[datetime] = mapped_column(Moment)


class SelectionWait(Base):
    """That a round of a choice by scheme waits for reviewers: what is missing, and until when."""

    __tablename__ = "selection_wait"
    __table_args__ = (
        one_of("lack", Lack),
        CheckConstraint("since < ends_at", name="since_first"),
    )

    selection: Mapped[UUID] = mapped_column(ForeignKey("selection.id"), primary_key=True)
    lack: Mapped[Lack] = mapped_column(StateColumn(Lack))
    since: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    """The last moment, included, to have reviewers; after it the selection fails by rule."""
