"""A refusal that calls somebody a deceiver, a criminal or a suicide rests on proof, and the proof is ours."""

from __future__ import annotations

from dataclasses import dataclass

from yilu.claims.models import Decision, Investigation
from yilu.claims.rules import authority, proofs
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Refusal, Sentence
from yilu.kernel.words import marked as _

from .case import Case
from .refusing import Refuses

LEAST = 10
"""So many characters a medical reason has at least."""


class GroundUnproved(Refusal):
    """No investigation has found the facts this article needs."""

    code = "ground_unproved"
    message = _("依据的事实还没有查实，不能据此不赔或少赔")


class FraudUnnamed(Invalid):
    """Article 27 knows three kinds of fraud with three consequences: the decision says which."""

    code = "fraud_unnamed"
    message = _("引用保险法第二十七条的，请选明属于哪一种欺诈")
    hint = _(
        "谎称或者故意制造保险事故的，全部不赔；伪造、变造资料的，只不赔虚报的部分：请选“部分赔付”，真实的部分照赔。"
    )


class MedicalReasonMissing(Invalid):
    """An illness by another name than the wording's is refused for medical reasons, or not at all."""

    code = "medical_reason_missing"
    message = _("请写明医学理由：为什么按通行医学标准不属于约定的疾病")
    hint = _(
        "符合通行医学诊断标准的，不得以确诊方法或者病名与条款写法不同为由拒赔（健康保险管理办法第二十三条）。"
        "请写明诊断依据、对照的标准，必要时先征求医学意见，至少 10 个字。"
    )


@dataclass(frozen=True, slots=True)
class Proved:
    """What a refusal on article 27 rests on; ``finding_id`` None where a bill itself is the proof."""

    fraud: str = ""
    finding_id: int | None = None


@tx.step
def keep_to_proof(case: Case, refuses: Refuses, *, fraud: str = "") -> Proved:
    """
    Let a refusal, whole or in part, rest on fraud, intent, suicide or crime only where that was found.

    ``fraud``: which of the three article 27 knows, where it is cited. No statement where nothing rests on
    such a ground.

    :raises GroundUnproved: no concluded investigation of the claim bears it out.
    :raises FraudUnnamed: article 27 without its kind, a kind without the article, or with another outcome.
    """
    if not refuses:
        return Proved()
    articles = proofs.to_prove(
        refuses.clauses, case.chosen.upheld, exclusions=case.policy.terms.exclusions,
        circumstances=case.held.loss.circumstances,
    )  # fmt: skip
    if (proofs.FRAUD in articles) != bool(fraud):
        raise FraudUnnamed
    if not articles:
        return Proved()
    concluded = list(
        Investigation.objects.filter(claim_id=case.held.id, closed_at__isnull=False).order_by("-pk")
    )
    findings = {row.finding for row in concluded}
    for article in articles:
        if not proofs.is_proved(
            article,
            findings=findings,
            doubts=case.doubts,
            in_part=refuses.kind == Decision.Kind.PARTIAL,
        ):
            words = _("“{article}”所说的事实还没有查实，不能据此不赔或少赔")
            raise GroundUnproved(Sentence(words, article=article), hint=proofs.PROOFS[article])
    if not fraud:
        return Proved()
    if not proofs.suits(fraud, refuses.kind):
        raise FraudUnnamed(_("这一种欺诈不能作出这样的结论"))
    found = next((row.pk for row in concluded if row.finding == "NOT_CONFIRMED"), None)
    return Proved(fraud, found)


def keep_to_medicine(case: Case, refuses: Refuses, medical_reason: str) -> str:
    """
    The medical reason of a refusal where an illness was found that the wording does not list by that name.

    Empty where none is needed: nothing was refused, or only for what the law says of persons.

    :raises MedicalReasonMissing: it is needed and says too little.
    """
    asked = any(g.code == "CONDITION_NOT_LISTED" for g in case.calculation.refusal_grounds)
    if not (asked and refuses) or set(refuses.clauses) <= set(authority.LAW):
        return ""
    if len(said := medical_reason.strip()) < LEAST:
        raise MedicalReasonMissing
    return said
