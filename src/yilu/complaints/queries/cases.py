"""One complaint, and lists of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import orjson
from django.db.models import Q

from yilu.complaints.models import Complaint, ComplaintReview
from yilu.complaints.operations.holding import (
    DEMAND,
    FINDINGS,
    PEOPLE,
    REVIEW,
    REVIEWED,
    SAID,
    WORDS,
)
from yilu.complaints.operations.refusals import ComplaintNotFound
from yilu.complaints.rules import handling as rules
from yilu.kernel import masks, sealing
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access

LIST_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A complaint in a list; nobody's name in full, nothing that was said."""

    id: int
    ref: Ref
    number: str
    party_id: int
    masked_name: str
    channel_label: str
    business_label: str
    reason_label: str
    about_label: str
    state: str
    state_label: str
    tier: int
    tier_label: str
    round: int
    owner_id: int
    owner_name: str
    persons: int
    times_received: int
    major: bool
    outcome_label: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WordView:
    """Something said or done about it."""

    id: int
    kind: str
    kind_label: str
    text: str
    proof: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewView:
    """An appraisal or mediation outside."""

    kind_label: str
    body: str
    asked_at: datetime
    told_proof: str
    received_at: datetime | None
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """A review of the decision."""

    words: str
    asked_at: datetime
    changed: bool | None
    findings: str
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A complaint with everything said about it, opened for whoever may read it."""

    row: CaseRow
    ref: Ref
    office_id: int
    about: Ref | None
    words: str
    demand: str
    representatives: tuple[str, ...]
    regulator_number: str
    against: tuple[int, ...]
    against_names: tuple[str, ...]
    complex: bool
    extended: bool
    findings: str
    measures: str
    amount: Decimal
    right: str
    decided_at: datetime | None
    decided_by: str
    answered_by: Ref | None
    told_on: date | None
    review_until: date | None
    content: bool | None
    cause_label: str
    cause_words: str
    common: bool
    ended_at: datetime | None
    log: tuple[WordView, ...]
    views: tuple[ViewView, ...]
    review: ReviewView | None

    @property
    def contacted(self) -> bool:
        """Whether somebody called or met the complainant yet."""
        return any(word.kind in rules.TALKED for word in self.log)

    @property
    def urged(self) -> int:
        """How often the complainant asked to be answered sooner, since the last answer."""
        return sum(
            word.kind == "URGED" and (self.decided_at is None or word.at > self.decided_at)
            for word in self.log
        )

    @property
    def goes_up(self) -> bool:
        """Whether "not content" brings it to the next tier, and not only to a review."""
        return self.row.round == 1 and self.row.tier < max(rules.TIERS)

    @property
    def outside(self) -> bool:
        """Whether somebody outside is at it now, and the clock stands still."""
        return any(view.received_at is None for view in self.views)


def get_for_staff(complaint_id: int, access: Access) -> CaseView:
    """A case of an office one may see complaints of. :raises ComplaintNotFound: any other."""
    offices = access.offices_for("complaints.view")
    return _case(Q(pk=complaint_id, office_id__in=offices))


def get_for_customer(complaint_id: int, party_id: int) -> CaseView:
    """A complainant's own case. :raises ComplaintNotFound: anybody else's, in the same words."""
    return _case(Q(pk=complaint_id, party_id=party_id))


def list_for_staff(
    access: Access, *, state: str = "", mine: bool = False, business: str = "", before: int = 0
) -> tuple[CaseRow, ...]:
    """Cases of the offices one sees, the newest first, ``LIST_MAX`` a page; ``before`` an id."""
    wanted = Q(office_id__in=access.offices_for("complaints.view"))
    if state in rules.STATES:
        wanted &= Q(state=state)
    if business in rules.BUSINESSES:
        wanted &= Q(business=business)
    if mine:
        wanted &= Q(owner_id=access.staff_id)
    if before:
        wanted &= Q(pk__lt=before)
    return tuple(rows_of(wanted, LIST_MAX))


def list_for_customer(party_id: int) -> tuple[CaseRow, ...]:
    """A complainant's own cases, the newest first."""
    return tuple(rows_of(Q(party_id=party_id), LIST_MAX))


def list_for_party(party_id: int, limit: int = 20) -> tuple[CaseRow, ...]:
    """The cases of one customer for whoever may see the customer; the asker's right is the caller's."""
    return tuple(rows_of(Q(party_id=party_id), limit))


def rows_of(wanted: Q, limit: int) -> list[CaseRow]:
    """The cases so asked for, the newest first; the asker's right is the caller's."""
    found = Complaint.objects.select_related("party", "owner").filter(wanted).order_by("-id")
    return [_row(row) for row in found[:limit]]


def _row(row: Complaint) -> CaseRow:
    return CaseRow(
        id=row.pk, ref=row.ref, number=str(row.number), party_id=row.party_id,
        masked_name=masks.mask_name(row.party.name),
        channel_label=rules.CHANNELS[row.channel], business_label=rules.BUSINESSES[row.business],
        reason_label=rules.REASONS[row.reason], about_label=row.about_label, state=row.state,
        state_label=rules.STATES[row.state], tier=row.tier, tier_label=rules.TIERS[row.tier],
        round=row.round, owner_id=row.owner_id, owner_name=row.owner.name, persons=row.persons,
        times_received=row.times_received, major=rules.is_major(row.persons),
        outcome_label=rules.OUTCOMES.get(row.outcome, ""), received_at=row.received_at,
    )  # fmt: skip


def _case(wanted: Q) -> CaseView:
    row = (
        Complaint.objects.select_related("party", "owner", "review")
        .prefetch_related("said", "views")
        .filter(wanted)
        .first()
    )
    if row is None:
        raise ComplaintNotFound
    said = sorted(row.said.all(), key=lambda word: word.pk)
    names = people.names_of(
        [Ref.parse(word.written_by) for word in said]
        + [Ref("staff", n) for n in row.against]
        + [Ref.parse(by) for by in (row.decided_by,) if by]
    )
    return CaseView(
        row=_row(row), ref=row.ref, office_id=row.office_id,
        about=Ref.parse(row.about) if row.about else None,
        words=sealing.unseal(row.words, WORDS),
        demand=sealing.unseal(row.demand, DEMAND) if row.demand else "",
        representatives=tuple(orjson.loads(sealing.unseal(row.representatives, PEOPLE)))
        if row.representatives else (),
        regulator_number=row.regulator_number, against=tuple(row.against),
        against_names=tuple(names.get(Ref("staff", n), "") for n in row.against),
        complex=bool(row.complex_by), extended=bool(row.extended_by),
        findings=sealing.unseal(row.findings, FINDINGS) if row.findings else "",
        measures=row.measures, amount=row.amount,
        right=rules.RIGHT_OF_TIER[row.tier], decided_at=row.decided_at,
        decided_by=names.get(Ref.parse(row.decided_by), "") if row.decided_by else "",
        answered_by=Ref.parse(row.decided_by) if row.decided_by else None,
        told_on=row.told_on, review_until=rules.review_until(row.told_on), content=row.content,
        cause_label=rules.CAUSES.get(row.cause, ""), cause_words=row.cause_words, common=row.common,
        ended_at=row.ended_at,
        log=tuple(
            WordView(
                id=word.pk, kind=word.kind, kind_label=rules.WORDS[word.kind],
                text=sealing.unseal(word.text, SAID), proof=word.proof,
                by=names.get(Ref.parse(word.written_by), _("投诉人")), at=word.written_at,
            )
            for word in said
        ),
        views=tuple(
            ViewView(
                kind_label=rules.OUTSIDE[view.kind], body=view.body, asked_at=view.asked_at,
                told_proof=view.told_proof, received_at=view.received_at, result=view.result,
            )
            for view in sorted(row.views.all(), key=lambda view: view.pk)
        ),
        review=_review(row),
    )  # fmt: skip


def _review(row: Complaint) -> ReviewView | None:
    try:
        review: ComplaintReview = row.review
    except ComplaintReview.DoesNotExist:
        return None
    by = Ref.parse(review.decided_by) if review.decided_by else None
    return ReviewView(
        words=sealing.unseal(review.words, REVIEW), asked_at=review.asked_at,
        changed=review.changed,
        findings=sealing.unseal(review.findings, REVIEWED) if review.findings else "",
        decided_by=people.names_of([by]).get(by, "") if by else "",
        decided_at=review.decided_at,
    )  # fmt: skip
