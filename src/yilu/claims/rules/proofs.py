"""Whose proof a ground needs that says something grave of a person (举证责任, 保险法 27, 43–45; 解释三 21–23). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from yilu.kernel.words import marked as _
from yilu.products.terms import Exclusion

FRAUD, HOLDER_HARM, SUICIDE, CRIME = "保险法27", "保险法43", "保险法44", "保险法45"
PROOFS = {
    FRAUD: _(
        "谎称或者故意制造保险事故，由保险公司举证：先发起调查，结论为“情况不实”的才能据此不赔。伪造、变造资料夸大损失的，只不赔虚报的部分。"
    ),
    HOLDER_HARM: _("投保人故意造成，由保险公司举证：先发起调查，有明确结论才能据此不赔。"),
    SUICIDE: _(
        "自杀由保险公司举证；受益人主张自杀时无民事行为能力的，由其举证（解释三第二十一条）。先发起调查，有明确结论才能据此不赔。"
    ),
    CRIME: _(
        "故意犯罪以侦查、检察、审判机关的生效文书或者结论性意见为准，还要证明与伤亡有因果关系（解释三第二十二、二十三条）。先发起调查并交入文书，有明确结论才能据此不赔。"
    ),
}
"""By article: what has to be proved, by whom, and how a colleague gets there."""
_BY_CIRCUMSTANCE = {"SUICIDE": SUICIDE, "CRIME": CRIME, "HOLDER_HARM": HOLDER_HARM}
_FORGED = frozenset({"BILL_NOT_GENUINE", "BILL_REVERSED"})


def to_prove(
    clauses: Iterable[str],
    upheld: Iterable[str],
    *,
    exclusions: Iterable[Exclusion],
    circumstances: Collection[str],
) -> tuple[str, ...]:
    """The articles whose facts a refusal rests on: cited, or by the grounds that were upheld for it."""
    found = [clause for clause in clauses if clause in PROOFS]
    known = {each.code: each for each in exclusions}
    for key in upheld:
        code, _sep, rest = key.partition(":")
        if code == "SUICIDE":
            found.append(SUICIDE)
        if code == "EXCLUSION" and (excluded := known.get(rest.partition(":")[0])):
            found += [
                article
                for circumstance, article in _BY_CIRCUMSTANCE.items()
                if circumstance in excluded.circumstances and circumstance in circumstances
            ]
    return tuple(dict.fromkeys(found))


def is_proved(
    article: str, *, findings: Collection[str], doubts: Collection[str], in_part: bool
) -> bool:
    """
    Whether what was found outside the file carries a refusal on an article.

    ``findings`` of the claim's concluded investigations. Fraud needs the finding that it is untrue; what
    bills that are not genuine add may be cut without one (保险法 27 III).
    """
    if article == FRAUD:
        return "NOT_CONFIRMED" in findings or (in_part and not _FORGED.isdisjoint(doubts))
    return not {"CONFIRMED", "NOT_CONFIRMED"}.isdisjoint(findings)
