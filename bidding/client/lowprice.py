"""The review of a low offer: see what the panel asks, answer with the bid key."""

from pathlib import Path

from bidding.client import files
from bidding.client.bidbook import BidBook
from bidding.client.profile import Profile
from bidding.client.wallet import Held, Wallet
from market.kernel.errors import BadInput, Refusal
from market.protocol.encoding import Json, JsonObject, canonical
from market.protocol.members import Members
from market.protocol.price_answers import ANSWER_LIMIT, PriceAnswer, PriceQuery


def show(profile: Profile, tender: str) -> None:
    """Tell what the panel asks about this profile's offer, and until when it may be answered."""
    asked = _asked(profile, tender, key_of_bid(profile, tender))
    profile.told.facts = {"tender": tender, **asked}
    for reason in _reasons(asked):
        profile.told.say(reason["zh"], reason["en"])
    profile.told.say(
        f"说明报价的截止时间（UTC）：{asked['until']}",
        f"The answer is in time until {asked['until']} (UTC)",
    )


def answer(profile: Profile, tender: str, path: Path) -> None:
    """Answer with the text of a file, signed by the bid key; until the time ends the last counts.

    Run again with the same text after no answer: the very same bytes are sent again. Refusals:
    "answer-empty", and those of the host.
    """
    text = files.read(path).decode("utf-8", "replace").strip()
    if not text or len(text) > ANSWER_LIMIT:
        raise BadInput(
            "answer-empty",
            zh=f"文件中应写明价格构成和证明，不超过 {ANSWER_LIMIT} 字",
            en=f"The file states how the price is made up, in at most {ANSWER_LIMIT} characters",
        )
    key = key_of_bid(profile, tender)
    asked = _asked(profile, tender, key)
    kept = profile.home / "bids" / tender / "price-answer.json"
    number = Members({"n": asked.get("next_seq")}).whole("n")
    made = PriceAnswer(tender, key.public, number, text).sign(key.key)
    before = files.read_json_or_none(kept)
    if before is not None and before.get("answer") == text:
        made = before  # what may have arrived already is sent again, byte for byte
    files.keep_json(kept, made)
    raw = canonical(made)
    done = profile.anonymous().post(f"/api/v1/tenders/{tender}/price-answers", raw).json()
    profile.told.facts = {"tender": tender, **done}
    profile.told.say(
        f"说明已送达；{done['until']}（UTC）前可再次提交，以最后一次为准",
        f"The answer has arrived; until {done['until']} (UTC) another one may replace it",
    )


def _asked(profile: Profile, tender: str, key: Held) -> JsonObject:
    raw = canonical(PriceQuery(tender, key.public).sign(key.key))
    return profile.anonymous().post(f"/api/v1/tenders/{tender}/price-questions", raw).json()


def _reasons(asked: JsonObject) -> list[dict[str, str]]:
    given: Json = asked.get("reasons")
    rows = given if isinstance(given, list) else []
    return [
        {"zh": str(row.get("zh", "")), "en": str(row.get("en", ""))}
        for row in rows
        if isinstance(row, dict)
    ]


def key_of_bid(profile: Profile, tender: str) -> Held:
    """The token whose key signed the bid that was accepted; "no-bid"."""
    bid = BidBook(profile.home, tender).accepted()
    if bid is None or not bid.act.is_submission:
        raise Refusal(
            "no-bid", zh="此项目没有已提交的投标", en="There is no submitted bid for this tender"
        )
    return Wallet(profile.home).one(bid.token)
