"""A person was erased: the files they handed in, and what was read from them."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.documents import storage
from yilu.documents.models import Field, Invoice, Upload
from yilu.documents.operations.summing import sum_before_forgetting
from yilu.kernel import tx
from yilu.people import operations as people


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Files and what was read go, also the traits by which pages are compared; that something was handed in stays."""
    uploads = Upload.objects.filter(party_id__in=party_ids)
    # Emptied, a correction would look like a confirmation.
    sum_before_forgetting(list(uploads.values_list("id", flat=True)))
    keys = set(uploads.exclude(storage_key="").values_list("storage_key", flat=True))
    people.empty(
        Field.objects.filter(upload__in=uploads), value="", sealed=None, corrected_from=None
    )
    people.empty(
        Invoice.objects.filter(upload__in=uploads),
        live=False, code="", number="", check_code="", payer_name="", department="", insurance_type="",
        lines=[],
    )  # fmt: skip
    people.empty(
        uploads,
        live=False, filename="", storage_key="", received_why="", phash=None, phash_bands=None,
        text_hashes=None, text_bands=None,
    )  # fmt: skip
    # The same file may lie there for somebody else.
    others = Upload.objects.exclude(storage_key="").filter(storage_key__in=keys)
    keys -= set(others.values_list("storage_key", flat=True))
    for key in sorted(keys):
        tx.after_commit(_Removal(key))


class _Removal:
    """Takes one file away once its row no longer names it."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self) -> None:
        storage.drawer.remove(self.key)
