"""A feedback is owned, answered, and closed only when the customer says that it is solved (接续到解决)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people.queries import Access
from yilu.standards import queries as standards
from yilu.voice import events
from yilu.voice.models import Feedback, Handling
from yilu.voice.refusals import (
    AlreadyAnswered,
    FeedbackNotFound,
    NobodyToAnswer,
    NotTheOwner,
    SurveyOver,
)
from yilu.voice.rules.urgency import Need
from yilu.work import operations as work

QUEUE = "voice.feedback"
URGENT_MINUTES, USUAL_MINUTES = 120, 8 * 60
"""Working minutes until somebody must have answered."""
SILENT_AFTER = timedelta(days=15)
REPLY_MAX = 1_000


@tx.step
def open_handling(feedback: Feedback, need: Need, *, actor: Ref, at: datetime) -> None:
    """Have a person answer: one handling a feedback, with a due time by the office's hours."""
    made = Handling.objects.create(
        feedback=feedback,
        office_id=feedback.office_id,
        urgent=need.urgent,
        why=need.why,
        opened_at=at,
    )
    journal.record(
        events.HandlingOpened(
            feedback_id=feedback.pk, urgent=need.urgent, office_id=feedback.office_id
        ),
        about=made.ref, actor=actor, at=at, party=feedback.party_id,
    )  # fmt: skip
    give(made, at)


@tx.step
def give(handling: Handling, at: datetime, staff_id: int | None = None) -> None:
    """Have it wait in the queue, or with somebody, with a due time by the office's hours."""
    minutes = URGENT_MINUTES if handling.urgent else USUAL_MINUTES
    work.open_item(
        QUEUE, about=handling.ref, office_id=handling.office_id, at=at,
        title="客户反馈：请答复" if not handling.rounds else "客户反馈：客户说还没有解决",
        priority=5 if handling.urgent else 40,
        due_at=standards.working_time(handling.office_id).add(at, minutes),
        party_id=handling.feedback.party_id, staff_id=staff_id,
    )  # fmt: skip


@tx.use_case
def take_feedback(*, feedback_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Own a feedback. Again by the same person changes nothing.

    :raises FeedbackNotFound: none, or not of one's offices. :raises AlreadyAnswered: somebody has it.
    """
    held = _held(feedback_id, access)
    if held.state == "TAKEN" and held.owner_id == access.staff_id:
        return
    if held.state != "OPEN":
        raise AlreadyAnswered
    held.state, held.owner_id, held.taken_at = "TAKEN", access.staff_id, at
    held.save(update_fields=["state", "owner", "taken_at"])
    _say(held, events.HandlingTaken(staff_id=access.staff_id), actor, at)
    # The item is this person's from now on: closed and opened, so that its clock goes on as it was.
    work.close_items(about=held.ref, at=at, queue=QUEUE, outcome="TAKEN")


@tx.use_case
def show_original(*, feedback_id: int, access: Access, actor: Ref, at: datetime) -> str:
    """
    The comment as it was written, to who owns it; that it was shown is recorded.

    :raises NotTheOwner: for everybody else.
    """
    held = _owned(feedback_id, access)
    _say(held, events.OriginalShown(staff_id=access.staff_id), actor, at)
    kept = held.feedback
    return sealing.unseal(kept.original, "voice_feedback.original") if kept.original else kept.text


@tx.use_case
def reply(*, feedback_id: int, text: str, access: Access, actor: Ref, at: datetime) -> str:
    """
    Answer the customer and ask, by a link, whether that solves it. Returns the link.

    :raises NotTheOwner: before taking it. :raises NobodyToAnswer: an unknown writer.
    :raises Invalid: nothing written, or more than a message holds.
    """
    held = _owned(feedback_id, access)
    if held.feedback.party_id is None:
        raise NobodyToAnswer
    text = text.strip()
    if not 5 <= len(text) <= REPLY_MAX:
        raise Invalid(_("答复请写 5 至 1,000 字"))
    secret = secrets.token_urlsafe(18)
    held.state, held.reply, held.replied_at = "REPLIED", text, at
    held.rounds += 1
    held.link_digest = digest_of(secret)
    held.save()
    _say(held, events.FeedbackReplied(round=held.rounds), actor, at)
    work.close_items(about=held.ref, at=at, queue=QUEUE)
    link = f"{settings.PUBLIC_URL}/voice/answer/{secret}"
    messaging.queue(
        "voice.reply", to=Ref("party", held.feedback.party_id), about=held.ref, at=at,
        facts={"link": link}, once=str(held.rounds),
    )  # fmt: skip
    return link


@tx.use_case
def note(*, feedback_id: int, text: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Write down what was done where nobody can be answered. :raises AlreadyAnswered: they can be.

    :raises NotTheOwner, Invalid: as for an answer.
    """
    held = _owned(feedback_id, access)
    if held.feedback.party_id is not None:
        raise AlreadyAnswered(_("这条反馈有客户可以答复"), hint=_("请直接答复客户。"))
    if not 5 <= len(text.strip()) <= REPLY_MAX:
        raise Invalid(_("请写 5 至 1,000 字"))
    held.state, held.reply, held.closed_at = "NOTED", text.strip(), at
    held.save()
    _say(held, events.FeedbackNoted(staff_id=access.staff_id), actor, at)
    work.close_items(about=held.ref, at=at, queue=QUEUE)


@tx.use_case
def confirm(*, secret: str, solved: bool, words: str = "", at: datetime) -> None:
    """
    Say through our link whether it is solved; if not, it goes back to its owner at once, urgent.

    :raises SurveyOver: a used, late or guessed link, in the same words.
    """
    held = (
        Handling.objects.select_for_update(of=("self",)).select_related("feedback")
        .filter(link_digest=digest_of(secret), state="REPLIED").first()
    )  # fmt: skip
    if held is None:
        raise SurveyOver
    actor = Ref("party", held.feedback.party_id or 0)
    held.customer_said, held.link_digest = words.strip()[:500], ""
    if solved:
        held.state, held.closed_at = "SOLVED", at
    else:
        held.state, held.urgent = "TAKEN", True
        give(held, at, staff_id=held.owner_id)
    held.save()
    _say(held, events.FeedbackConfirmed(solved=solved), actor, at)


@tx.use_case
def close_silent(*, at: datetime, limit: int = 100) -> int:
    """Close what was answered and not confirmed for fifteen days; how many."""
    found = (
        Handling.objects.select_for_update(skip_locked=True, of=("self",)).select_related("feedback")
        .filter(state="REPLIED", replied_at__lt=at - SILENT_AFTER).order_by("pk")[:limit]
    )  # fmt: skip
    for held in found:
        held.state, held.closed_at, held.link_digest = "SILENT", at, ""
        held.save(update_fields=["state", "closed_at", "link_digest"])
        _say(held, events.FeedbackSilent(days=SILENT_AFTER.days), SYSTEM, at)
    return len(found)


def digest_of(secret: str) -> str:
    """What is kept of a link."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _held(feedback_id: int, access: Access) -> Handling:
    held = (
        Handling.objects.select_for_update(of=("self",)).select_related("feedback")
        .filter(feedback_id=feedback_id, office_id__in=access.offices_for("voice.handle")).first()
    )  # fmt: skip
    if held is None:
        raise FeedbackNotFound
    return held


def _owned(feedback_id: int, access: Access) -> Handling:
    held = _held(feedback_id, access)
    if held.state != "TAKEN":
        raise AlreadyAnswered if held.state != "OPEN" else NotTheOwner
    if held.owner_id != access.staff_id:
        raise NotTheOwner
    return held


def _say(held: Handling, fact: object, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=held.ref, actor=actor, at=at, party=held.feedback.party_id)
