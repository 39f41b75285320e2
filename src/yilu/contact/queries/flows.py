"""The hotline's flow: which version is in force on a day, and what each says (热线流程)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from yilu.contact.models import FlowVersion
from yilu.contact.refusals import FlowNotFound
from yilu.contact.rules import flow_checks
from yilu.contact.rules.flow_checks import Change
from yilu.contact.rules.ivr import Flow
from yilu.contact.rules.ivr_reading import deepest, read_flow
from yilu.kernel.recall import Recall
from yilu.kernel.refs import Ref

_PATH = Path(__file__).resolve().parents[1] / "catalogue" / "ivr.toml"
EDITION = "contact.flows"


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A version in the list: ``now`` says that calls beginning on the day asked for follow it."""

    id: int
    number: int
    state: str
    state_label: str
    note: str
    since: date
    is_shipped: bool
    now: bool
    author: Ref
    drafted_at: datetime
    approver: Ref | None


@dataclass(frozen=True, slots=True)
class FlowView:
    """One version: its text, its places, what it changes in what is in force."""

    row: FlowRow
    text: str
    flow: Flow
    levels: int
    changes: tuple[Change, ...]


@cache
def shipped_text() -> str:
    """The flow that came with the program, as it is written."""
    return _PATH.read_text(encoding="utf-8")


@cache
def shipped_flow() -> Flow:
    """The flow that came with the program. :raises BadFlow: if somebody could be lost in it."""
    return read_flow(shipped_text())


def _load(_all: int) -> tuple[tuple[date, Flow], ...]:
    """Every version two people put in force, the latest first; one statement."""
    rows = FlowVersion.objects.filter(state="APPROVED", is_shipped=False)
    return tuple(
        (row.since, read_flow(row.text, edition=f"v{row.number}"))
        for row in rows.order_by("-since", "-number")
    )


_approved = Recall(EDITION, _load)


def flow_on(day: date) -> Flow:
    """What calls that begin on a day follow: the insurer's version in force, else what shipped."""
    return next((flow for since, flow in _approved(0) if since <= day), shipped_flow())


def flows_from(day: date) -> tuple[Flow, ...]:
    """What calls follow on a day, and every approved version whose day is still to come."""
    coming = (flow for since, flow in _approved(0) if since > day)
    return (flow_on(day), *coming)


def flow_of_call(edition: str) -> Flow:
    """What a call follows that began with an edition, whatever has come into force since."""
    return next((flow for _since, flow in _approved(0) if flow.edition == edition), shipped_flow())


def list_flows(on: date) -> list[FlowRow]:
    """Every version that was not withdrawn, the newest first."""
    rows, now = FlowVersion.objects.exclude(state="WITHDRAWN"), _now(on)
    return [_row(row, now) for row in rows.order_by("-number")]


def get_flow(version_id: int, on: date) -> FlowView:
    """One version, held against what is in force on a day. :raises FlowNotFound: there is none."""
    row = FlowVersion.objects.filter(pk=version_id).first()
    if row is None:
        raise FlowNotFound
    flow = read_flow(row.text)
    return FlowView(
        _row(row, _now(on)), row.text, flow,
        deepest(flow), flow_checks.changes(flow_on(on), flow),
    )  # fmt: skip


def text_in_force(on: date) -> str:
    """What is in force on a day, as it is written: what a new version is written from."""
    now = FlowVersion.objects.filter(state="APPROVED", is_shipped=False, since__lte=on)
    row = now.order_by("-since", "-number").first()
    return row.text if row else shipped_text()


def _now(on: date) -> int:
    own = FlowVersion.objects.filter(state="APPROVED", since__lte=on)
    newest = own.order_by("is_shipped", "-since", "-number").values_list("pk", flat=True).first()
    return newest or 0


def _row(row: FlowVersion, now: int) -> FlowRow:
    return FlowRow(
        row.pk, row.number, row.state, FlowVersion.State(row.state).label, row.note, row.since,
        row.is_shipped, row.pk == now, Ref.parse(row.author), row.drafted_at,
        Ref.parse(row.approver) if row.approver else None,
    )  # fmt: skip
