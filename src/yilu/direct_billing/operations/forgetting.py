"""A person was erased: what providers were told of their cover."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.direct_billing.models import Enquiry
from yilu.kernel import tx
from yilu.people import operations as people


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Answers about their cover go; that a provider asked stays."""
    people.empty(Enquiry.objects.filter(party_id__in=party_ids), answer={})
