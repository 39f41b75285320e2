"""What a room recorded, with its files kept: the ground of every reading of them."""

import hashlib

from tests.servicing.hall import NOON
from yilu.contact import operations as contact
from yilu.contact import storage
from yilu.contact.models import CallPiece, CallRecording
from yilu.kernel.refs import SYSTEM
from yilu.policies.models import Policy
from yilu.video.models import Session


def filmed(policy_id, office_id, **given):
    """A video session about a contract, over and recorded."""
    told = {"state": "ENDED", "opened_at": NOON, "ended_at": NOON, **given}
    party_id = Policy.objects.get(pk=policy_id).holder_id
    return Session.objects.create(
        about=f"policy:{policy_id}", office_id=office_id, party_id=party_id, **told
    )


def rung(policy_id, *, pieces=3, began_at=NOON, **given):
    """
    A recorded call of a policy's holder about nothing they said, its files kept; the recording's id.

    Without a policy: of somebody who is nobody's customer. ``began_at``: when, if not at noon.
    """
    holder = Policy.objects.get(pk=policy_id).holder_id if policy_id else None
    talk = contact.open_conversation(
        channel="PHONE",
        direction="IN",
        party_id=holder,
        address="",
        about=None,
        actor=SYSTEM,
        at=NOON,
    )
    call = CallRecording.objects.create(
        conversation_id=talk,
        chain="c",
        began_at=began_at,
        piece_at=NOON,
        closed_at=NOON,
        pieces=pieces,
        **given,
    )
    for number in range(1, pieces + 1):
        content = f"{call.pk}/{number}".encode()
        sha256 = hashlib.sha256(content).hexdigest()
        CallPiece.objects.create(
            recording=call,
            number=number,
            take=1,
            sha256=sha256,
            chained="c",
            size=9,
            at=NOON,
            file=storage.drawer.keep_of(call.pk, content, sha256, part=f"/{number:06d}"),
        )
    return call.pk
