"""A corrected price: see how it was corrected, confirm it or not with the bid key."""

from bidding.client import files
from bidding.client.lowprice import key_of_bid
from bidding.client.profile import Profile
from bidding.client.wallet import Held
from market.kernel.errors import BadInput
from market.kernel.money import Money
from market.protocol.encoding import Json, JsonObject, canonical
from market.protocol.members import Members
from market.protocol.price_answers import PriceQuery
from market.protocol.price_confirmations import PriceConfirmation


def show(profile: Profile, tender: str) -> None:
    """Tell what was corrected in this profile's price, and until when it may be confirmed."""
    asked = _asked(profile, tender, key_of_bid(profile, tender))
    profile.told.facts = {"tender": tender, **asked}
    steps: Json = asked.get("steps")
    for step in steps if isinstance(steps, list) else []:
        if isinstance(step, dict):
            profile.told.say(str(step.get("zh", "")), str(step.get("en", "")))
    amount = _after(asked)
    profile.told.say(
        f"修正后的报价：{amount} 元；确认截止时间（UTC）：{asked['until']}。不确认的投标无效",
        f"The corrected price: {amount} yuan; confirm until {asked['until']} (UTC). Without it "
        "the bid is invalid",
    )


def say(profile: Profile, tender: str, yuan: str, *, confirmed: bool) -> None:
    """Confirm the corrected price, typed once more, or refuse to; the word is final.

    Run again after no answer: the very same bytes are sent again. "amount-differs" where what was
    typed is another amount than the corrected one.
    """
    key = key_of_bid(profile, tender)
    corrected = _after(_asked(profile, tender, key))
    if Money.from_yuan(yuan) != corrected:
        raise BadInput(
            "amount-differs",
            zh=f"输入的金额不是修正后的报价 {corrected} 元",
            en=f"The amount typed is not the corrected price of {corrected} yuan",
        )
    made = PriceConfirmation(tender, key.public, corrected.fen, confirmed).sign(key.key)
    files.keep_json(profile.home / "bids" / tender / "price-confirmation.json", made)
    path = f"/api/v1/tenders/{tender}/price-confirmations"
    done = profile.anonymous().post(path, canonical(made)).json()
    profile.told.facts = {"tender": tender, **done}
    if confirmed:
        profile.told.say("修正后的报价已确认", "The corrected price is confirmed")
    else:
        profile.told.say(
            "未确认修正后的报价，投标无效",
            "The corrected price is not confirmed; the bid is invalid",
        )


def _asked(profile: Profile, tender: str, key: Held) -> JsonObject:
    raw = canonical(PriceQuery(tender, key.public).sign(key.key))
    return profile.anonymous().post(f"/api/v1/tenders/{tender}/price-corrections", raw).json()


def _after(asked: JsonObject) -> Money:
    return Money(Members({"n": asked.get("after")}).whole("n", 1))
