"""Which form belongs to which act."""

from collections.abc import Callable, Mapping
from typing import Final

from intermediaries.orders.commands import (
    awarding,
    department,
    management,
    serving,
)
from intermediaries.orders.web import office_forms, party_forms, review_forms
from intermediaries.orders.web.places import (
    Filled,
    Place,
    worded,
)
from market.web.language import lazy_gettext

FORMS: Final[Mapping[str, Callable[[Place], Filled]]] = {
    "give-up": worded(
        awarding.give_up,
        awarding.GiveUp,
        lazy_gettext(
            "The next agency of the result is asked, and it costs credit, unless the time to sign"
            " is over and only the owner's part is missing. Owner, operator and supervision read"
            " the reason."
        ),
    ),
    "contract": party_forms.contract_form,
    "signature": party_forms.signature_form,
    "supplement": party_forms.supplement_form,
    "supplement-signature": party_forms.supplement_signature_form,
    "supplement-end": party_forms.supplement_end_form,
    "inputs": party_forms.inputs_form,
    "inputs-missing": party_forms.inputs_missing_form,
    "request": party_forms.request_form,
    "answer": party_forms.answer_form,
    "draft": party_forms.draft_form,
    "return": worded(serving.return_draft, serving.GiveWords),
    "change": worded(serving.order_change, serving.GiveWords),
    "extension": party_forms.extension_form,
    "correction": office_forms.correction_form,
    "refusal": worded(department.not_accept, department.GiveReasons),
    "supply": party_forms.supply_form,
    "experts": review_forms.experts_form,
    "more-experts": review_forms.fill_form,
    "opinion": office_forms.opinion_form,
    "revision": party_forms.revision_form,
    "decision": office_forms.decision_form,
    "pause": party_forms.pause_form,
    "pause-decision": office_forms.pause_decision_form,
    "objection": party_forms.objection_form,
    "ruling": office_forms.ruling_form,
    "returned": office_forms.returned_form,
    "termination": worded(
        management.terminate,
        management.EndOrder,
        lazy_gettext(
            "The order ends without a decision and without a score. If it was handed in, its"
            " approval case ends with it. The parties read the reason. This cannot be undone."
        ),
    ),
    "rating": party_forms.rating_form,
    "rectification": party_forms.rectification_form,
    "filing": party_forms.filing_form,
    "result-answer": office_forms.result_answer_form,
    "complaint-decision": office_forms.complaint_decision_form,
    "complaint-hold": office_forms.complaint_hold_form,
}
