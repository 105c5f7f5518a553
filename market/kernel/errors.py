"""Refusals: what the house says no to, with a stable code and words for people.

Everything that is not a `MarketError` is a bug and stays loud.
"""

from collections.abc import Mapping

from market.kernel.law import Article


class MarketError(Exception):
    """A refusal: stable `code`, words in both languages, HTTP `status`, an article if law says so.

    `fields` maps a form field to its own (zh, en) words, so that a page can point at it.
    """

    status = 409

    def __init__(
        self,
        code: str,
        *,
        zh: str,
        en: str,
        article: Article | None = None,
        status: int | None = None,
        fields: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.article = article
        self.fields = dict(fields or {})
        if status is not None:
            self.status = status

    def words(self, language: str) -> str:
        """The refusal in "zh" or "en", with its article where there is one."""
        text = self.zh if language == "zh" else self.en
        if self.article is None:
            return text
        cited = self.article.cite(language)
        return f"{text}（{cited}）" if language == "zh" else f"{text} ({cited})"


class Refusal(MarketError):
    """The ordinary refusal: the state of things or the law does not allow it (409 unless said)."""


class BadInput(MarketError):
    """What was typed or sent is not of the form asked for; nothing was done."""

    status = 422


class NotFound(MarketError):
    """There is no such thing, or the asker may not know that there is."""

    status = 404

    def __init__(
        self, code: str = "not-found", *, zh: str = "未找到", en: str = "Not found"
    ) -> None:
        super().__init__(code, zh=zh, en=en)


class NotSignedIn(MarketError):
    """Nobody is signed in where somebody must be."""

    status = 401

    def __init__(self) -> None:
        super().__init__("not-signed-in", zh="请先登录", en="Sign in first")


class IllegalMove(MarketError):
    """The table of states has no row for this state and action."""
