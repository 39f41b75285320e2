"""A person was erased: their complaints' words, and what was found and answered."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.complaints.models import Complaint, ComplaintReview, ComplaintWord, OutsideView
from yilu.kernel import tx
from yilu.people import operations as people


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Words go; that there was a complaint about what, when and how it ended stays."""
    complaints = Complaint.objects.filter(party_id__in=party_ids)
    ids = list(complaints.values_list("pk", flat=True))
    people.empty(ComplaintWord.objects.filter(complaint_id__in=ids), "text")
    people.empty(ComplaintReview.objects.filter(complaint_id__in=ids), "words", "findings")
    people.empty(OutsideView.objects.filter(complaint_id__in=ids), result="")
    people.empty(
        complaints, "words", "demand", "representatives", "findings",
        about_label="", measures="", cause_words="",
    )  # fmt: skip
