"""Claims for which somebody's data must be kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Model, Q

from yilu.claims.models import (
    Agreement,
    Claim,
    DirectShare,
    EntitledPerson,
    LateInterest,
    Payee,
    Recovery,
    WaitingReport,
)
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Keeps, still_open

FILES_KEPT = _("保险法第八十七条：理赔档案随保险合同保存；到期销毁按档案管理办理，不在这里整体删除")


BESIDE: tuple[tuple[type[Model], str, str], ...] = (
    (Agreement, "party_id", "claim_id"), (Payee, "party_id", "claim_id"),
    (Payee, "for_party_id", "claim_id"), (DirectShare, "party_id", "claim_id"),
    (LateInterest, "party_id", "claim_id"), (Recovery, "from_party_id", "claim_id"),
    (EntitledPerson, "party_id", "entitlement__claim_id"),
    (EntitledPerson, "through_id", "entitlement__claim_id"),
    (EntitledPerson, "receiver_id", "entitlement__claim_id"),
)  # fmt: skip
"""Who else a claim names, and by which way one comes to it."""


def what_keeps(party_ids: Sequence[int], on: date) -> Iterator[Keeps]:
    """
    Claims and reports the person has to do with, as insured, claimant, payee or who owes money back.

    A claim's file is kept whole with its contract: its words stand in what colleagues wrote, which
    nobody may thin out for one of several people.
    """
    ids = list(party_ids)
    beside = Claim.objects.none().values_list("pk")
    for model, role, claim in BESIDE:
        beside = beside.union(
            model._default_manager.filter(**{f"{role}__in": ids}).values_list(claim)
        )
    own = Q(insured_id__in=ids) | Q(claimant_id__in=ids) | Q(assignee_id__in=ids)
    concerned = Claim.objects.filter(own | Q(pk__in=[pk for (pk,) in beside]))
    for pk, number in concerned.order_by("pk").values_list("pk", "number"):
        yield Keeps(f"claim:{pk}", Sentence(_("赔案 {number}"), number=number), FILES_KEPT, None)
    waiting = WaitingReport.objects.filter(
        Q(claimant_id__in=ids) | Q(subject_id__in=ids), state="WAITING"
    )
    for pk in waiting.values_list("pk", flat=True):
        yield still_open(f"waiting_report:{pk}", Sentence(_("待同意报案 {id}"), id=pk))
