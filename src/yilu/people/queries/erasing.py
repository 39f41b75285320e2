"""What keeps somebody's data, asked of every room; and proposals to erase it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from yilu.kernel.words import marked as _
from yilu.people.models import Erasure, Party
from yilu.people.queries.doubles import records_of
from yilu.people.rules.erasing import Keeps, digest

Answers = Callable[[Sequence[int], date], Iterable[Keeps]]

_ASKED: list[Answers] = []

KEPT_BY_LAW = _("与客户的交易记录")
LAW_KEPT = _("反洗钱法第三十四条：客户身份资料和交易记录至少保存十年")


def keeps(answers: Answers) -> Answers:
    """
    Ask this function what its room still keeps of a person, before anybody may be erased.

    Registered in a room's ``reactions.py``, which every process imports. It is given all records of one
    person and today's date, and names what is open or must be kept, also what no longer has to be.
    """
    _ASKED.append(answers)
    return answers


def what_keeps(party_id: int, on: date) -> tuple[Keeps, ...]:
    """Everything that keeps, or once kept, somebody's data: what nobody can say the end of first."""
    ids = records_of(party_id)
    found = [
        Keeps(f"party:{pk}", KEPT_BY_LAW, LAW_KEPT, until)
        for pk, until in Party.objects.filter(pk__in=ids, keep_until__isnull=False).values_list(
            "pk", "keep_until"
        )
    ]
    for answers in _ASKED:
        found += answers(ids, on)
    return tuple(sorted(found, key=lambda k: (k.until is not None, -_day(k.until), k.ref)))


def _day(on: date | None) -> int:
    return on.toordinal() if on else 0


@dataclass(frozen=True, slots=True)
class ErasureView:
    """A proposal to erase somebody, and what became of it."""

    id: int
    state: str
    state_label: str
    seen: str
    asked_by: str
    asked_at: datetime
    asked_why: str
    decided_by: str
    decided_at: datetime | None
    decided_why: str

    def sees(self, found: Iterable[Keeps]) -> bool:
        """Whether this is what whoever proposed it saw; else the proposal is stale."""
        return digest(found) == self.seen

    @property
    def waits(self) -> bool:
        """Whether it waits for another person."""
        return self.state == Erasure.State.PROPOSED


def latest_erasure(request_id: int) -> ErasureView | None:
    """The latest proposal made for a request; None where there is none. The request's door looks at the right."""
    found = Erasure.objects.filter(request_id=request_id).order_by("-pk").first()
    if found is None:
        return None
    return ErasureView(
        found.pk, found.state, found.get_state_display(), found.seen, found.asked_by,
        found.asked_at, found.asked_why, found.decided_by, found.decided_at, found.decided_why,
    )  # fmt: skip
