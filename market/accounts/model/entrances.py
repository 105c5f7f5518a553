"""Tables of those who are inside: sessions of people, tokens of programs. All on machine time."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Hash, Moment, Structure


class SignInSession(Base):
    """One sign-in of one person, acting for one organisation or for nobody yet.

    The browser holds 256 random bits; here is only their hash, so a copy of this table opens
    nothing.
    """

    __tablename__ = "sign_in_session"
    __table_args__ = (
        CheckConstraint("lapses_at > began_at", name="lapses_later"),
        Index("ix_sign_in_session_open", "person", postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[bytes] = mapped_column(Hash, unique=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organisation: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    second_factor: Mapped[bool] = mapped_column(Boolean)
    began_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    lapses_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class PasswordRenewal(Base):
    """A lost password: asked for by anybody, released by a representative, used once.

    Of the code that the representative hands over in person there is only the hash.
    """

    __tablename__ = "password_renewal"
    __table_args__ = (
        CheckConstraint(
            "(code_hash IS NULL) = (released_at IS NULL)"
            " AND (released_by IS NULL) = (released_at IS NULL)",
            name="released_whole",
        ),
        CheckConstraint("released_by <> person", name="two_persons"),
    )

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    lapses_at: Mapped[datetime] = mapped_column(Moment)
    code_hash: Mapped[bytes | None] = mapped_column(Hash)
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class ProgramToken(Base):
    """What a program of an organisation may do in the name of the person who let it in."""

    __tablename__ = "program_token"
    __table_args__ = (
        CheckConstraint("lapses_at > made_at", name="lapses_later"),
        Index("ix_program_token_organisation", "organisation", postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[bytes] = mapped_column(Hash, unique=True)
    name: Mapped[str] = mapped_column(String(100))
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    scopes: Mapped[list[str]] = mapped_column(Structure)
    made_at: Mapped[datetime] = mapped_column(Moment)
    lapses_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
