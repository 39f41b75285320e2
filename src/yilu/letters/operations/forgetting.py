"""A person was erased: the letters written to them."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.kernel import tx
from yilu.letters import storage
from yilu.letters.models import IssuedLetter
from yilu.people import operations as people


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """What a letter says and its file go; that it was issued, its number and digest stay."""
    letters = IssuedLetter.objects.filter(party_id__in=party_ids)
    for key in letters.exclude(storage_key="").values_list("storage_key", flat=True):
        tx.after_commit(_Removal(key))
    people.empty(letters, facts={}, problem="")


class _Removal:
    """Takes one file away once the words it was made from are gone."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self) -> None:
        storage.drawer.remove(self.key)
