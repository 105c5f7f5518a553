"""Tables of evaluations: seats, bids under numbers, findings, sheets, questions, reports."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from bidding.evaluation.rules.course import PostponementReason, ReplacementReason
from bidding.evaluation.rules.reasons import RejectionCause
from bidding.evaluation.rules.score_corrections import CorrectionGround
from bidding.evaluation.rules.signing import Signature
from bidding.evaluation.rules.states import (
    CorrectionState,
    EvaluationState,
    PriceCorrectionState,
    QuestionState,
    SheetState,
)
from market.db.base import Base
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, Structure, one_of, version
from market.kernel.money import Money


class Evaluation(Base):
    """The evaluation of one tender, from the opening record on."""

    __tablename__ = "evaluation"
    __table_args__ = (
        one_of("state", EvaluationState),
        CheckConstraint(
            "state IN ('signing_in', 'cancelled') OR started_at IS NOT NULL", name="started_when"
        ),
        CheckConstraint(
            "state NOT IN ('drafting', 'signing', 'reported', 'determined') OR ranking IS NOT NULL",
            name="ranked_when",
        ),
        CheckConstraint(
            "state NOT IN ('reported', 'determined') OR reported_at IS NOT NULL",
            name="reported_when",
        ),
        CheckConstraint(
            "(state = 'determined') = (winner IS NOT NULL)"
            " AND (winner IS NULL) = (determined_at IS NULL)",
            name="determined_when",
        ),
        Index(
            "ix_evaluation_undetermined", "determine_until", postgresql_where="state = 'reported'"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tender: Mapped[UUID] = mapped_column(unique=True)
    tender_no: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[EvaluationState] = mapped_column(StateColumn(EvaluationState))
    numbers_salt: Mapped[bytes] = mapped_column(Hash)
    numbers_commitment: Mapped[bytes] = mapped_column(Hash)
    """What stands in the journal before anybody scores: table number and bidder, salted."""
    opened_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    tie_draw: Mapped[str | None] = mapped_column(String(128))
    """The number of the public draw between bids that stand side by side."""
    drawn: Mapped[list[str] | None] = mapped_column(Structure)
    ranking: Mapped[list[dict[str, object]] | None] = mapped_column(Structure)
    reported_at: Mapped[datetime | None] = mapped_column(Moment)
    determine_until: Mapped[datetime | None] = mapped_column(Moment)
    """Inclusive; afterwards the first in the ranking is deemed determined. Empty while the
    working days of its year are not published."""
    winner: Mapped[UUID | None]
    passed_over: Mapped[list[dict[str, object]]] = mapped_column(Structure, default=list)
    """Earlier winners in order: number, cause, clause, moment."""
    determined_by: Mapped[UUID | None]
    determined_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The tender's number."""
        return self.tender_no


class EvaluationSeat(Base):
    """A member of the panel under the number that sheets and report use.

    A member who was replaced keeps the row; what it found is void (Order 87, article 49).
    """

    __tablename__ = "evaluation_seat"
    __table_args__ = (
        Unique("evaluation", "person"),
        Unique("evaluation", "number"),
        one_of("left_because", ReplacementReason),
        CheckConstraint("(left_at IS NULL) = (left_because IS NULL)", name="left_with_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    evaluation: Mapped[UUID] = mapped_column(ForeignKey("evaluation.id"))
    person: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str] = mapped_column(String(8))
    is_representative: Mapped[bool]
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    left_because: Mapped[ReplacementReason | None] = mapped_column(StateColumn(ReplacementReason))
    follows: Mapped[UUID | None] = mapped_column(ForeignKey("evaluation_seat.id"))
    """The seat of the member that this one was drawn to replace."""


class Postponement(Base):
    """The evaluation rests until a moment, for a reason; `until` itself is when it goes on."""

    __tablename__ = "evaluation_postponement"
    __table_args__ = (
        one_of("reason", PostponementReason),
        CheckConstraint("until > postponed_at", name="until_later"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    evaluation: Mapped[UUID] = mapped_column(ForeignKey("evaluation.id"), index=True)
    reason: Mapped[PostponementReason] = mapped_column(StateColumn(PostponementReason))
    words: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime] = mapped_column(Moment)
    postponed_by: Mapped[UUID | None]
    postponed_at: Mapped[datetime] = mapped_column(Moment)


class EvaluatedBid(Base):
    """An opened bid under its table number; `bid` is its id in the opening."""

    __tablename__ = "evaluation_bid"
    __table_args__ = (
        Unique("evaluation", "number"),
        one_of("cause", RejectionCause),
        CheckConstraint("(cause IS NULL) = (rejected_at IS NULL)", name="rejected_when"),
        CheckConstraint("price > 0", name="price_positive"),
        Index("ix_evaluation_bid_uscc", "uscc"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    evaluation: Mapped[UUID] = mapped_column(ForeignKey("evaluation.id"))
    bid: Mapped[UUID] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(String(8))
    uscc: Mapped[str] = mapped_column(String(18))
    price: Mapped[Money] = mapped_column(MoneyColumn)
    preferences: Mapped[list[str]] = mapped_column(ARRAY(String(16)))
    cause: Mapped[RejectionCause | None] = mapped_column(StateColumn(RejectionCause))
    clause: Mapped[str | None] = mapped_column(Text)
    rejected_at: Mapped[datetime | None] = mapped_column(Moment)


class ComplianceFinding(Base):
    """What one member found of one bid: it responds, or the cause and clause why not."""

    __tablename__ = "evaluation_finding"
    __table_args__ = (
        one_of("cause", RejectionCause),
        CheckConstraint("responsive = (cause IS NULL)", name="cause_unless_responsive"),
    )

    seat: Mapped[UUID] = mapped_column(ForeignKey("evaluation_seat.id"), primary_key=True)
    bid: Mapped[UUID] = mapped_column(ForeignKey("evaluation_bid.id"), primary_key=True)
    responsive: Mapped[bool]
    cause: Mapped[RejectionCause | None] = mapped_column(StateColumn(RejectionCause))
    clause: Mapped[str | None] = mapped_column(Text)
    found_at: Mapped[datetime] = mapped_column(Moment)


class Indicator(Base):
    """The figure of one bid under one objective criterion; `seat` found it, or the bid says it."""

    __tablename__ = "evaluation_indicator"

    bid: Mapped[UUID] = mapped_column(ForeignKey("evaluation_bid.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(32))
    seat: Mapped[UUID | None] = mapped_column(ForeignKey("evaluation_seat.id"))


class ScoreSheet(Base):
    """One member's sheet: a draft of marks while open, canonical bytes and salt once locked."""

    __tablename__ = "evaluation_sheet"
    __table_args__ = (
        one_of("state", SheetState),
        CheckConstraint(
            "(raw IS NULL) = (digest IS NULL) AND (raw IS NULL) = (salt IS NULL)"
            " AND (raw IS NULL) = (locked_at IS NULL)",
            name="locked_whole",
        ),
        CheckConstraint("state NOT IN ('locked', 'hashed') OR raw IS NOT NULL", name="locked_when"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    seat: Mapped[UUID] = mapped_column(ForeignKey("evaluation_seat.id"), unique=True)
    state: Mapped[SheetState] = mapped_column(StateColumn(SheetState))
    marks: Mapped[dict[str, dict[str, str]]] = mapped_column(Structure)
    """Table number -> criterion -> points, subjective criteria alone."""
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes | None] = mapped_column(Hash)
    salt: Mapped[bytes | None] = mapped_column(Hash)
    locked_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The sheet by its id; never whose it is."""
        return f"sheet:{self.id}"


class PriceQuestion(Base):
    """The panel's question about a low offer; an answer at `until` itself is in time."""

    __tablename__ = "evaluation_price_question"
    __table_args__ = (
        one_of("state", QuestionState),
        CheckConstraint("until > asked_at", name="time_to_answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_whole"),
        CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name="answered_when"),
        Index("ix_evaluation_price_question_open", "until", postgresql_where="state = 'asked'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    bid: Mapped[UUID] = mapped_column(ForeignKey("evaluation_bid.id"), unique=True)
    state: Mapped[QuestionState] = mapped_column(StateColumn(QuestionState))
    reasons: Mapped[list[dict[str, str]]] = mapped_column(Structure)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answer_act: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The answer as the bid key signed it, where it came that way."""
    answer_seq: Mapped[int | None]
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The question by its id."""
        return f"price-question:{self.id}"


class PriceVote(Base):
    """Whether a member finds a low offer justified by the supplier's answer."""

    __tablename__ = "evaluation_price_vote"

    question: Mapped[UUID] = mapped_column(
        ForeignKey("evaluation_price_question.id"), primary_key=True
    )
    seat: Mapped[UUID] = mapped_column(ForeignKey("evaluation_seat.id"), primary_key=True)
    proved: Mapped[bool]
    voted_at: Mapped[datetime] = mapped_column(Moment)


class PriceCorrection(Base):
    """A bid's price after article 59: found, voted on, confirmed by its bidder until `until`.

    `votes` are by member number; empty where the house found it. `answer_act` is the bidder's word
    as the bid key signed it, where it came that way.
    """

    __tablename__ = "evaluation_price_correction"
    __table_args__ = (
        one_of("state", PriceCorrectionState),
        CheckConstraint("before > 0 AND after > 0", name="prices_positive"),
        CheckConstraint("state IN ('proposed', 'dropped') OR until IS NOT NULL", name="asked_when"),
        Index(
            "uq_evaluation_price_correction_open",
            "bid",
            unique=True,
            postgresql_where="state IN ('proposed', 'asked')",
        ),
        Index("ix_evaluation_price_correction_due", "until", postgresql_where="state = 'asked'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    bid: Mapped[UUID] = mapped_column(ForeignKey("evaluation_bid.id"), index=True)
    state: Mapped[PriceCorrectionState] = mapped_column(StateColumn(PriceCorrectionState))
    before: Mapped[Money] = mapped_column(MoneyColumn)
    after: Mapped[Money] = mapped_column(MoneyColumn)
    steps: Mapped[list[dict[str, str]]] = mapped_column(Structure)
    votes: Mapped[dict[str, bool]] = mapped_column(Structure, default=dict)
    found_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answer_act: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The correction by its id; never whose price it is."""
        return f"price-correction:{self.id}"


class Report(Base):
    """The report as it was put before the panel: canonical JSON, its hash, the printed form."""

    __tablename__ = "evaluation_report"

    evaluation: Mapped[UUID] = mapped_column(ForeignKey("evaluation.id"), primary_key=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(Hash)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    called_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment, index=True)


class FormerReport(Base):
    """A report that a correction put aside, with what its members had said of it."""

    __tablename__ = "evaluation_former_report"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    evaluation: Mapped[UUID] = mapped_column(ForeignKey("evaluation.id"), index=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(Hash)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    said: Mapped[list[dict[str, object]]] = mapped_column(Structure)
    put_aside_at: Mapped[datetime] = mapped_column(Moment)


class Correction(Base):
    """One mark that somebody finds wrong on a ground of law; the old sheet stays beside the new."""

    __tablename__ = "evaluation_correction"
    __table_args__ = (
        one_of("ground", CorrectionGround),
        one_of("state", CorrectionState),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_when"),
        CheckConstraint("(state = 'applied') = (before IS NOT NULL)", name="before_kept"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    evaluation: Mapped[UUID] = mapped_column(ForeignKey("evaluation.id"), index=True)
    state: Mapped[CorrectionState] = mapped_column(StateColumn(CorrectionState))
    ground: Mapped[CorrectionGround] = mapped_column(StateColumn(CorrectionGround))
    seat: Mapped[UUID] = mapped_column(ForeignKey("evaluation_seat.id"))
    bid: Mapped[UUID] = mapped_column(ForeignKey("evaluation_bid.id"))
    criterion: Mapped[str] = mapped_column(String(32))
    old: Mapped[str] = mapped_column(String(32))
    new: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[UUID | None]
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    before: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The correction by its id; never whose sheet it is."""
        return f"correction:{self.id}"


class CorrectionVote(Base):
    """Whether a member finds a score grossly off."""

    __tablename__ = "evaluation_correction_vote"

    correction: Mapped[UUID] = mapped_column(
        ForeignKey("evaluation_correction.id"), primary_key=True
    )
    seat: Mapped[UUID] = mapped_column(ForeignKey("evaluation_seat.id"), primary_key=True)
    grossly_off: Mapped[bool]
    voted_at: Mapped[datetime] = mapped_column(Moment)


class ReportSignature(Base):
    """One member's word on the report."""

    __tablename__ = "evaluation_signature"
    __table_args__ = (
        one_of("state", Signature),
        CheckConstraint("(state = 'awaited') = (said_at IS NULL)", name="said_when"),
        CheckConstraint("(state = 'dissented') = (dissent IS NOT NULL)", name="dissent_with_words"),
    )

    seat: Mapped[UUID] = mapped_column(ForeignKey("evaluation_seat.id"), primary_key=True)
    state: Mapped[Signature] = mapped_column(StateColumn(Signature))
    dissent: Mapped[str | None] = mapped_column(Text)
    said_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def subject(self) -> str:
        """The seat whose word it is."""
        return f"seat:{self.seat}"
