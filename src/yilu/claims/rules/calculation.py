"""The benefit of a claim: a pure function of facts, terms and what was used before (理算)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from yilu.claims.rules import allowance, grounds, illness, person, reimbursement
from yilu.claims.rules.facts import CaseFacts
from yilu.claims.rules.result import Calculation
from yilu.claims.rules.sheet import Sheet
from yilu.kernel.money import ZERO, round_yuan
from yilu.policies.terms import NOTHING_USED, Used, proportion
from yilu.products.terms import (
    CLAIM_TYPES,
    Allowance,
    Benefit,
    Death,
    Disability,
    Illness,
    MainWaiver,
    Reimbursement,
    Survival,
    Terms,
    Waiver,
)

_WORK: dict[type[Benefit], Callable[[Sheet, Sequence[Any]], None]] = {
    Reimbursement: reimbursement.work_out,
    Allowance: allowance.work_out,
    Illness: illness.work_out,
    Disability: person.disability,
    Death: person.death,
    Survival: person.survival,
    Waiver: person.waiver,
    MainWaiver: person.main_waiver,
}


def calculate(case: CaseFacts, terms: Terms, used: Used = NOTHING_USED) -> Calculation:
    """
    What a claim comes to, exact to the cent, with every step.

    The benefits of the claim's type are worked out in the order of the clauses; then, where the age was
    wrong, the part that the premium has bought (保险法 32); then owed premium
    (保险法 36) and, where the benefit says so, the policy loan are taken off; rounding comes last and
    is shown. The answer never refuses: what speaks against paying stands in ``refusal_grounds`` for
    a person. The same facts always give the same digest.
    """
    sheet = Sheet(case, terms, used)
    benefits = terms.for_claim(case.claim_type)
    if not benefits:
        said = CLAIM_TYPES.get(case.claim_type, case.claim_type)
        sheet.ground("NOT_COVERED", "", terms.name, said, applied=True)
    covering = grounds.covering(sheet, benefits)
    for sort in dict.fromkeys(type(b) for b in covering):
        _WORK[sort](sheet, [b for b in covering if type(b) is sort])
    grounds.weigh_contract(sheet)
    _in_proportion(sheet)
    _less_what_is_owed(sheet, covering)
    return _closed(sheet)


def _in_proportion(sheet: Sheet) -> None:
    """
    Too little premium was paid for the true age: so much of the benefit as it has bought (保险法 32 II).

    What the claim uses up of its limits stays whole: the contract is smaller by the same share.
    """
    share = sheet.case.premium_share
    if share is None or sheet.total <= ZERO:
        return
    paid, due = share
    sheet.benefit = None
    part = proportion(sheet.total, paid, due)
    sheet.take("PROPORTION", sheet.total - part, sheet.total, paid, due, part)


def _less_what_is_owed(sheet: Sheet, benefits: Sequence[Benefit]) -> None:
    case = sheet.case
    sheet.benefit = None
    owed = min(case.owed_premium, max(sheet.total, ZERO))
    sheet.take("OWED_PREMIUM", owed, case.owed_premium, owed)
    loan = case.contract.loan_owed
    if loan and any(b.deducts_loan for b in benefits):
        took = min(loan, max(sheet.total, ZERO))
        sheet.take("LOAN", took, loan, took)


def _closed(sheet: Sheet) -> Calculation:
    benefit = round_yuan(sheet.total)
    if benefit != sheet.total:
        sheet.add("ROUNDING", benefit - sheet.total, sheet.total, benefit)
    return Calculation(
        benefit=benefit,
        lines=tuple(sheet.lines),
        shortfalls=tuple(sheet.shortfalls),
        refusal_grounds=tuple(sheet.grounds),
        notes=tuple(sheet.notes),
        uses=tuple(sheet.uses),
        seen=sheet.used.seen,
        waived_from=sheet.waived_from,
        ends_policy=sheet.ends_policy and benefit > 0,
        inputs=(sheet.case, sheet.terms.digest or sheet.terms.version, sheet.used),
    )
