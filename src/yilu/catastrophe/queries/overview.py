"""Events, their lists and their progress: listed, matched, contacted, claimed, paid."""

from __future__ import annotations

from datetime import timedelta

from yilu.catastrophe.models import Affected, CasualtyList, Event, EventReport
from yilu.catastrophe.operations.refusals import AffectedNotFound, EventNotFound, NoReport
from yilu.catastrophe.rules.labels import (
    CARRIED_OUT_WITHIN,
    CONDITIONS,
    CONTACTS,
    GOAL_HOURS,
    KINDS,
    LEVELS,
    MEASURES,
)
from yilu.kernel import masks, tx
from yilu.kernel.words import marked as _
from yilu.people.queries import Access

from .views import (
    AffectedRow,
    Banner,
    EventCard,
    EventPage,
    Funnel,
    ListCard,
    MeasureRow,
    Milestone,
    Source,
)

LIST_MAX = 200


def list_source(list_id: int) -> Source:
    """Where a list's file lies, for the job."""
    found = CasualtyList.objects.only("filename", "storage_key", "imported_at").get(pk=list_id)
    return Source(found.filename, found.storage_key, found.imported_at)


def list_events(access: Access) -> tuple[EventCard, ...]:
    """The events this person handles or declares, the newest first."""
    offices = _offices(access)
    found = Event.objects.select_related("office").filter(office_id__in=offices).order_by("-pk")
    return tuple(_card(each) for each in found[:LIST_MAX])


def event_page(event_id: int, access: Access) -> EventPage:
    """One event. :raises EventNotFound: none, or not theirs, in the same words."""
    event = _event(event_id, access)
    may_declare = access.may("catastrophe.declare", office_id=event.office_id)
    return _page(event, may_declare=may_declare)


def to_print(event_id: int) -> tuple[EventPage, tuple[AffectedRow, ...]]:
    """What the printed report says, for the job that prints it."""
    event = Event.objects.select_related("office").get(pk=event_id)
    return _page(event), _affected(event)


def _page(event: Event, *, may_declare: bool = False) -> EventPage:
    lists = event.lists.order_by("-pk")
    report = EventReport.objects.filter(pk=event.pk).defer("printed").first()
    return EventPage(
        card=_card(event), measures=_measures(event),
        funnel=funnel(event.pk), lists=tuple(_list(each) for each in lists),
        milestones=milestones(event), goal_at=event.declared_at + timedelta(hours=GOAL_HOURS),
        closing_words=event.closing_words, may_declare=may_declare,
        asked_at=report.asked_at if report else None,
        printed_at=report.printed_at if report else None, sha256=report.sha256 if report else "",
    )  # fmt: skip


def report_of(event_id: int, access: Access) -> bytes:
    """The printed report, a PDF/A. :raises NoReport: not yet. :raises EventNotFound: not theirs."""
    _event(event_id, access)
    kept = EventReport.objects.filter(pk=event_id, printed_at__isnull=False).first()
    if kept is None:
        raise NoReport
    return bytes(kept.printed)


def _measures(event: Event) -> tuple[MeasureRow, ...]:
    tasks = {task.measure: task for task in event.tasks.select_related("owner")}
    rows = []
    for code in event.measures:
        if code not in MEASURES:
            continue
        task = tasks.get(code)
        usual = event.declared_at + timedelta(minutes=CARRIED_OUT_WITHIN[code])
        rows.append(
            MeasureRow(
                code=code, name=MEASURES[code][0], words=MEASURES[code][1],
                owner_id=task.owner_id if task else None,
                owner_name=task.owner.name if task and task.owner else "",
                due_at=task.due_at if task else usual, done_at=task.done_at if task else None,
                told=task.words if task else "",
            )
        )  # fmt: skip
    return tuple(rows)


def get_list(list_id: int, access: Access) -> tuple[EventCard, ListCard]:
    """One list with its event. :raises EventNotFound: none, or not theirs."""
    found = CasualtyList.objects.select_related("event__office").filter(pk=list_id).first()
    if found is None or found.event.office_id not in _offices(access):
        raise EventNotFound
    return _card(found.event), _list(found)


_FUNNEL = """
    with rows as (
        select r.state, count(*) as n from catastrophe_casualtyrow r
          join catastrophe_casualtylist l on l.id = r.sheet_id
         where l.event_id = %(event)s::bigint group by r.state
    ), people as (
        select a.id, a.contacted_at, count(o.id) as claims,
               count(o.id) filter (where o.paid_at is not null) as paid,
               sum(o.amount) filter (where o.paid_at is not null) as amount
          from catastrophe_affected a left join catastrophe_openedclaim o on o.affected_id = a.id
         where a.event_id = %(event)s::bigint group by a.id
    )
    select coalesce((select sum(n) from rows where state not in ('PROBLEM', 'DUPLICATE')), 0)::int,
           coalesce((select sum(n) from rows where state in ('CONFIRMED', 'REJECTED', 'NOBODY')), 0)::int,
           (select count(*) from people)::int,
           (select count(*) from people where contacted_at is not null)::int,
           (select count(*) from people where claims > 0)::int,
           (select count(*) from people where paid > 0)::int,
           (select count(*) from people where claims > 0 and paid = claims)::int,
           coalesce((select sum(claims) from people), 0)::int,
           coalesce((select sum(paid) from people), 0)::int,
           coalesce((select sum(amount) from people), 0),
           coalesce((select sum(n) from rows where state in ('TO_CONFIRM', 'STAGED')), 0)::int,
           coalesce((select sum(n) from rows where state = 'PROBLEM'), 0)::int
"""


def funnel(event_id: int) -> Funnel:
    """How far an event's work is; one statement."""
    return Funnel(*tx.rows(_FUNNEL, {"event": event_id})[0])


_MILESTONES = """
    select (select min(imported_at) from catastrophe_casualtylist
             where event_id = %(event)s::bigint and state <> 'FAILED'),
           (select max(ready_at) from catastrophe_casualtylist where event_id = %(event)s::bigint),
           (select max(decided_at) from catastrophe_casualtyrow r
              join catastrophe_casualtylist l on l.id = r.sheet_id
             where l.event_id = %(event)s::bigint),
           max(a.contacted_at), min(o.opened_at), max(o.opened_at), min(o.paid_at), max(o.paid_at)
      from catastrophe_affected a left join catastrophe_openedclaim o on o.affected_id = a.id
     where a.event_id = %(event)s::bigint
"""


def milestones(event: Event) -> tuple[Milestone, ...]:
    """When each step of the emergency was done; open steps have no time yet."""
    times = tx.rows(_MILESTONES, {"event": event.pk})[0]
    far = funnel(event.pk)
    matched_all = far.listed > 0 and far.to_confirm == 0
    contacted = far.matched > 0 and far.contacted == far.matched and matched_all
    paid = far.claims > 0 and far.paid_claims == far.claims and contacted
    steps = (
        ("DECLARED", _("宣布应急"), event.declared_at),
        ("IMPORTED", _("首份名单导入"), times[0]),
        ("SEARCHED", _("名单全部查找完"), times[1] if far.listed else None),
        ("CONFIRMED", _("人工核对完成"), times[2] if matched_all else None),
        ("CONTACTED", _("全部联系上"), times[3] if contacted else None),
        ("OPENED", _("首件主动报案"), times[4]),
        ("FIRST_PAID", _("首笔赔款到账"), times[6]),
        ("ALL_PAID", _("全部联系上且赔款到账"), times[7] if paid else None),
    )
    goal = timedelta(hours=GOAL_HOURS)
    return tuple(
        Milestone(
            code, label, at, None if at is None else at - event.declared_at,
            None if at is None else at - event.declared_at <= goal,
        )
        for code, label, at in steps
    )  # fmt: skip


_CURVES = """
    select code, minute, count(*)::int from (
        select 'matched' as code, confirmed_at as at from catastrophe_affected where event_id = %(event)s::bigint
        union all
        select 'contacted', contacted_at from catastrophe_affected where event_id = %(event)s::bigint
        union all
        select 'claims', o.opened_at from catastrophe_openedclaim o
          join catastrophe_affected a on a.id = o.affected_id where a.event_id = %(event)s::bigint
        union all
        select 'paid', o.paid_at from catastrophe_openedclaim o
          join catastrophe_affected a on a.id = o.affected_id where a.event_id = %(event)s::bigint
    ) each cross join lateral (
        select floor(extract(epoch from at - %(from)s::timestamptz) / 60)::int as minute) m
     where at is not null group by 1, 2 order by 1, 2
"""


def progress_over_time(event_id: int, access: Access) -> dict[str, list[tuple[int, int]]]:
    """For each step the minutes after the declaration and how many had reached it by then."""
    event = _event(event_id, access)
    curves: dict[str, list[tuple[int, int]]] = {}
    for code, minute, count in tx.rows(_CURVES, {"event": event.pk, "from": event.declared_at}):
        line = curves.setdefault(code, [(0, 0)])
        line.append((minute, line[-1][1] + count))
    return curves


def list_affected(event_id: int, access: Access) -> tuple[AffectedRow, ...]:
    """Everybody affected, those still to be reached first. :raises EventNotFound: not theirs."""
    return _affected(_event(event_id, access))


def _affected(event: Event) -> tuple[AffectedRow, ...]:
    found = (
        Affected.objects.filter(event=event)
        .select_related("party", "row")
        .prefetch_related("claims__claim")
        .order_by("-contacted_at", "pk")
    )
    rows = [
        AffectedRow(
            id=a.pk, party_id=a.party_id, masked_name=masks.mask_name(a.party.name),
            source_label=Affected.Source(a.source).label, condition=a.condition,
            condition_label=CONDITIONS[a.condition], hospital=a.row.hospital if a.row else "",
            contact_label=CONTACTS.get(a.contact, ""), contacted_at=a.contacted_at,
            attempts=a.attempts,
            claims=tuple(
                (o.claim_id, o.claim.number if o.claim else _("演练案件"), o.amount, o.paid_at is not None)
                for o in a.claims.all()
            ),
        )
        for a in found[:LIST_MAX]
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda r: (r.contacted_at is not None, r.id)))


def event_of(affected_id: int, access: Access) -> int:
    """The event somebody is affected by. :raises AffectedNotFound: none, or not theirs."""
    found = Affected.objects.select_related("event").filter(pk=affected_id).first()
    if found is None or found.event.office_id not in _offices(access):
        raise AffectedNotFound
    return found.event_id


_BANNER = """
    select e.id, e.name, e.measures, a.id is not null and exists (
               select from catastrophe_openedclaim o where o.affected_id = a.id)
      from catastrophe_event e
      join people_office lead on lead.id = e.office_id
      join people_party p on p.id = %s::bigint
      join people_office own on own.id = p.office_id
      left join catastrophe_affected a on a.event_id = e.id and a.party_id = p.id
     where e.state = 'OPEN' and not e.drill
       and (a.id is not null or own.path like lead.path || '%%')
     order by a.id is null, e.id desc limit 1
"""


def banner_for(party_id: int) -> Banner | None:
    """The open event near a customer, for their home page; drills are never shown. One statement."""
    found = tx.rows(_BANNER, [party_id])
    if not found:
        return None
    event_id, name, measures, reported = found[0]
    if isinstance(measures, str):
        import orjson

        measures = orjson.loads(measures)
    return Banner(
        event_id, name, tuple(MEASURES[c][0] for c in measures if c in MEASURES), bool(reported)
    )


def _event(event_id: int, access: Access) -> Event:
    event = Event.objects.select_related("office").filter(pk=event_id).first()
    if event is None or event.office_id not in _offices(access):
        raise EventNotFound
    return event


def _offices(access: Access) -> frozenset[int]:
    return access.offices_for("catastrophe.handle") | access.offices_for("catastrophe.declare")


def _card(event: Event) -> EventCard:
    return EventCard(
        id=event.pk, number=event.number, name=event.name, kind=event.kind,
        kind_label=KINDS[event.kind], level_label=LEVELS[event.level], place=event.place,
        occurred_at=event.occurred_at, declared_at=event.declared_at, closed_at=event.closed_at,
        drill=event.drill, is_open=event.state == Event.State.OPEN, office_id=event.office_id,
        office_name=event.office.name,
    )  # fmt: skip


def _list(made: CasualtyList) -> ListCard:
    counts: dict[str, int] = {
        row[0]: row[1]
        for row in tx.rows(
            "select state, count(*)::int from catastrophe_casualtyrow where sheet_id = %s::bigint group by 1",
            [made.pk],
        )
    }
    usable = sum(n for state, n in counts.items() if state not in ("PROBLEM", "DUPLICATE"))
    if made.state == "MATCHING":
        percent = 50 + (made.matched * 50 // usable if usable else 50)
    else:
        percent = {"WAITING": 2, "READY": 100, "FAILED": 100}.get(
            made.state, made.staged * 50 // made.total if made.total else 5
        )
    return ListCard(
        id=made.pk, event_id=made.event_id, filename=made.filename, source=made.source,
        state=made.state, state_label=CasualtyList.State(made.state).label, total=made.total,
        staged=made.staged, matched=made.matched, to_match=usable, percent=percent,
        warnings=tuple(made.warnings), problem=made.problem, imported_at=made.imported_at,
        ready_at=made.ready_at, counts=counts,
    )  # fmt: skip
