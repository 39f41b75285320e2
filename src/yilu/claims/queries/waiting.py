"""Reports that wait for a consent, as the desk, the reporter and the customer see them (待同意报案)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yilu.claims.models import Channel, ClaimType, WaitingReport
from yilu.claims.operations.waiting import WaitingReportNotFound, who_reported
from yilu.claims.operations.waiting_desk import CALLS
from yilu.claims.operations.whose_consent import acts_for, claimant_agrees
from yilu.claims.rules.loss import CAUSES
from yilu.kernel import masks, tx
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access, PartyView

PAGE = 30
_TONES = {
    "WAITING": "waiting", "FILED": "good", "REFUSED": "bad", "DISOWNED": "bad", "ENDED": "over",
}  # fmt: skip
OPEN_STATES = ("WAITING", "REFUSED")
WAITING_STATES = tuple((str(code), str(label)) for code, label in WaitingReport.State.choices)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One of a list: what was reported for whom, since when, and what became of it."""

    id: int
    state: str
    state_label: str
    claim_type_label: str
    loss_date: date
    first_on: date
    customer: str
    channel_label: str
    decide_on: date
    overdue: bool
    stuck: bool
    claim_id: int | None

    @property
    def tone(self) -> str:
        """How its state reads: waiting, good, bad or over."""
        return _TONES[self.state]


@dataclass(frozen=True, slots=True)
class Call:
    """One time the customer was called or seen."""

    at: datetime
    by: str
    how: str
    words: str


@dataclass(frozen=True, slots=True)
class WaitingView:
    """All there is to say about one; ``said`` is forgotten once the customer has said no."""

    row: WaitingRow
    office_id: int
    claimant_id: int
    subject: PartyView
    for_oneself: bool
    policy_number: str
    product_name: str
    reported_by: Ref
    reporter: str
    reported_at: datetime
    cause: str
    amount: Decimal | None
    reminders: int
    problem: str
    basis: str
    reason: str
    closed_by: str
    closed_at: datetime | None
    calls: tuple[Call, ...]

    @property
    def open(self) -> bool:
        """Whether somebody may still do something about it."""
        return self.row.state in OPEN_STATES


_COLUMNS = """
    w.id, w.state, w.claim_type, w.loss_date, w.first_on, c.name, w.channel, w.decide_on,
    w.overdue_at is not null, w.problem <> '', w.claim_id
"""
_FROM = " from claims_waitingreport w join people_party c on c.id = w.claimant_id "


def _row(r: tuple[Any, ...]) -> WaitingRow:
    return WaitingRow(
        r[0], r[1], str(WaitingReport.State(r[1]).label), str(ClaimType(r[2]).label), r[3], r[4],
        masks.mask_name(r[5]), str(Channel(r[6]).label), r[7], r[8], r[9], r[10],
    )  # fmt: skip


def list_waiting_reports(
    access: Access, state: str = "WAITING", after: int | None = None
) -> tuple[tuple[WaitingRow, ...], int | None]:
    """A page of one state in the reader's offices, the newest first, and the place to go on from."""
    found = tx.rows(
        f"select {_COLUMNS} {_FROM} where w.office_id = any(%(offices)s::bigint[])"
        " and w.state = %(state)s and (%(after)s::bigint is null or w.id < %(after)s::bigint)"
        " order by w.id desc limit %(most)s::int",
        {
            "offices": sorted(access.offices_for("claims.register")), "state": state,
            "after": after, "most": PAGE + 1,
        },
    )  # fmt: skip
    rows = tuple(_row(each) for each in found[:PAGE])
    return rows, rows[-1].id if len(found) > PAGE else None


def waiting_reports_by(reporter: Ref, claimant_id: int) -> tuple[WaitingRow, ...]:
    """What somebody reported for one customer that was kept waiting, the newest first."""
    found = tx.rows(
        f"select {_COLUMNS} {_FROM} where w.reported_by = %s and w.claimant_id = %s::bigint"
        " order by w.id desc limit 20",
        [str(reporter), claimant_id],
    )
    return tuple(_row(each) for each in found)


def waiting_for_me(party_id: int) -> tuple[WaitingRow, ...]:
    """What waits for somebody's own word."""
    found = tx.rows(
        f"select {_COLUMNS} {_FROM} where w.subject_id = %s::bigint and w.state = 'WAITING' order by w.id",
        [party_id],
    )
    return tuple(_row(each) for each in found)


def waiting_report_for_staff(waiting_id: int, access: Access) -> WaitingView:
    """One of the reader's offices. :raises WaitingReportNotFound: none, or another office's."""
    row = _find(waiting_id)
    if not access.may("claims.register", row.office_id):
        raise WaitingReportNotFound
    return _view(row)


def waiting_report_for_reporter(waiting_id: int, reporter: Ref) -> WaitingView:
    """One's own report. :raises WaitingReportNotFound: none, or another's."""
    row = _find(waiting_id)
    if row.reported_by != str(reporter):
        raise WaitingReportNotFound
    return _view(row)


def waiting_report_for_customer(waiting_id: int, party_id: int) -> WaitingView:
    """
    For whoever is asked to agree, and for the claimant. :raises WaitingReportNotFound: somebody else's.
    """
    row = _find(waiting_id)
    if party_id not in (row.subject_id, row.claimant_id):
        raise WaitingReportNotFound
    return _view(row)


def _find(waiting_id: int) -> WaitingReport:
    row = (
        WaitingReport.objects.select_related("claimant", "policy__product_version")
        .filter(pk=waiting_id)
        .first()
    )
    if row is None:
        raise WaitingReportNotFound
    return row


def _view(row: WaitingReport) -> WaitingView:
    said, loss = row.said, row.said.get("loss", {})
    by = {Ref.parse(each[1]) for each in row.calls}
    closed = Ref.parse(row.closed_by) if row.closed_by else None
    names = people.names_of(by | ({closed} if closed else set()))
    return WaitingView(
        row=_row(
            (
                row.pk, row.state, row.claim_type, row.loss_date, row.first_on, row.claimant.name,
                row.channel, row.decide_on, row.overdue_at is not None, row.problem != "",
                row.claim_id,
            )
        ),
        office_id=row.office_id, claimant_id=row.claimant_id,
        subject=people.get_party(row.subject_id), for_oneself=row.subject_id == row.claimant_id,
        policy_number=row.policy.number, product_name=row.policy.product_version.name,
        reported_by=Ref.parse(row.reported_by), reporter=who_reported(row),
        reported_at=row.reported_at, cause=CAUSES.get(loss.get("cause", ""), ""),
        amount=Decimal(said["amount"]) if said.get("amount") else None, reminders=row.reminders,
        problem=row.problem, basis=row.basis, reason=row.reason,
        closed_by=names.get(closed, "") if closed else "", closed_at=row.closed_at,
        calls=tuple(
            Call(datetime.fromisoformat(at), names.get(Ref.parse(who), ""), CALLS[how], words)
            for at, who, how, words in row.calls
        ),
    )  # fmt: skip


def consent_missing(
    *, insured_id: int, claimant_id: int, claim_type: str, on: date
) -> PartyView | None:
    """Who would have to agree to the use of health data before this is a claim; None: they have."""
    insured = people.get_party(insured_id)
    giver = insured_id
    if claimant_agrees(claim_type, insured.birth_date, on=on) or (
        not people.has_consent(insured_id, "HEALTH_DATA") and acts_for(claimant_id, insured_id)
    ):
        giver = claimant_id
    return None if people.has_consent(giver, "HEALTH_DATA") else people.get_party(giver)
