"""What an application's own record confirms, so that the follow-up need not ask it again (E46)."""

from __future__ import annotations

from yilu.kernel.refs import Ref
from yilu.underwriting.models import Application, NoticeConfirmation, Recording, Signature

from .signing import signers

OWN_PHONE = "APP"
"""The door of whoever signs signed in as themselves, with nobody of ours entering the code."""


def confirmed_on_record(application: Application) -> tuple[str, ...]:
    """
    Which things the follow-up need not ask again (令2023-2 第35条), of this application alone.

    ``bought`` where the holder prepared it, and all who had to sign did so on their own telephones: where an
    agent or a colleague prepared it, no record tells whether the holder wanted it. ``read`` where each clause
    was shown to the holder and confirmed by nobody else, whoever sold. ``recording`` where there was none.
    """
    holder = Ref("party", application.holder_id)
    found = []
    if application.prepared_by == str(holder) and _signed_by_themselves(application):
        found.append("bought")
    hands = set(
        NoticeConfirmation.objects.filter(application=application).values_list(
            "confirmed_by", flat=True
        )
    )
    if hands == {str(holder)}:
        found.append("read")
    if not Recording.objects.filter(application=application).exists():
        found.append("recording")
    return tuple(found)


def _signed_by_themselves(application: Application) -> bool:
    """Whether holder and grown-up insured signed the application, and no signature was taken elsewhere."""
    signed = set(
        Signature.objects.filter(application=application, signed_at__isnull=False).values_list(
            "party_id", "purpose", "door"
        )
    )
    must = {(each, Signature.Purpose.APPLICATION, OWN_PHONE) for each in signers(application)}
    return must <= signed and {door for _who, _what, door in signed} == {OWN_PHONE}
