"""Recorded sales for quality control (双录质检): which wait, the five steps, and whether anything was altered."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.kernel.years import add_months
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.retention import queries as retention
from yilu.underwriting import storage
from yilu.underwriting.catalogue import keeping
from yilu.underwriting.models import Application, Recording
from yilu.underwriting.rules import recording as rules
from yilu.underwriting.rules.lifecycle import OPEN

RIGHT = "underwriting.decide"
LIST_MAX = 100
SHARE_DAYS = 90
STATES: dict[str, str] = dict(Recording.Check.choices)


class UnknownRecording(NotFound):
    """None of this number, or of another office's: in the same words."""

    code = "recording_not_found"
    message = _("没有找到这份双录资料")
    hint = _("请从双录质检的列表重新进入。")


@dataclass(frozen=True, slots=True)
class StepRow:
    """One of the five parts: ``file`` is KEPT, ELSEWHERE (in a recording system), ALTERED, GONE or empty."""

    code: str
    title: str
    says: str
    sha256: str
    at: datetime | None
    file: str


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """A recording in the list."""

    application_id: int
    number: str
    product_name: str
    seller: str
    check_state: str
    check_label: str
    fully_checked: bool
    finished_at: datetime | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class RecordingPage:
    """Everything a checker looks at; ``unbroken``: no step was exchanged, left out or reordered."""

    row: RecordingRow
    reasons: tuple[str, ...]
    steps: tuple[StepRow, ...]
    unbroken: bool
    may_check: bool
    own: bool
    checker: str
    checked_at: datetime | None
    finding: str
    kept: retention.Kept | None
    forgotten_at: datetime | None
    policy_id: int | None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the finished recordings were drawn and checked, against what the rule wants."""

    finished: int
    drawn: int
    checked: int
    to_put_right: int
    wanted: int

    @property
    def percent(self) -> int:
        """Drawn, of every hundred finished."""
        return round(100 * self.drawn / self.finished) if self.finished else 0


def list_recordings(access: people.Access, state: str = "") -> tuple[RecordingRow, ...]:
    """Finished recordings of one's offices: those that wait first, or one state."""
    found = _mine(access).exclude(finished_at=None)
    found = found.filter(check_state=state) if state in STATES else found
    rows = found.select_related("application__policy").order_by("-check_state", "-pk")[:LIST_MAX]
    return tuple(_row(each) for each in sorted(rows, key=lambda r: r.check_state != "WAITING"))


def share(access: people.Access, at: datetime) -> Share:
    """The share that was drawn and checked in the last ninety days, over one's offices."""
    since = at - timedelta(days=SHARE_DAYS)
    counted = _mine(access).filter(finished_at__gte=since).aggregate(
        finished=Count("pk"), drawn=Count("pk", filter=~Q(check_state="NOT_CHOSEN")),
        checked=Count("pk", filter=Q(check_state__in=["PASSED", "FIX", "FIXED"])),
        to_put_right=Count("pk", filter=Q(check_state="FIX")),
    )  # fmt: skip
    return Share(**counted, wanted=keeping().checked_share)


def recording_page(application_id: int, access: people.Access, at: datetime) -> RecordingPage:
    """One recording, its digests held against its files. :raises UnknownRecording: for others."""
    found = _find(application_id, access)
    done = {step["code"]: step for step in found.steps}
    return RecordingPage(
        row=_row(found),
        reasons=tuple(rules.WHY_WORDS[rules.Why(why)] for why in found.reasons),
        steps=tuple(_step(each, done.get(each.code)) for each in rules.STEPS),
        unbroken=rules.unbroken(found.steps, found.chain),
        may_check=found.check_state in {"WAITING", "FIX"},
        own=found.application.prepared_by == f"staff:{access.staff_id}",
        checker=_name(found.checked_by), checked_at=found.checked_at, finding=found.finding,
        kept=None if found.forgotten_at else kept([found], at)[0], forgotten_at=found.forgotten_at,
        policy_id=found.application.policy_id,
    )  # fmt: skip


def kept(rows: Sequence[Recording], at: datetime) -> list[retention.Kept]:
    """
    Until when recordings of sales are kept, and why, in their order.

    A family is recorded once: what any of its contracts asks for counts, and while one of them may
    still become a contract nobody knows the end.
    """
    families = {row.application.family_id for row in rows} - {None}
    together = Application.objects.filter(
        Q(pk__in=[row.pk for row in rows]) | Q(family_id__in=families)
    ).order_by("pk")
    sold: dict[int, list[Application]] = {row.pk: [] for row in rows}
    for each in together:
        for row in rows:
            family_id = row.application.family_id
            if row.pk == each.pk or (family_id is not None and family_id == each.family_id):
                sold[row.pk].append(each)
    short = retention.spans_on(day_of(at)).short
    return retention.kept(
        [
            retention.Recorded(
                frozenset(ref for each in sold[row.pk] for ref in _about(each)),
                row.application.holder_id,
                add_months(max(_over_on(each, at) for each in sold[row.pk]), short),
            )
            for row in rows
        ],
        at,
    )


def _about(application: Application) -> tuple[Ref, ...]:
    """An application and the contract it became."""
    if application.policy_id is None:
        return (application.ref,)
    return (application.ref, Ref("policy", application.policy_id))


def _over_on(application: Application, at: datetime) -> date:
    """The day an application came to its end; today while it may still become a contract."""
    if application.state in OPEN:
        return day_of(at)
    ended = application.issued_at or application.ended_at or application.decided_at
    return day_of(ended or application.started_at)


def recorded_file(application_id: int, step: str, access: people.Access) -> bytes:
    """
    The file of a recorded step, whole as it was kept.

    :raises UnknownRecording: for others, and where we keep none or it was altered.
    """
    for each in _find(application_id, access).steps:
        if each["code"] == step and _state(each) == "KEPT":
            return storage.drawer.get(each["file"])
    raise UnknownRecording


def _mine(access: people.Access) -> QuerySet[Recording]:
    return Recording.objects.filter(application__office_id__in=list(access.offices_for(RIGHT)))


def _find(application_id: int, access: people.Access) -> Recording:
    found = _mine(access).select_related("application__policy").filter(pk=application_id).first()
    if found is None:
        raise UnknownRecording
    return found


def _row(found: Recording) -> RecordingRow:
    application = found.application
    terms = products.get_terms(application.product_version_id or 0)
    due = None
    if application.issued_at is not None:
        due = day_of(application.issued_at + timedelta(days=terms.cooling_off_days))
    return RecordingRow(
        found.pk, application.number, terms.name, _name(application.prepared_by), found.check_state,
        found.get_check_state_display(), found.fully_checked, found.finished_at, due,
    )  # fmt: skip


def _step(each: rules.Step, kept: dict[str, str] | None) -> StepRow:
    if kept is None:
        return StepRow(each.code, each.title, each.says, "", None, "")
    at = datetime.fromisoformat(kept["at"])
    return StepRow(each.code, each.title, each.says, kept["sha256"], at, _state(kept))


def _state(kept: dict[str, str]) -> str:
    """Where the file of a step is, and whether it is the one that was registered."""
    if not kept.get("file"):
        return "ELSEWHERE"
    try:
        content = storage.drawer.get(kept["file"])
    except storage.FileMissing:
        return "GONE"
    return "KEPT" if hashlib.sha256(content).hexdigest() == kept["sha256"] else "ALTERED"


def _name(by: str) -> str:
    """Whoever sold or checked, by name; empty for nobody and for the customer."""
    if not by.startswith("staff:"):
        return ""
    who = Ref.parse(by)
    return people.names_of([who]).get(who, "")
