"""
Who paid which part of a medical bill: the fund, others, the patient.

Bills print the money of further funds beside 医保统筹基金支付 or within 其他支付, as their makers like
(财政部《医疗收费票据》: 其他支付 holds 大病保险, 医疗救助, 公务员医疗补助, 大额补充). What comes to the total
says which: nothing that a fund paid is paid once more, and nothing is taken off twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations

from yilu.documents.rules.found import Found
from yilu.kernel.money import ZERO

SOCIAL = ("attached_paid", "illness_paid", "servant_paid")
"""Further funds of social insurance and public medical care: the fund's money (解释三 18)."""
AID = "aid_paid"
"""Medical aid (医疗救助): money of others."""
FURTHER = (*SOCIAL, AID)
UNCLEAR = "PAYERS_UNCLEAR"


def gathered(found: Mapping[str, Found]) -> tuple[dict[str, Found], str]:
    """
    What was read with the further funds' money in ``fund_paid`` and ``other_paid``, and a note or none.

    The note (PAYERS_UNCLEAR) says that the parts do not come to the total: a person has to tell then.
    """
    told = dict(found)
    sums = {n: Decimal(f.value) for n, f in told.items() if n in _KNOWN and f.value}
    further = {n: sums[n] for n in FURTHER if sums.get(n)}
    total = sums.get("total")
    if total is None or not (further or sums.get("own_paid") is not None):
        return told, UNCLEAR if further else ""
    beside = _beside(sums, further, total)
    if beside is None:
        return told, UNCLEAR if further or "fund_paid" in sums else ""
    if beside:
        for name in ("total", *_PARTS, *beside):
            if sums.get(name):
                told[name] = told[name].with_witness("PAYMENTS")
    within = {n: amount for n, amount in further.items() if n not in beside}
    other = sums.get("other_paid", ZERO)
    in_other = sum(within.values(), ZERO) <= other
    fund = sum((further[n] for n in SOCIAL if n in beside or (in_other and n in within)), ZERO)
    aid = further.get(AID, ZERO) if AID in beside else ZERO
    moved = sum((within[n] for n in SOCIAL if n in within), ZERO) if in_other else ZERO
    _add(told, "fund_paid", fund, further)
    _add(told, "other_paid", aid - moved, further)
    return told, ""


_PARTS = ("fund_paid", "account_paid", "own_paid", "other_paid")
_KNOWN = {"total", *_PARTS, *FURTHER}


def _beside(
    sums: Mapping[str, Decimal], further: Mapping[str, Decimal], total: Decimal
) -> tuple[str, ...] | None:
    """The further funds printed beside the other parts; None where no reading comes to the total."""
    for parts in _readings(sums):
        for many in range(len(further) + 1):
            fitting = [
                names
                for names in combinations(further, many)
                if parts + sum((further[n] for n in names), ZERO) == total
            ]
            if fitting:
                return fitting[0] if len(fitting) == 1 else None
    return None


def _readings(sums: Mapping[str, Decimal]) -> Iterator[Decimal]:
    """What the patient, the fund and others paid together; some makers count the account as cash."""
    fund, account, own, other = (sums.get(n, ZERO) for n in _PARTS)
    yield fund + account + own + other
    if account:
        yield fund + own + other
    if other:
        yield fund + account + own


def _add(
    told: dict[str, Found], name: str, amount: Decimal, further: Mapping[str, Decimal]
) -> None:
    """Move money of further funds into a part; whoever speaks for both speaks for the sum."""
    if not amount:
        return
    before = told.get(name)
    sources = [told[n] for n in further] + ([before] if before else [])
    first = before or sources[0]
    told[name] = Found(
        name, str(Decimal(before.value if before and before.value else 0) + amount), first.source,
        min(f.confidence for f in sources), first.page, first.box,
        frozenset.intersection(*(f.witnesses for f in sources)),
    )  # fmt: skip
