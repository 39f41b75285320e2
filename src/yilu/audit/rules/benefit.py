"""The whole sum of a claim, from the published wording and bare facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from yilu.audit.rules import person
from yilu.audit.rules.facts import (
    NOTHING,
    Answer,
    Case,
    Entry,
    Part,
    Past,
    Wording,
    anniversary,
    to_the_fen,
)
from yilu.audit.rules.medical import Purse, medical

SORTS = ("REIMBURSEMENT", "ALLOWANCE", "ILLNESS", "DISABILITY", "DEATH", "WAIVER", "MAIN_WAIVER")


def recompute(case: Case, terms: Wording, ledger: Iterable[Entry]) -> Answer:
    """
    What the claim comes to under the wording, given the ledger before it.

    Benefits of the claim's type whose causes fit; each less what a person upheld against it; then
    non-disclosure, owed premium, policy loan; then the fen.
    """
    kept: dict[str, list[Entry]] = {}
    for entry in ledger:
        kept.setdefault(entry.benefit, []).append(entry)
    pasts = {code: Past(tuple(rows)) for code, rows in kept.items()}
    mine = [
        b
        for b in terms["benefits"]
        if b["claim_type"] == case.claim_type and case.cause in b.get("causes", (case.cause,))
    ]
    parts = _parts(case, mine, terms, pasts)
    total = sum((part.amount for part in parts), NOTHING)
    entries = [entry for part in parts for entry in part.entries]
    waived = [part.waived_from for part in parts if part.waived_from is not None]
    if _rescinded(case, terms):
        total, entries, waived = NOTHING, [], []
    if case.premiums is not None and total > NOTHING:
        paid, due = case.premiums
        total = to_the_fen(total * min(paid / due, Fraction(1)))
    total -= min(case.owed_premium, max(total, NOTHING))
    if any(b["deducts_loan"] for b in mine):
        total -= min(case.contract.loan, max(total, NOTHING))
    return Answer(to_the_fen(total), tuple(entries), waived[-1] if waived else None)


def _parts(case: Case, mine: list[Wording], terms: Wording, pasts: dict[str, Past]) -> list[Part]:
    purse, counted = Purse(case.paid_elsewhere), case.other_death_cover
    order = list(dict.fromkeys(b["type"] for b in mine))
    parts = []
    for b in sorted(mine, key=lambda b: order.index(b["type"])):
        past = pasts.get(b["code"], Past())
        if b["type"] == "REIMBURSEMENT":
            part = medical(case, [x for x in mine if x["type"] == "REIMBURSEMENT"], b, past, purse)
        elif b["type"] == "ALLOWANCE":
            part = person.allowance(case, b, past)
        elif b["type"] == "ILLNESS":
            part = person.illness(case, b, past)
        elif b["type"] == "DISABILITY":
            part = person.disability(case, b, past)
        elif b["type"] == "DEATH":
            first = b is next(x for x in mine if x["type"] == "DEATH")
            part, more = person.death(case, b, pasts, terms["minor_limits"], counted, first=first)
            counted += more
        elif b["type"] in ("WAIVER", "MAIN_WAIVER"):
            part = person.waiver(case, b, terms)
        else:
            raise ValueError(f"no rule for a benefit of type {b['type']}")
        parts.append(_after_grounds(case, b, terms, part))
    return parts


def _after_grounds(case: Case, b: Wording, terms: Wording, part: Part) -> Part:
    """What is left of a benefit against which a person upheld a ground: the clause's substitute."""
    if not part.amount and part.waived_from is None:
        return part
    for code, detail, instead in (
        *_waiting(case, b), *_suicide(case, b, terms), *_exclusions(case, b, terms),
    ):  # fmt: skip
        key = ":".join(piece for piece in (code, detail, b["code"]) if piece)
        if code in case.upheld or key in case.upheld:
            return Part(case.contract.base(instead))
    return part


def _waiting(case: Case, b: Wording) -> list[tuple[str, str, str]]:
    if not b["waiting_days"] or case.cause == "ACCIDENT":
        return []
    contract = case.contract
    since = contract.continuous_since
    if contract.reinstated_on is not None and contract.reinstated_on > since:
        since = contract.reinstated_on
    first = min([case.event_on, *(on for _, on in case.diagnoses)])
    if (first - since).days >= int(b["waiting_days"]):
        return []
    return [("WAITING", "", b["waiting_instead"])]


def _suicide(case: Case, b: Wording, terms: Wording) -> list[tuple[str, str, str]]:
    if b["claim_type"] != "DEATH" or "SUICIDE" not in case.circumstances or case.died_on is None:
        return []
    since = case.contract.formed_on
    if case.contract.reinstated_on is not None:
        since = max(since, case.contract.reinstated_on)
    if case.died_on >= anniversary(since, int(terms["suicide_years"])):
        return []  # 保险法 44: after two years it is paid
    return [("SUICIDE", "", "CASH_VALUE")]


def _exclusions(case: Case, b: Wording, terms: Wording) -> list[tuple[str, str, str]]:
    return [
        ("EXCLUSION", exclusion["code"], exclusion["instead"])
        for exclusion in terms["exclusions"]
        if (not exclusion["benefits"] or b["code"] in exclusion["benefits"])
        and any(c in case.circumstances for c in exclusion["circumstances"])
    ]


def _rescinded(case: Case, terms: Wording) -> bool:
    """保险法 16: non-disclosure that a person upheld within two years of the contract."""
    said_on: date = case.reported_on or case.event_on
    return (
        "NON_DISCLOSURE" in case.circumstances
        and "NON_DISCLOSURE" in case.upheld
        and said_on < anniversary(case.contract.formed_on, int(terms["contest_years"]))
    )


def fen(amount: Fraction) -> int:
    """An amount of whole fen as their number."""
    hundredfold = amount * 100
    if hundredfold.denominator != 1:
        raise ValueError(f"not whole fen: {amount}")
    return int(hundredfold)
