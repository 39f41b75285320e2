"""The letter of a verdict that changes, asks or says no: with every reason (核保通知书)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.letters import operations as letters
from yilu.products import queries as products
from yilu.underwriting import catalogue
from yilu.underwriting.models import Application
from yilu.underwriting.queries.riders import rider_lines
from yilu.underwriting.terms import Outcome, Verdict

LETTERS = {
    Outcome.REDUCE: "CONDITIONS",
    Outcome.LOADING: "CONDITIONS",
    Outcome.EXCLUSION: "CONDITIONS",
    Outcome.EXAMINE: "EXAMINATION",
    Outcome.POSTPONE: "POSTPONED",
    Outcome.DECLINE: "REFUSAL",
}


@tx.step
def write_letter(
    application: Application, verdict: Verdict, *, words: str, asked: dict[str, str], actor: Ref,
    at: datetime, until: str = "",
) -> int | None:  # fmt: skip
    """
    Order the letter of a verdict; its id, None where none is written.

    ``words`` are a person's reasons and take the place of the tables'. ``asked``: examinations and
    papers by code with their names. ``until``: the day a postponement ends.
    """
    kind = LETTERS.get(verdict.outcome)
    if kind is None:
        return None
    facts: dict[str, Any] = {
        "application": application.number,
        "product": products.get_terms(application.product_version_id or 0).name,
        "insured_id": application.insured_id,
        "decided_on": day_of(at).isoformat(),
        "reasons": [words] if words else _reasons(verdict),
    }
    if kind == "CONDITIONS":
        facts |= _changed(application, verdict)
    elif kind == "EXAMINATION":
        facts["items"] = [{"title": name, "note": ""} for name in asked.values()]
    elif kind == "POSTPONED":
        facts["until"] = until
    if kind in ("CONDITIONS", "EXAMINATION"):
        facts["answer_by"] = day_of(application.expires_at).isoformat()
    return letters.issue(
        kind=kind, about=application.ref, party_id=application.holder_id, facts=facts, actor=actor,
        at=at,
    )  # fmt: skip


def names_of(codes: list[str], papers: dict[str, str]) -> dict[str, str]:
    """What examinations and papers are called, by code."""
    known = catalogue.examinations()
    return {code: known.get(code) or papers.get(code, code) for code in codes}


def _reasons(verdict: Verdict) -> list[str]:
    """The tables' words for everything that is not as applied for."""
    found = [
        str(each.in_words)
        for each in verdict.reasons
        if each.outcome is not Outcome.ACCEPT and each.condition != "combined"
    ]
    return found or ["按核保规则审核的结果。"]


def _changed(application: Application, verdict: Verdict) -> dict[str, Any]:
    rows = [{"label": "基本保险金额", "text": f"{application.sum_insured:,.2f} 元"}]
    if verdict.extra_mortality:
        text = f"{verdict.extra_mortality} 点，每期 {application.extra_premium:,.2f} 元"
        rows.append({"label": "加费", "text": text})
    for line in rider_lines(application.riders):
        text = f"附加险，每期 {line.premium:,.2f} 元"
        if line.extra_premium:
            text += f"，其中加费 {line.extra_premium:,.2f} 元"
        rows.append({"label": line.name, "text": "；".join([text, *line.exclusions])})
    rows += [
        {"label": "附加险", "text": str(each.in_words)}
        for each in verdict.reasons
        if each.condition == "rider" and each.outcome is Outcome.DECLINE
    ]
    if verdict.exclusions:
        rows.append({"label": "除外", "text": f"{len(verdict.exclusions)} 项，见下"})
    facts: dict[str, Any] = {"premium": f"{application.total_premium:.2f}", "changes": rows}
    if verdict.exclusions:
        facts["exclusions"] = [
            {"number": f"特别约定{n}", "text": each.wording}
            for n, each in enumerate(verdict.exclusions, 1)
        ]
    return facts
