"""
What broke is found once, and at once somebody or something goes on with it (断点与接续).

Two ways lead here: the reader of the journal, which misses nothing, and reactions to the few events
that mean a customer has just failed on a page, which are quick. Both may see the same failure: the
cause is unique, and only who wrote it first offers and gives out work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from yilu.journal import operations as journal
from yilu.journeys import events
from yilu.journeys.book import Book, the_book
from yilu.journeys.models import Breakpoint, JourneyCase, KeptForm, Offer
from yilu.journeys.rules import continuing
from yilu.journeys.rules.continuing import Continuation, Found
from yilu.journeys.rules.definition import Breaker
from yilu.journeys.rules.names import BREAKS
from yilu.journeys.rules.progress import Case
from yilu.kernel import tx
from yilu.kernel.facts import Told
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people
from yilu.standards import queries as standards
from yilu.work import operations as work

QUEUE = "journeys.continue"
FORM = continuing.FORM


def seen_in(book: Book, event: Told) -> list[Found]:
    """The breaks that one event means, by the journeys in force when it happened."""
    found: list[Found] = []
    for family in book.breaking.get(event.kind, ()):
        kept = book.for_new(family, event.at)
        if kept is None or event.about.kind not in (FORM, kept.journey.subject):
            continue
        kind = kept.journey.kind_of(event.facts)
        if kept.journey.kinds and kind is None:
            continue
        code = f"{family}.{kind.code}" if kind else family
        found += [
            _found(event, breaker, kept.guide.steps[breaker.step].touchpoint, family, code)
            for breaker in kept.guide.broken(event.kind, event.facts)
        ]
    return found


def _found(event: Told, breaker: Breaker, touchpoint: str, family: str, code: str) -> Found:
    # A form that fails again and again is one break.
    failed = event.kind == continuing.FAILED
    code_of = str(event.facts.get("code", ""))
    cause = continuing.failure_cause(event.about, code_of) if failed else f"event:{event.id}"
    return Found(
        cause=cause, kind=breaker.kind, family=family, code=code, step=breaker.step,
        touchpoint="PAGE" if breaker.live else touchpoint, subject=str(event.about),
        party_id=event.party_id, office_id=int(event.facts.get("office_id") or 0),
        severity=breaker.severity, live=breaker.live,
        evidence={"event": event.id, "kind": event.kind} | ({"code": code_of} if failed else {}),
        happened_at=event.at,
    )  # fmt: skip


def of_case(
    case: Case, kind: str, severity: int, *, cause: str, evidence: Mapping[str, Any], at: datetime
) -> Found:
    """A break of a case where it stands."""
    return Found(
        cause=cause, kind=kind, family=case.family, code=case.code, step=case.step,
        touchpoint=case.touchpoint, subject=case.subject, party_id=case.party_id,
        office_id=case.office_id, severity=severity, live=False, evidence=evidence, happened_at=at,
    )  # fmt: skip


# -- found ----------------------------------------------------------------------------------------

_INSERT = """
    insert into journeys_breakpoint (
        cause, kind, family, code, step, touchpoint, subject, party_id, office_id, severity, priority,
        evidence, table_version, table_row, task, state, how, happened_at, found_at, offered_at,
        closed_by, note)
    select cause, kind, family, code, step, touchpoint, subject, party_id, office_id, severity,
           priority, evidence, version, row_number, task, state, '', happened_at, %s::timestamptz,
           case when state = 'OFFERED' then %s::timestamptz end, '', ''
      from jsonb_to_recordset(%s::jsonb) as row(
           n int, cause text, kind text, family text, code text, step text, touchpoint text,
           subject text, party_id bigint, office_id bigint, severity smallint, priority text,
           evidence jsonb, version int, row_number int, task text, state text,
           happened_at timestamptz)
     order by cause
        on conflict (cause) do nothing
    returning id, cause
"""


@tx.step
def record(found: Iterable[Found], *, at: datetime) -> int:
    """Write what broke, offer what can be offered, give out the rest; how many were new."""
    by_cause = {each.cause: each for each in found}
    if not by_cause:
        return 0
    by_cause = _placed(by_cause)
    answers = {cause: _answer(each, at) for cause, each in by_cause.items()}
    rows = [_row(n, each, answers[each.cause], at) for n, each in enumerate(by_cause.values())]
    made = {cause: id for id, cause in tx.rows(_INSERT, [at, at, orjson.dumps(rows).decode()])}
    shown = {row["cause"]: row["state"] for row in rows}
    offers = _offer([(made[c], by_cause[c], answers[c]) for c in made if shown[c] == "OFFERED"], at)
    for cause, id in sorted(made.items(), key=lambda each: each[1]):
        each, answer = by_cause[cause], answers[cause]
        about = Ref("breakpoint", id)
        fact = events.BreakpointFound(
            journey=each.code, step=each.step, kind=each.kind, severity=each.severity,
            subject=each.subject, office_id=each.office_id,
        )  # fmt: skip
        journal.record(fact, about=about, actor=SYSTEM, at=at, party=each.party_id)
        if id in offers:
            offered = events.ContinuationOffered(offer_id=offers[id], ways=answer.ways)
            journal.record(offered, about=about, actor=SYSTEM, at=at, party=each.party_id)
        elif shown[cause] == "TASKED":
            give_out(about, each, answer, at=at)
    return len(made)


def _answer(found: Found, at: datetime) -> Continuation:
    on_page = continuing.on_page(found, at)
    said = standards.decide(continuing.TABLE, continuing.asked(found, on_page=on_page), at)
    return continuing.answered(said.outputs, said.version, said.rows[0] if said.rows else 0)


def _row(n: int, found: Found, answer: Continuation, at: datetime) -> dict[str, Any]:
    if continuing.is_past(found, at):
        state = "PAST"
    elif continuing.on_page(found, at) and answer.ways:
        state = "OFFERED"
    else:
        state = "TASKED" if answer.queue else "FOUND"
    return {
        "n": n, "cause": found.cause, "kind": found.kind, "family": found.family,
        "code": found.code, "step": found.step, "touchpoint": found.touchpoint,
        "subject": found.subject, "party_id": found.party_id, "office_id": found.office_id,
        "severity": found.severity, "priority": answer.priority, "evidence": found.evidence,
        "version": answer.version, "row_number": answer.row,
        "task": answer.queue if state != "PAST" else "", "state": state,
        "happened_at": found.happened_at,
    }  # fmt: skip


def _placed(found: dict[str, Found]) -> dict[str, Found]:
    """Every break belongs to an office: the event's, the case's, the customer's, else the head office."""
    lost = [each for each in found.values() if not each.office_id]
    if not lost:
        return found
    cases: dict[str, int] = dict(
        JourneyCase.objects.filter(
            subject__in={each.subject for each in lost}, office_id__gt=0
        ).values_list("subject", "office_id")
    )
    homes = people.list_parties({each.party_id for each in lost if each.party_id})
    head = next((office.id for office in people.list_offices() if office.level == "HEAD"), 0)
    placed = {}
    for cause, each in found.items():
        if not each.office_id:
            home = homes.get(each.party_id or 0)
            office_id = cases.get(each.subject) or (home.office_id if home else head)
            each = replace(each, office_id=office_id)
        placed[cause] = each
    return placed


def _offer(given: Sequence[tuple[int, Found, Continuation]], at: datetime) -> dict[int, int]:
    """The offers on customers' pages, by break."""
    made = Offer.objects.bulk_create(
        Offer(
            breakpoint_id=id, party_id=found.party_id or 0, ways=list(answer.ways), offered_at=at,
            expires_at=at + continuing.OFFER_LASTS,
        )
        for id, found, answer in given
    )  # fmt: skip
    return {offer.breakpoint_id: offer.pk for offer in made}


@tx.step
def give_out(
    about: Ref, found: Found | Breakpoint, answer: Continuation, *, at: datetime, way: str = ""
) -> None:
    """Put a break into somebody's hands: a work item, and the clock that the journal starts."""
    queue = answer.queue or QUEUE
    subject = about if queue == QUEUE else Ref.parse(found.subject)
    title = title_of(found) + (f"（{way}）" if way else "")
    work.open_item(
        queue, about=subject, office_id=found.office_id, title=title[:120], at=at,
        priority=continuing.PRIORITIES[answer.priority],
        due_at=at + timedelta(minutes=answer.minutes), party_id=found.party_id,
    )  # fmt: skip
    owed = events.ContinuationOwed(priority=answer.priority, queue=queue, office_id=found.office_id)
    journal.record(owed, about=about, actor=SYSTEM, at=at, party=found.party_id)


def title_of(found: Found | Breakpoint) -> str:
    """What a work item says: what broke, on which journey."""
    return f"{BREAKS[found.kind]}：{the_book().named(found.code)}"


def answer_for(held: Breakpoint, at: datetime) -> Continuation:
    """
    What the rules say of a kept break today, the customer being gone from the page.

    The queue stays the one named when it was found: a break has one task, however it came by it.
    """
    said = standards.decide(
        continuing.TABLE,
        {"kind": held.kind, "journey": held.family, "on_page": False, "severity": held.severity}, at,
    )  # fmt: skip
    answer = continuing.answered(said.outputs, said.version, said.rows[0] if said.rows else 0)
    return replace(answer, queue=held.task)


# -- settled --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settling:
    """A case went on: what was broken before is settled; ``begun`` names whose form became a case."""

    subject: str
    event_id: int
    at: datetime
    outcome: str
    continuing: bool
    begun: tuple[int, str] | None = None


@tx.step
def settle(settlings: Iterable[Settling], *, at: datetime) -> int:
    """Close the breaks of cases that went on; how many."""
    by_subject = {each.subject: each for each in settlings}
    if not by_subject:
        return 0
    begun = {each.begun: each for each in by_subject.values() if each.begun}
    held = list(
        Breakpoint.objects.select_for_update()
        .filter(closed_at__isnull=True, subject__in=by_subject)
        .order_by("pk")
    )
    if begun:
        forms = KeptForm.objects.filter(
            closed_at__isnull=True, party_id__in={party for party, _ in begun}
        )
        held += _forms_begun(list(forms), begun, by_subject, at)
    closing = []
    for each in held:
        moved = by_subject[each.subject]
        # What broke by the very event that moved it, or by a later one, stays open.
        if each.evidence.get("event", 0) >= moved.event_id or each.happened_at > moved.at:
            continue
        if moved.continuing:
            _taken_up(each)
            continue
        how = "TAKEN_BACK" if moved.outcome in ("WITHDRAWN", "EXPIRED") else "MOVED_ON"
        closing.append((each, how))
    close_many(closing, by=SYSTEM, at=at)
    return len(closing)


def _forms_begun(
    forms: list[KeptForm],
    begun: Mapping[tuple[int, str], Settling],
    by_subject: dict[str, Settling],
    at: datetime,
) -> list[Breakpoint]:
    """The breaks of forms that became cases; the forms are no longer needed."""
    ended = {}
    for form in forms:
        code = f"{form.journey}.{form.request}" if form.request else form.journey
        moved = begun.get((form.party_id, code))
        if moved is not None and form.touched_at <= moved.at:
            ended[str(form.ref)] = moved
            by_subject[str(form.ref)] = moved
    KeptForm.objects.filter(pk__in=[Ref.parse(ref).id for ref in ended]).update(
        closed_at=at, form=b""
    )
    return list(
        Breakpoint.objects.select_for_update()
        .filter(closed_at__isnull=True, subject__in=ended)
        .order_by("pk")
    )


def _taken_up(held: Breakpoint) -> None:
    """The customer chose a way in the process itself: the card on the page is done."""
    if held.state in ("FOUND", "OFFERED"):
        Breakpoint.objects.filter(pk=held.pk).update(state=Breakpoint.State.TAKEN_UP)
        Offer.objects.filter(breakpoint_id=held.pk, state="OPEN").update(state="CLOSED")


@tx.step
def close_many(
    closing: Sequence[tuple[Breakpoint, str]], *, by: Ref, at: datetime, note: str = ""
) -> None:
    """Close breaks, each with how it went on; history is closed without a word."""
    told = []
    for held, how in closing:
        past = held.state == Breakpoint.State.PAST
        accepted = held.state == Breakpoint.State.TAKEN_UP
        held.closed_at, held.closed_by, held.how, held.note = at, str(by), how, note[:300]
        if not past:
            held.state = Breakpoint.State.CLOSED
            told.append((held, how, accepted))
    Breakpoint.objects.bulk_update(
        [held for held, _ in closing], ["closed_at", "closed_by", "how", "note", "state"]
    )
    ids = [held.pk for held, _, _ in told]
    if ids:
        Offer.objects.filter(breakpoint_id__in=ids, state="OPEN").update(state="CLOSED")
    for held, how, accepted in told:
        work.close_items(about=held.ref, at=at, queue=QUEUE, outcome="CONTINUED")
        fact = events.Continued(how=how, accepted=accepted)
        journal.record(fact, about=held.ref, actor=by, at=at, party=held.party_id)
