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
BY_FRAUD = {
    "FABRICATED": _(
        "未发生保险事故，谎称发生了保险事故请求给付的，保险人不给付保险金，并有权解除合同（第一款）。"
    ),
    "CAUSED": _(
        "投保人、被保险人故意制造保险事故的，保险人不承担给付保险金的责任，并有权解除合同（第二款）。"
    ),
    "FORGED": _(
        "以伪造、变造的证明、资料或者其他证据，编造虚假的事故原因或者夸大损失程度的，保险人对其虚报的部分不承担给付保险金的责任（第三款）。"
    ),
}
"""What article 27 says of each kind of fraud, in short."""
FRAUD_OPENINGS = {
    "FABRICATED": _("经调查核实，所申请的保险事故没有发生，依法不给付保险金。"),
    "CAUSED": _("经调查核实，本次事故是投保人或者被保险人故意制造的，依法不给付保险金。"),
}
"""How the letter of a refusal for fraud begins, in the place of "not covered"."""
GIVEN_BACK = _("因此已经支付的 {amount} 元应当退回（保险法第二十七条第四款），我们会另行书面通知。")
PAID_BEFORE = _(
    "此前已经支付的 {amount} 元不属于应付的保险金，是否以及怎样退回，我们会另行书面通知。"
)
BY_MEDICINE = _("健康保险管理办法23")
MEDICINE = _(
    "被保险人根据通行的医学诊断标准被确诊疾病的，保险公司不得以该诊断标准与保险合同约定不符为理由拒绝给付保险金；上述医学理由按这一条审核。"
)
"""What a refusal of an illness that the wording does not list by name is measured by, in short."""
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


def suits(fraud: str, kind: str) -> bool:
    """Lies about an event, and events that were brought about, refuse all; forged papers what they add."""
    return fraud in BY_FRAUD and kind == ("PARTIAL" if fraud == "FORGED" else "DECLINE")


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
