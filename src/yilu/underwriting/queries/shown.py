"""What somebody signs: the whole application as it stands, and its digest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yilu.underwriting.models import Application
from yilu.underwriting.rules.shown import digest


@dataclass(frozen=True, slots=True)
class Shown:
    """The content in one writing, and its digest."""

    content: dict[str, Any]
    digest: str


def shown_now(application: Application, notices: list[tuple[str, str]] | None = None) -> Shown:
    """
    Everything that is signed with the application: plan, price, people, answers, clauses, statement.

    ``notices``: (code, digest) of the confirmed clauses, where the caller has read them already.
    """
    if notices is None:
        notices = sorted(application.notices.values_list("code", "text_digest"))
    suitability = {k: v for k, v in application.suitability.items() if k != "on"}
    content = {
        "number": application.number,
        "holder": application.holder_id,
        "insured": application.insured_id,
        "relation": application.relation,
        "version": application.product_version_id,
        "sum_insured": _text(application.sum_insured),
        "years": application.years,
        "pay_years": application.pay_years,
        "pay_mode": application.pay_mode,
        "social": application.with_social_insurance,
        "occupation": [application.occupation, application.occupation_class],
        "premium": _text(application.premium),
        "account": application.account_id,
        "beneficiaries": application.beneficiaries,
        "questionnaire": application.questionnaire,
        "answers": application.answers,
        "suitability": suitability,
        "notices": notices,
    }
    if application.renewal_text:
        content["renewal"] = application.renewal_text
    if application.riders:
        content["riders"] = [
            [r["version_id"], r["sum_insured"], r["premium"]] for r in application.riders
        ]
    return Shown(content, digest(content))


def conditions_shown(application: Application) -> Shown:
    """What is signed with changed conditions: the decision, the new price, what is excluded."""
    content = {
        "number": application.number,
        "decision": application.decision_id,
        "sum_insured": _text(application.sum_insured),
        "premium": _text(application.premium),
        "extra_premium": _text(application.extra_premium),
        "exclusions": application.exclusions,
    }
    if application.riders:
        content["riders"] = [
            [r["code"], r["premium"], r["extra_premium"], r["exclusions"]]
            for r in application.riders
        ]
    return Shown(content, digest(content))


def _text(amount: Any) -> str | None:
    return None if amount is None else f"{amount:.2f}"
