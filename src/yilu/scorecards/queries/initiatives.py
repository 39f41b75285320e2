"""What departments did together, and who was credited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from yilu.people.queries import Access
from yilu.scorecards.models import Initiative
from yilu.scorecards.rules.together import DEPARTMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditView:
    """One person's part."""

    staff_id: int
    department_label: str
    points: int
    did: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeView:
    """One thing done together."""

    id: int
    title: str
    story: str
    office_id: int
    done_on: date
    state: str
    state_label: str
    proposed_by: str
    decided_by: str
    answer: str
    credits: tuple[CreditView, ...]

    @property
    def points(self) -> int:
        """All of them together."""
        return sum(credit.points for credit in self.credits)


def list_initiatives(access: Access, limit: int = 60) -> list[InitiativeView]:
    """Those of one's offices and those one took part in; what waits for an answer first."""
    mine = Q(office_id__in=access.offices_for("scorecards.view"))
    part = Q(credits__staff_id=access.staff_id)
    rows = Initiative.objects.filter(mine | part).distinct().prefetch_related("credits")
    views = [_view(row) for row in rows.order_by("-done_on", "-pk")[:limit]]
    return sorted(views, key=lambda view: view.state != "PROPOSED")


def _view(row: Initiative) -> InitiativeView:
    return InitiativeView(
        id=row.pk, title=row.title, story=row.story, office_id=row.office_id, done_on=row.done_on,
        state=row.state, state_label=row.get_state_display(), proposed_by=row.proposed_by,
        decided_by=row.decided_by, answer=row.answer,
        credits=tuple(
            CreditView(
                staff_id=each.staff_id, department_label=DEPARTMENTS[each.department],
                points=each.points, did=each.did,
            )
            for each in sorted(row.credits.all(), key=lambda each: (-each.points, each.pk))
        ),
    )  # fmt: skip
