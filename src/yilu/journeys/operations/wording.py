"""A standard's new wording: written by one, approved by another, in force from a day (A120)."""

from __future__ import annotations

from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.journeys import events
from yilu.journeys.models import StandardText, StandardWording
from yilu.journeys.operations.refusals import NotADraft, SameHands, StandardNotFound
from yilu.journeys.operations.versions import RIGHT
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.standards.operations import EvidenceNeeded

WORDS_MIN = 10


@tx.use_case
def word_standard(
    *, text_id: int, title: str, text: str, since: date | None, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Propose how this insurer words a standard, from a day on; the wording's id.

    Nothing changes until another person approves it. A proposal that waits is replaced.
    :raises StandardNotFound. :raises EvidenceNeeded: nothing is said, or from a day that is gone.
    """
    access.require(RIGHT)
    standard = StandardText.objects.select_for_update().filter(pk=text_id).first()
    if standard is None:
        raise StandardNotFound
    title, text = title.strip()[:40], text.strip()[:400]
    if not title or len(text) < WORDS_MIN:
        raise EvidenceNeeded(_("请写明名称和内容"))
    if since is None or since < day_of(at):
        raise EvidenceNeeded(_("请选择今天或以后的生效日"))
    wordings = StandardWording.objects.filter(standard=standard)
    wordings.filter(state="DRAFT").update(state="DISCARDED")
    newest = wordings.order_by("-number").values_list("number", flat=True).first()
    row = StandardWording.objects.create(
        standard=standard, number=(newest or 0) + 1, title=title, text=text, since=since,
        author=str(actor), drafted_at=at,
    )  # fmt: skip
    fact = events.StandardWorded(
        catalogue=standard.catalogue, item=standard.code, number=row.number, since=since.isoformat()
    )
    journal.record(fact, about=_about(standard), actor=actor, at=at)
    return row.pk


@tx.use_case
def approve_wording(*, wording_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Have a wording count from its day, or from today where that is gone.

    :raises NotADraft: none that waits. :raises SameHands: the author's own.
    """
    row = _draft(wording_id, access)
    if row.author == str(actor):
        raise SameHands(_("编制人不能自己批准"), hint=_("请由另一位有权限的同事批准。"))
    row.state, row.approver, row.approved_at = "APPROVED", str(actor), at
    row.since = max(row.since, day_of(at))
    row.save(update_fields=["state", "approver", "approved_at", "since"])
    fact = events.StandardChanged(
        catalogue=row.standard.catalogue, item=row.standard.code, number=row.number,
        since=row.since.isoformat(),
    )  # fmt: skip
    journal.record(fact, about=_about(row.standard), actor=actor, at=at)


@tx.use_case
def discard_wording(*, wording_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """Take back a wording that waits. :raises NotADraft: none that does."""
    row = _draft(wording_id, access)
    row.state = "DISCARDED"
    row.save(update_fields=["state"])
    fact = events.StandardWordingDiscarded(
        catalogue=row.standard.catalogue, item=row.standard.code, number=row.number
    )
    journal.record(fact, about=_about(row.standard), actor=actor, at=at)


def _draft(wording_id: int, access: Access) -> StandardWording:
    access.require(RIGHT)
    rows = StandardWording.objects.select_for_update(of=("self",)).select_related("standard")
    row = rows.filter(pk=wording_id, state="DRAFT").first()
    if row is None:
        raise NotADraft(_("这一版已经批准或撤回"), hint=_("请刷新页面，看现在的说法。"))
    return row


def _about(standard: StandardText) -> Ref:
    return Ref("standard_text", standard.pk)
