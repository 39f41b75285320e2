"""A person was erased: what they told and were told in applications."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from yilu.kernel import tx
from yilu.people import operations as people
from yilu.underwriting.models import (
    Application,
    Decision,
    Needs,
    NoticeConfirmation,
    ProposedOpinion,
    Recording,
    Signature,
    Talk,
)


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Answers, means, verdicts' words and confirmations go; which product, when and how it ended stays."""
    applications = Application.objects.filter(
        Q(holder_id__in=party_ids) | Q(insured_id__in=party_ids)
    )
    ids = list(applications.values_list("pk", flat=True))
    NoticeConfirmation.objects.filter(application_id__in=ids).delete()
    people.empty(Needs.objects.filter(party_id__in=party_ids), answers={}, tags=[], matched=[])
    people.empty(
        Decision.objects.filter(application_id__in=ids),
        exclusions=[], examinations=[], reasons=[], proposal={}, words="", override_reason="",
    )  # fmt: skip
    people.empty(ProposedOpinion.objects.filter(application_id__in=ids), opinion={}, settled_why="")
    people.empty(Talk.objects.filter(application_id__in=ids), question="", note="")
    people.empty(Recording.objects.filter(application_id__in=ids), finding="")
    people.empty(Signature.objects.filter(party_id__in=party_ids), phone="")
    people.empty(
        applications,
        draft={}, occupation="", beneficiaries=[], answers={}, questionnaire="", identity={},
        suitability={}, medical={}, papers={}, exclusions=[], ended_why="",
    )  # fmt: skip
