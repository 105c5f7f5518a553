"""Forms: what is shown, what was typed, and one effect however often it is sent.

    class NewProject(Form):
        title = TextField(lazy_gettext("Title"))
        budget = MoneyField(lazy_gettext("Budget"))
        remark = maybe(LinesField(lazy_gettext("Remark")))

    @pages.route("/projects/new", methods=["GET", "POST"])
    @needs(Permission.PROJECTS_PROJECT_CREATE)
    def new() -> ResponseReturnValue:
        form = NewProject()
        again = lambda: render_template("projects/new.html", form=form)
        if not form.is_sent:
            return again()
        return submit(form, site().office, register,
                      lambda: Register(form.title, form.budget, form.remark), again=again,
                      to=lambda outcome: url_for("projects.show", no=outcome["no"]))

Whatever is refused, the page comes back with all typed text in place (files must be chosen again)
and a summary on top that leads to the fields.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar
from urllib.parse import urlencode

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from market.command import Handler, Office, Once
from market.kernel.errors import MarketError, NotFound, NotSignedIn
from market.protocol.encoding import b64u, canonical, digest
from market.web import again_asked
from market.web.access import current_actor, local_path
from market.web.csrf import ONCE, PROOF, SAFE, browser_key, fresh_once, is_proven, person_key, proof
from market.web.errors import FORM, PAGE
from market.web.fields import Field, Option, Sent, Wrong
from market.web.kept import Typed
from market.web.language import gettext, language
from market.web.sent_file import sent_file
from market.web.site import site

C = TypeVar("C")

UNPROCESSABLE: Final = 422


@dataclass(frozen=True, slots=True)
class Trouble:
    """One line of the summary: what is wrong, and the id of the field it leads to, if any."""

    words: str
    field: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as the page shows it."""

    field: Field[Any]
    id: str
    texts: Sequence[str]
    options: Sequence[Option]
    error: str | None

    @property
    def text(self) -> str:
        """The one text in it."""
        return self.texts[0] if self.texts else ""

    @property
    def described_by(self) -> str | None:
        """The ids of the texts that say more about it: hint and trouble."""
        hint = [f"{self.id}-hint"] if str(self.field.hint) else []
        wrong = [f"{self.id}-wrong"] if self.error else []
        return " ".join([*hint, *wrong]) or None

    @property
    def attributes(self) -> Mapping[str, str | None]:
        """The attributes of its input beside name and value."""
        return {
            "required": "required" if self.field.required else None,
            "aria-invalid": "true" if self.error else None,
            "aria-describedby": self.described_by,
            **self.field.attributes,
        }


class Form:
    """Base of all forms. Fields are class attributes; their values are there after `is_valid()`.

    `form_name` tells several forms of one page apart; `initial` are values for the empty form;
    `options` the choices of `PickField` and `PicksField`; `page` the address that shows the form,
    where that is not the address it is sent to.
    """

    fields: ClassVar[Mapping[str, Field[Any]]] = {}
    form_name: str
    page: str
    once: str
    troubles: list[Trouble]
    status: int
    is_sent: bool

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = {name: one for name, one in vars(cls).items() if isinstance(one, Field)}
        # What a form says of itself would hide what somebody typed into a field of that name.
        taken = sorted(own.keys() & (set(Form.__annotations__) | set(dir(Form))))
        if taken:
            raise TypeError(f"a form has {taken} already, so {cls.__name__} has no such field")
        cls.fields = {**cls.fields, **own}

    def __init__(
        self,
        *,
        name: str | None = None,
        initial: Mapping[str, object] | None = None,
        options: Mapping[str, Sequence[Option]] | None = None,
        page: str | None = None,
    ) -> None:
        self.form_name = name or type(self).__name__
        self.troubles = []
        self.status = 200
        self._errors: dict[str, str] = {}
        self._values: dict[str, object] = {}
        self._options = {
            key: (options or {}).get(key, one.options()) for key, one in self.fields.items()
        }
        self.is_sent = request.method == "POST" and request.form.get(FORM) == self.form_name
        self.page = page or _this_page()
        if self.is_sent and page is None:
            self.page = local_path(request.form.get(PAGE), self.page)
        self.once = request.form[ONCE] if self.is_sent else fresh_once()
        self._texts = self._read(initial or {})

    # --- what was typed ---------------------------------------------------------------------------

    def _read(self, initial: Mapping[str, object]) -> dict[str, Sequence[str]]:
        if self.is_sent:
            return {
                key: request.form.getlist(field.html_name) for key, field in self.fields.items()
            }
        texts = {
            key: field.show(initial[key]) for key, field in self.fields.items() if key in initial
        }
        kept = self._kept()
        if kept is not None:
            texts = {key: kept.values.get(key, ()) for key in self.fields}
            self.troubles.append(Trouble(_why_kept(kept.reason)))
        return texts

    def _kept(self) -> Typed | None:
        """What this reader typed into this form before, where it could not be taken then."""
        store, token = site().kept, request.args.get("kept")
        if store is None or token is None:
            return None
        typed = store.recall(token, browser_key())
        if typed is None or typed.form != self.form_name:
            return None
        person = person_key()
        if typed.owner is None:
            # Nobody knows who sent it; the form itself proves to whom it had been shown.
            mine = any(is_proven(typed.once, typed.csrf, whom) for whom in {person, ""})
        else:
            mine = typed.owner in (person, "")
        return typed if mine else None

    # --- what it means ----------------------------------------------------------------------------

    def is_valid(self) -> bool:
        """Read every field; false if one of them, or `check`, refuses."""
        for key, field in self.fields.items():
            try:
                self._values[key] = field.take(self._sent(key, field))
            except Wrong as wrong:
                self.wrong(key, str(wrong))
        if not self._errors:
            self.check()
        return not self._errors and not self.troubles

    def check(self) -> None:
        """What only several fields together can tell; call `wrong` for each finding."""

    def wrong(self, key: str, words: str) -> None:
        """Point at a field, in words for this reader."""
        self._errors.setdefault(key, words)
        self.status = UNPROCESSABLE

    def refuse(self, refusal: MarketError) -> None:
        """Take over what the house said no to, at the fields it names and in the summary."""
        named = False
        for key, (zh, en) in refusal.fields.items():
            if key in self.fields:
                self.wrong(key, zh if language() == "zh" else en)
                named = True
        if not named:
            self.troubles.append(Trouble(refusal.words(language())))
        if refusal.code == "once-differs":
            # The earlier sending stands; what is sent from here is a new one, deliberately.
            self.once = fresh_once()
        self.status = refusal.status

    def value_of(self, name: str) -> object:
        """The value of a field that was read; `LookupError` before `is_valid`."""
        if name not in self._values:
            raise LookupError(f"{self.form_name}.{name} has not been read")
        return self._values[name]

    def fingerprint(self) -> bytes:
        """The hash of what was sent: same text, same files, same address. Secrets stay out."""
        sent: dict[str, Any] = {
            key: [text.encode("utf-8", "replace").hex() for text in self._texts.get(key, ())]
            for key, field in self.fields.items()
            if not field.is_secret
        }
        files = {
            key: b64u(file.digest)
            for key in self.fields
            if (file := sent_file(request.files.get(key))) is not None
        }
        place = {str(key): str(value) for key, value in (request.view_args or {}).items()}
        return digest(
            canonical(
                {
                    "endpoint": request.endpoint or "",
                    "place": dict(place),
                    "form": self.form_name,
                    "texts": sent,
                    "files": dict(files),
                }
            )
        )

    def _sent(self, key: str, field: Field[Any]) -> Sent:
        file = sent_file(request.files.get(field.html_name))
        return Sent(self._texts.get(key, ()), file, self._options[key])

    # --- what is shown ----------------------------------------------------------------------------

    def __getitem__(self, key: str) -> Shown:
        field = self.fields[key]
        texts = () if field.is_secret else self._texts.get(key, ())
        return Shown(field, self.id_of(key), texts, self._options[key], self._errors.get(key))

    def __iter__(self) -> Iterator[Shown]:
        return (self[key] for key in self.fields)

    @property
    def has_files(self) -> bool:
        """Whether it must be sent as parts."""
        return any(field.widget == "file" for field in self.fields.values())

    def id_of(self, key: str) -> str:
        """The id of a field's input on the page."""
        return f"{self.form_name}-{key}"

    @property
    def summary(self) -> Sequence[Trouble]:
        """Everything that is wrong, in the order of the page."""
        pointed = [
            Trouble(self._errors[key], self.id_of(key), str(field.label))
            for key, field in self.fields.items()
            if key in self._errors
        ]
        return [*self.troubles, *pointed]

    @property
    def marks(self) -> Mapping[str, str]:
        """The hidden inputs that every form carries."""
        return _marks(self.form_name, self.page, self.once)


def _marks(name: str, page: str, once: str) -> Mapping[str, str]:
    return {FORM: name, PAGE: page, ONCE: once, PROOF: proof(once)}


def marks_of(name: str) -> Mapping[str, str]:
    """The hidden inputs of a form that has no fields and no page of its own, such as sign-out."""
    page = _this_page() if request.method in SAFE else "/"
    return _marks(name, page, fresh_once())


def _this_page() -> str:
    """The address of the page at hand, without what only this showing of it needed."""
    stays = [(k, v) for k, v in request.args.items(multi=True) if k not in ("kept", "lang")]
    return f"{request.path}?{urlencode(stays)}" if stays else request.path


def _why_kept(reason: str) -> str:
    if reason == "signed-out":
        return gettext(
            "You were signed out before this was sent. Your text is still here: check it, choose "
            "files again, and send it."
        )
    return gettext(
        "This form was opened before this sign-in, so it was not sent. Your text is still here: "
        "check it, choose files again, and send it."
    )


def submit(
    form: Form,
    office: Office,
    handler: Handler[C, Mapping[str, Any] | None],
    make_command: Callable[[], C],
    *,
    again: Callable[[], ResponseReturnValue],
    to: Callable[[Mapping[str, Any]], str] = lambda outcome: str(outcome["url"]),
) -> Response:
    """Carry out what a form asks for, once, and lead to where `to` says its outcome is seen.

    What was carried out before is answered as it was then, even where the form could no longer be
    filled in so. A refusal shows the page `again`, with what was typed; `NotFound` goes its own
    way.
    """
    again_asked.taken()
    known = office.answered(current_actor(), form.once, form.fingerprint())
    if known is not None:
        return make_response(redirect(again_asked.place_of(known) or to(known), 303))
    if form.is_valid():
        try:
            once = Once(form.once, form.fingerprint())
            carried = again_asked.with_place(handler, to)
            outcome = office.run_once(carried, make_command(), current_actor(), once)
        except (NotFound, NotSignedIn):
            raise
        except MarketError as refusal:
            form.refuse(refusal)
        else:
            return make_response(redirect(again_asked.place_of(outcome) or to(outcome), 303))
    response = make_response(again())
    response.status_code = form.status
    return response
