"""
Rescission for fraud (保险法 27 I, II), apart from what was not disclosed (保险法 16).

It rests on a decision by two people that the event was made up or brought about. The thirty days, the
two years and a premium taken meanwhile belong to article 16 and bar nothing here; premiums stay with us.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from yilu.claims import hard_events as events
from yilu.claims.models import Decision, KnowledgeEvent
from yilu.claims.rules import rescission as rules
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging
from yilu.people.queries import Access
from yilu.policies import operations as policies
from yilu.policies import queries as contracts

from .holding import Held, hold, write
from .refusals import need_reason

HOLDER_HARM = "保险法43"


class NoFraudDecided(Refusal):
    """No decision that stands says that the event was made up or brought about."""

    code = "no_fraud_decided"
    message = _("没有依保险法第二十七条第一款或第二款作出、复核生效的结论，不能以欺诈为由解除合同")
    hint = _("先查实并由两人作出结论。伪造、变造资料只不赔虚报的部分，不能解除合同（第三款）。")


class ValueGoesToOthers(Refusal):
    """Where the holder harmed the insured, cash value may be owed to others (保险法 43)."""

    code = "value_goes_to_others"
    message = _("结论引用了保险法第四十三条：已交足二年以上保险费的，现金价值须退还其他权利人")
    hint = _("请先由主管与法务确定退还给谁，再按退保办理；不能按“不退保险费”解除。")


class ProposedAlready(Refusal):
    """One proposal a claim."""

    code = "fraud_rescission_proposed"
    message = _("这件赔案已经提出过以欺诈为由解除合同")
    hint = _("请在“解除权”页查看。")


@tx.use_case
def propose_rescission_for_fraud(
    *, claim_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Propose to rescind the contract for the fraud that was decided; another person decides. Its id.

    Premiums are held meanwhile. Nothing lapses by itself, however old the contract is.

    :raises NoFraudDecided: no such decision stands. :raises ValueGoesToOthers: the holder harmed the
        insured. :raises ProposedAlready: twice. :raises ReasonMissing: without words.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    decision = _decided(held.id)
    article = rules.ARTICLES[decision.fraud]
    if KnowledgeEvent.objects.filter(claim_id=held.id).exclude(article=rules.UNDISCLOSED).exists():
        raise ProposedAlready
    made = KnowledgeEvent.objects.create(
        claim_id=held.id, policy_id=held.policy_id, article=article, ground=rules.GROUNDS[article],
        note=need_reason(reason), known_by=str(actor), known_at=at,
    )  # fmt: skip
    write(held, at=at)
    policies.hold_premiums(
        policy_id=held.policy_id, about=held.ref, reason="RESCISSION", actor=actor, at=at
    )
    journal.record(
        events.FraudRescissionProposed(knowledge_id=made.pk, fraud=decision.fraud),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    return made.pk


def keep_to_fraud(claim_id: int) -> None:
    """:raises NoFraudDecided: the decision it rested on stands no more. :raises ValueGoesToOthers: as above."""
    _decided(claim_id)


@tx.step
def tell_rescinded(
    held: Held, known: KnowledgeEvent, *, fault: str, back: Decimal, reason: str, actor: Ref, at: datetime
) -> None:  # fmt: skip
    """
    The holder's letter: which article, why, and what becomes of the premiums (民法典 565); and a message that
    it is there, for who holds the contract need not be who claims.
    """
    policy = contracts.get_policy(held.policy_id, held.loss_date, without_cover=True)
    undisclosed = known.article == rules.UNDISCLOSED
    letters.issue(
        kind="RESCISSION", about=held.ref, party_id=policy.holder_id, actor=actor,
        at=at, facts={
            "claim": held.number, "policy": policy.number, "product": policy.product_name,
            "insured_id": held.insured_id, "decided_on": day_of(at).isoformat(),
            "opening": rules.OPENINGS[known.article],
            "reasons": [known.ground, reason] if undisclosed else [reason],
            "clauses": [rules.cited(known.article)],
            "premiums": rules.premiums_said(known.article, fault, back),
        },
    )  # fmt: skip
    messaging.queue(
        "claims.contract_rescinded", to=Ref("party", policy.holder_id),
        about=Ref("policy", held.policy_id), at=at, facts={"policy": policy.number},
        once=f"rescinded:{known.pk}",
    )  # fmt: skip


def _decided(claim_id: int) -> Decision:
    found = Decision.objects.filter(
        claim_id=claim_id, state="STANDS", fraud__in=sorted(rules.ARTICLES)
    ).first()
    if found is None:
        raise NoFraudDecided
    if HOLDER_HARM in found.clause.split("、"):
        raise ValueGoesToOthers
    return found
