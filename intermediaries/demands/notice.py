"""The notice of a demand: the bytes whose hash the journal names."""

from intermediaries.demands.facts import DemandFacts
from market.accounts.queries.organisations import OrganisationFacts
from market.protocol.encoding import Json, JsonObject, b64u, canonical, digest, stamp, structure


def notice_bytes(demand: DemandFacts, owner: OrganisationFacts) -> bytes:
    """Everything the notice says, as it was published; an extension has an act of its own."""
    asked = demand.requirement
    qualification: Json = None
    if asked is not None:
        qualification = {
            "kind": asked.kind.value,
            "levels": [level.value for level in asked.levels],
        }
    return canonical(
        structure(
            "demand-notice",
            demand=demand.no,
            owner=owner.uscc,
            project=demand.project_code,
            item=demand.item.code,
            item_version=demand.item.number,
            qualification=qualification,
            title_zh=demand.title_zh,
            title_en=demand.title_en,
            background=demand.background,
            scope=demand.scope,
            deliverables=list(demand.deliverables),
            staff=demand.staff,
            funds=demand.funds.value,
            ceiling=demand.ceiling.fen,
            working_days=demand.working_days,
            revision_hours=demand.revision_hours,
            mode=demand.mode.value,
            rating_rule=demand.rating_rule,
            contract=demand.contract.value,
            contract_terms=demand.contract_terms,
            payment=demand.payment,
            payment_days=demand.payment_days,
            approval_item=demand.approval_item,
        )
    )


def notice_act(demand: DemandFacts, owner: OrganisationFacts) -> JsonObject:
    """What the journal keeps of a published demand.

    `project` is the one by which recusals of its reviewers are judged: whoever audits their draw
    compares owner and project with these.
    """
    if demand.terms_hash is None or demand.enrol_closes is None or demand.opens_at is None:
        raise AssertionError(f"{demand.no} is not published")
    return {
        "demand": demand.no,
        "owner": owner.uscc,
        "project": demand.project_code or demand.no,
        "item": demand.item.code,
        "title_zh": demand.title_zh,
        "title_en": demand.title_en,
        "mode": demand.mode.value,
        "funds": demand.funds.value,
        "ceiling": demand.ceiling.fen,
        "enrol_closes": stamp(demand.enrol_closes),
        "opens_at": stamp(demand.opens_at),
        "terms": b64u(demand.terms_hash),
        "notice": b64u(digest(notice_bytes(demand, owner))),
    }
