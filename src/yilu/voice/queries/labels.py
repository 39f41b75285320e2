"""Comments to label: those the machine is least sure of first; and the models that came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.kernel import tx
from yilu.people.queries import Access
from yilu.voice.models import Label, Reader


@dataclass(frozen=True, slots=True)
class ToLabel:
    """A comment, and how content the machine thinks its writer is, in per cent."""

    id: int
    text: str
    content: int


def to_label(access: Access, limit: int = 10) -> list[ToLabel]:
    """What would teach the machine most: undecided comments nobody has labelled."""
    rows = tx.rows(
        """
        select f.id, f.text, r.content
          from (select * from voice_reading
                 where content between 30 and 70 and same_as is null
                   and analysis_id in (select id from voice_analysis where office_id = any(%s::bigint[])
                                        and state = 'DONE' order by id desc limit 5)
                 limit 5000) r
          join voice_feedback f on f.id = r.feedback_id
         where f.office_id = any(%s::bigint[])
           and not exists (select 1 from voice_label l where l.feedback_id = f.id)
         order by abs(r.content - 50), f.id limit %s::int
        """,
        [*[sorted(access.offices_for("voice.manage"))] * 2, limit],
    )
    return [ToLabel(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Labels:
    """How many labels there are and how often the machine had agreed."""

    positive: int
    negative: int
    agreed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.positive + self.negative


def labels_summary() -> Labels:
    """Counts of all labels."""
    ((positive, negative, agreed),) = tx.rows(
        "select count(*) filter (where positive), count(*) filter (where not positive),"
        " count(*) filter (where positive = (machine > 50)) from voice_label"
    )
    return Labels(positive, negative, agreed)


def labelled() -> tuple[list[str], list[bool]]:
    """Every labelled comment and what was said of it, for the job that trains."""
    rows = list(Label.objects.order_by("pk").values_list("feedback__text", "positive"))
    return [text for text, _positive in rows], [positive for _text, positive in rows]


@dataclass(frozen=True, slots=True)
class ReaderView:
    """A trained model and how it did."""

    trained_at: datetime
    labels: int
    accuracy: float
    shipped_accuracy: float
    p_value: float
    released: bool


def list_readers(limit: int = 10) -> list[ReaderView]:
    """Trained models, the newest first."""
    fields = ("trained_at", "labels", "accuracy", "shipped_accuracy", "p_value", "released")
    return [ReaderView(*row) for row in Reader.objects.order_by("-pk").values_list(*fields)[:limit]]


def released_reader() -> bytes | None:
    """The tables of the model in use; None where it is the one that comes with Yilu."""
    found = Reader.objects.filter(released=True).values_list("tables", flat=True).first()
    return bytes(found) if found is not None else None
