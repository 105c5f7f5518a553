"""The table of the city's rules: one row for every set that was ever put forward."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from intermediaries.cityrules.rules import RuleState
from intermediaries.rulebook.selection.sources import Settings
from market.db.base import Base
from market.db.types import Moment, MoneyColumn, StateColumn, one_of, version
from market.kernel.law import Article
from market.kernel.money import Money


class CityRule(Base):
    """What the city sets from a day on; never changed, only followed by another."""

    __tablename__ = "city_rule"
    __table_args__ = (
        one_of("state", RuleState),
        CheckConstraint("direct_max >= 0", name="direct_max_not_negative"),
        CheckConstraint("fiscal_threshold > 0", name="fiscal_threshold_positive"),
        CheckConstraint("decided_by <> proposed_by OR state = 'dropped'", name="two_persons"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_whole"),
        Index("ux_city_rule_proposed", "state", unique=True, postgresql_where="state = 'proposed'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    first_day: Mapped[date] = mapped_column(Date)
    direct_max: Mapped[Money] = mapped_column(MoneyColumn)
    fiscal_threshold: Mapped[Money] = mapped_column(MoneyColumn)
    min_quotes: Mapped[int] = mapped_column(Integer)
    fiscal_direct: Mapped[bool]
    document: Mapped[str] = mapped_column(String(80))
    """The number of the city's paper, as it is cited."""
    paper: Mapped[str] = mapped_column(String(400))
    """The address at which the paper stands."""
    state: Mapped[RuleState] = mapped_column(StateColumn(RuleState), default=RuleState.PROPOSED)
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in trail and journal."""
        return f"city-rule/{self.first_day.isoformat()}"

    @property
    def settings(self) -> Settings:
        """What it sets, as the rulebook takes it."""
        return Settings(
            direct_max=self.direct_max,
            fiscal_threshold=self.fiscal_threshold,
            min_quotes=self.min_quotes,
            fiscal_direct=self.fiscal_direct,
            article=Article(self.document, self.document),
        )
