"""People say what the machine was unsure of; a model trained on that is used only if it is better."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.voice import events
from yilu.voice.models import Feedback, Label, Reader, Reading
from yilu.voice.refusals import FeedbackNotFound, FewLabels

LEAST, LEAST_OF_A_KIND = 100, 30
CHANCE = 0.05


@tx.use_case
def label(*, feedback_id: int, positive: bool, access: Access, actor: Ref, at: datetime) -> None:
    """Say whether a comment is content; again to correct it. :raises FeedbackNotFound: not one's own."""
    offices = access.offices_for("voice.manage")
    found = Feedback.objects.filter(pk=feedback_id, office_id__in=offices).exclude(text="").first()
    if found is None:
        raise FeedbackNotFound
    read = Reading.objects.filter(feedback_id=feedback_id).order_by("-analysis_id").first()
    Label.objects.update_or_create(
        feedback=found,
        defaults={
            "positive": positive, "machine": read.content if read else 50,
            "staff_id": access.staff_id, "labelled_at": at,
        },
    )  # fmt: skip
    journal.record(
        events.LabelGiven(feedback_id=feedback_id, positive=positive), about=found.ref, actor=actor,
        at=at,
    )  # fmt: skip


@tx.use_case
def ask_training(*, access: Access, actor: Ref, at: datetime) -> None:
    """Have a model trained on all labels. :raises FewLabels: too few to be better than none."""
    access.require("voice.manage")
    positive = Label.objects.filter(positive=True).count()
    negative = Label.objects.filter(positive=False).count()
    if positive + negative < LEAST or min(positive, negative) < LEAST_OF_A_KIND:
        raise FewLabels
    journal.defer("voice.train_reader", lock="voice.train_reader", actor=str(actor))


@tx.use_case
def keep_reader(*, tried: Any, actor: str, at: datetime) -> int:
    """Keep a trained model; in use only if it beats the one that comes with Yilu beyond chance."""
    better = tried.accuracy > tried.shipped_accuracy and tried.p_value < CHANCE
    if better:
        Reader.objects.filter(released=True).update(released=False)
    made = Reader.objects.create(
        trained_at=at, trained_by=actor, labels=tried.labels, accuracy=tried.accuracy,
        shipped_accuracy=tried.shipped_accuracy, p_value=tried.p_value, tables=tried.tables,
        released=better,
    )  # fmt: skip
    journal.record(
        events.ReaderTrained(reader_id=made.pk, labels=tried.labels, released=better),
        about=Ref("voice_reader", made.pk), actor=Ref.parse(actor), at=at,
    )  # fmt: skip
    return made.pk
