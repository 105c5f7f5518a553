"""What the room of demands hands to the factory."""

from typing import Final

from intermediaries.demands.alerts import ALERT
from intermediaries.demands.desk import desk, titles
from intermediaries.demands.web import api, checking, own, public, watching
from market.feature import Feature

FEATURE: Final = Feature(
    "demands",
    pages=(public.pages, own.pages, checking.pages, watching.pages, api.pages),
    listeners=(ALERT,),
    desk=desk,
    titles=titles,
)
