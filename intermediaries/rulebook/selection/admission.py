"""Which mode a demand may use: by its funds and its ceiling."""

from typing import Final

from intermediaries.rulebook.selection.modes import FUNDS_NAMES, NAMES, Funds, Mode
from intermediaries.rulebook.selection.sources import (
    DIRECT_CAP,
    FISCAL_DIRECT,
    FLOOR_RULE,
    THRESHOLD,
    Settings,
)
from intermediaries.rulebook.selection.terms import Terms
from market.kernel.errors import Refusal
from market.kernel.law import Article, platform_rule
from market.kernel.money import Money

OPEN_MODES: Final = (Mode.LOWEST, Mode.AVERAGE, Mode.REFPRICE, Mode.CREDIT)
"""What fiscal funds take from the threshold on."""
DEFAULTS: Final = Settings()


def may_use(mode: Mode, funds: Funds, ceiling: Money, settings: Settings = DEFAULTS) -> None:
    """Refuse (`mode-not-allowed`) a mode that these funds and this ceiling do not allow.

    A direct choice up to `direct_max`, included, and with fiscal funds only where the city lets
    it; fiscal funds from `fiscal_threshold` on, included, only the open modes.
    """
    name = NAMES[mode]
    if mode is Mode.DIRECT and ceiling > settings.direct_max:
        _refuse(
            f"限价{ceiling}元超过{name[0]}的限额{settings.direct_max}元，另选方式",
            f"The ceiling of {ceiling} yuan is above {settings.direct_max}, the cap of a"
            f" {name[1]}; choose another mode",
            settings.article or DIRECT_CAP,
        )
    if mode is Mode.DIRECT and funds is Funds.FISCAL and not settings.fiscal_direct:
        _refuse(
            f"本市不允许{FUNDS_NAMES[funds][0]}{name[0]}，另选方式",
            f"This city does not allow a {name[1]} with {FUNDS_NAMES[funds][1]};"
            " choose another mode",
            settings.article or FISCAL_DIRECT,
        )
    over = funds is Funds.FISCAL and ceiling >= settings.fiscal_threshold
    if over and mode not in OPEN_MODES:
        open_zh = "、".join(NAMES[item][0] for item in OPEN_MODES)
        open_en = ", ".join(NAMES[item][1] for item in OPEN_MODES)
        _refuse(
            f"财政资金限价{ceiling}元，达到{settings.fiscal_threshold}元，不能用{name[0]}；"
            f"可用：{open_zh}",
            f"With fiscal funds and a ceiling of {ceiling} yuan, from"
            f" {settings.fiscal_threshold} on, {name[1]} is not allowed; allowed are: {open_en}",
            settings.article or THRESHOLD,
        )


def modes_for(funds: Funds, ceiling: Money, settings: Settings = DEFAULTS) -> tuple[Mode, ...]:
    """The modes that `may_use` lets pass, in the order of the list."""
    return tuple(mode for mode in Mode if _passes(mode, funds, ceiling, settings))


def check_terms(terms: Terms, settings: Settings = DEFAULTS) -> None:
    """Refuse terms that may not be published.

    `mode-not-allowed`; `looser-than-law` below the city's number of enrolments;
    `floor-not-allowed` for a lowest price where the city allows none.
    """
    may_use(terms.mode, terms.funds, terms.ceiling, settings)
    if terms.funds is Funds.FISCAL and terms.min_quotes < settings.min_quotes:
        raise Refusal(
            "looser-than-law",
            zh=f"本市规定财政资金项目有效报名不少于{settings.min_quotes}家",
            en=f"This city asks for {settings.min_quotes} valid enrolments with fiscal funds",
            article=settings.article or platform_rule("本市规定", "a rule of this city"),
        )
    if terms.floor is not None and not settings.allow_floor:
        raise Refusal(
            "floor-not-allowed",
            zh="本市不允许设最低限价，去掉后再发布",
            en="This city allows no lowest price; take it out before publishing",
            article=FLOOR_RULE,
        )


def _passes(mode: Mode, funds: Funds, ceiling: Money, settings: Settings) -> bool:
    try:
        may_use(mode, funds, ceiling, settings)
    except Refusal:
        return False
    return True


def _refuse(zh: str, en: str, article: Article) -> None:
    raise Refusal("mode-not-allowed", zh=zh, en=en, article=article)
