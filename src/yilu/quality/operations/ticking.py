"""The standard's checklist beside a case: a line is ticked when it is kept to, and the tick stays with the version."""

from __future__ import annotations

from datetime import datetime

from yilu.claims import queries as claims
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.quality import inspection_events as events
from yilu.quality.inspection_refusals import NoSuchLine
from yilu.quality.models import StandardVersion, Tick
from yilu.quality.rules import standards


@tx.use_case
def tick_line(
    *, claim_id: int, version_id: int, position: int, kept: bool, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Tick a line for a claim one may see, or take the tick back; twice is once.

    :raises NoSuchLine: no such line of an approved version. :raises ClaimNotFound: not theirs to see.
    """
    card = claims.get_for_staff(claim_id, access)
    subject = Ref("claim", card.id)
    version = StandardVersion.objects.filter(pk=version_id).exclude(state="DRAFT").first()
    lines = standards.read(version.text).checklist if version else ()
    if version is None or not 1 <= position <= len(lines):
        raise NoSuchLine
    if not kept:
        Tick.objects.filter(subject=str(subject), version=version, position=position).delete()
        return
    _row, made = Tick.objects.get_or_create(
        subject=str(subject), version=version, position=position,
        defaults={"ticked_by": str(actor), "ticked_at": at},
    )  # fmt: skip
    whole = Tick.objects.filter(subject=str(subject), version=version).count() == len(lines)
    if made and whole:
        fact = events.ChecklistDone(touchpoint=version.touchpoint, version=version.number)
        journal.record(fact, about=subject, actor=actor, at=at)
