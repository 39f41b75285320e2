"""What a holder confirmed by themselves when they applied, on a record that can be retraced (E46)."""

from __future__ import annotations

from yilu.kernel.refs import Ref
from yilu.underwriting.models import Application, NoticeConfirmation, Recording, Signature


def confirmed_by_themselves(application: Application) -> tuple[str, ...]:
    """
    Which things the follow-up need not ask again (令2023-2 第35条): empty where somebody of ours had a hand in it.

    Only of who insured themselves, on their own telephone, alone: ``bought`` where they signed with a code,
    ``read`` where each clause was shown and confirmed by them, ``recording`` where there was none to be true.
    """
    holder = Ref("party", application.holder_id)
    alone = application.prepared_by == str(holder) and application.family_id is None
    if not alone or application.insured_id != application.holder_id:
        return ()
    found = []
    signed = Signature.objects.filter(
        application=application, party_id=application.holder_id, signed_at__isnull=False,
        purpose=Signature.Purpose.APPLICATION,
    )  # fmt: skip
    if signed.exists():
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
