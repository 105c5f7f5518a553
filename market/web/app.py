"""One host as a Flask application: pages of the features, guards in their order, our own look."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Flask, request
from jinja2 import StrictUndefined
from typing_extensions import override

from market.command import ANONYMOUS, Actor, Office
from market.feature import Feature
from market.kernel.errors import MarketError
from market.settings import Settings
from market.web import (
    access,
    again_asked,
    assets,
    csrf,
    errors,
    filters,
    headers,
    language,
    logs,
    problems,
)
from market.web.api import JSON_LIMIT, PREFIX
from market.web.catalogue import translations
from market.web.forms import marks_of
from market.web.kept import KeptForms
from market.web.pages import Pages
from market.web.scripts import use_script, used_scripts
from market.web.site import Site, moment, site, site_of

FORM_LIMIT: Final = 32 * 1024 * 1024  # bytes of one form with its files
TEXT_LIMIT: Final = 1024 * 1024  # bytes of the typed text in one form
FOLDER: Final = Path(__file__).parent


class MarketApp(Flask):
    """Flask with our templates, where an unknown name in a template is a fault and not a blank."""

    jinja_options: dict[str, Any] = {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n"],
    }

    @override
    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Say nothing here: `market.web.errors.broken` logs the place without the message."""

    @override
    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Addresses that carry the hash of their bytes never change; others are asked anew."""
        if filename is None:
            return None
        # Asked before Flask has checked the path: only the names of our own files are looked at.
        asked = request.args.get("v")
        known = asked is not None and filename in assets.names()
        return headers.YEAR if known and asked == assets.version(filename) else 0


def make_app(
    settings: Settings,
    features: Sequence[Feature],
    office: Office,
    *,
    is_anonymous: bool,
    kept: KeptForms | None = None,
) -> Flask:
    """One host without its front pages: what every request passes, then each feature's pages."""
    app = MarketApp(
        "market.web",
        root_path=str(FOLDER),
        static_folder=str(assets.STATIC),
        static_url_path=assets.URL,
    )
    mark = access.anonymous if is_anonymous else access.public
    mark(app.view_functions["static"])
    production = settings.mode == "production"
    app.config.update(
        # Without a key there is no session: the anonymous host could not set one by mistake.
        SECRET_KEY=None if is_anonymous else settings.secret_key,
        TESTING=settings.mode == "test",
        IS_ANONYMOUS=is_anonymous,
        MAX_CONTENT_LENGTH=JSON_LIMIT if is_anonymous else FORM_LIMIT,
        MAX_FORM_MEMORY_SIZE=TEXT_LIMIT,
        SESSION_COOKIE_NAME="__Host-session" if production else "session",
        SESSION_COOKIE_SECURE=production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    Site(settings, office, features, is_anonymous, kept).attach(app)
    _guards(app, is_anonymous=is_anonymous)
    _templates(app)
    for feature in features:
        for blueprint in feature.anonymous_pages if is_anonymous else feature.pages:
            register_pages(app, blueprint)
    return app


def register_pages(app: Flask, blueprint: Blueprint) -> None:
    """Put a room's pages on a host, with its words, navigation and lines of the home page."""
    known = site_of(app)
    if isinstance(blueprint, Pages):
        known.vocabulary.add(blueprint.words)
        known.navigation.extend(blueprint.navigation)
        known.navigation.sort(key=lambda item: item.order)
        known.home.extend(blueprint.home)
        known.search = known.search or blueprint.search
    app.register_blueprint(blueprint)


def _guards(app: Flask, *, is_anonymous: bool) -> None:
    """Everything that stands before and after a view, the first before and the last after."""
    logs.register(app)
    headers.register(app)
    errors.register(app)
    if is_anonymous:
        app.before_request(problems.begin_time)
        app.before_request(access.refuse_identity)
        app.after_request(problems.pad_time)
    else:
        app.before_request(_limit_json)
        app.after_request(language.remember_language)
        app.after_request(csrf.remember_browser)
        app.after_request(again_asked.answer_again)  # the last one stands first after a view
    app.before_request(lambda: access.guard(app))
    if not is_anonymous:
        app.before_request(csrf.check)


def _limit_json() -> None:
    if request.path.startswith(PREFIX):
        request.max_content_length = JSON_LIMIT


def _templates(app: Flask) -> None:
    filters.register(app)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    install: Callable[..., None] = getattr(app.jinja_env, "install_gettext_callables")  # noqa: B009  added by the extension
    install(
        lambda text: translations(language.language()).gettext(text),
        lambda one, many, n: translations(language.language()).ngettext(one, many, n),
        newstyle=True,
        pgettext=lambda context, text: translations(language.language()).pgettext(context, text),
    )
    app.jinja_env.globals.update(
        asset=assets.asset,
        integrity=assets.integrity,
        language=language.language,
        other_language=other_language,
        marks_of=marks_of,
        moment_now=moment,
        reader=reader,
        reader_mark=reader_mark,
        site=site,
        use_script=use_script,
        used_scripts=used_scripts,
    )
    app.context_processor(lambda: {"bare": False})


def reader() -> tuple[Actor, str] | None:
    """The signed-in actor and how to call it, for the header; None for everybody else.

    Asked on error pages too, so a refused sign-in counts as none here.
    """
    try:
        actor = access.current_actor()
    except MarketError:
        return None
    if actor in (access.VISITOR, ANONYMOUS):
        return None
    name = site().display_name
    return actor, actor.name if name is None else name(actor)


def reader_mark() -> str:
    """What this browser files a reader's drafts under: tells readers apart, and nobody who."""
    try:
        person = csrf.person_key()
    except MarketError:
        person = ""
    if not person:
        return "anybody"
    said = f"drafts\n{site().settings.secret_key}\n{person}".encode()
    return hashlib.sha256(said).hexdigest()[:16]


def other_language() -> tuple[str, str] | None:
    """The other language and the address of this page in it; None where it would lose text."""
    if request.method not in csrf.SAFE or site().is_anonymous:
        return None
    other = "en" if language.language() == "zh" else "zh"
    stays = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return other, f"{request.path}?{urlencode([*stays, ('lang', other)])}"
