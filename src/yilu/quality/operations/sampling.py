"""A week is drawn from once it is over: office by office, kind by kind, each once for ever."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from yilu.journal import operations as journal
from yilu.journal import queries as evidence
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people
from yilu.quality import inspection_events as events
from yilu.quality.books import versions
from yilu.quality.models import BookVersion, Finding, Inspection, Lot, Mark, Service
from yilu.quality.rules import books, sampling
from yilu.quality.rules.sampling import Done, Drawn, LotRule, Plan
from yilu.work import operations as work

QUEUE = "quality.inspect"
SOON, NORMAL = 30, 50
AT_ONCE = 20
WEEKS_BACK = 4
"""A worker that stood still catches up so many weeks."""
MONTH = timedelta(days=30)
OF_FINDING = {"RECORD": "misrecorded", "FORBIDDEN": "forbidden"}


@tx.use_case
def draw_lots(*, at: datetime) -> int:
    """
    Draw some offices' services of one kind in one week that is over; how many lots (0: all are drawn).

    Called again and again by the clock; what was drawn never is again, whoever else draws meanwhile.
    """
    if not tx.rows("select pg_try_advisory_xact_lock(hashtextextended('quality.draw', 0))")[0][0]:
        return 0
    found = versions.in_force(books.PLAN, day_of(at))
    if found is None:
        return 0
    plan = sampling.read(found.text)
    forms = {
        lot.what: form
        for lot in plan.lots
        if (form := versions.in_force(sampling.FORM_OF[lot.what], day_of(at)))
    }
    places = _next_places(plan, forms, day_of(at))
    for what, week, office_id in places:
        rule = plan.lot(what)
        assert rule is not None
        _draw(found, plan, rule, forms[what], week, office_id, at)
    return len(places)


def _next_places(plan: Plan, forms: Collection[str], today: date) -> list[tuple[str, date, int]]:
    """
    The oldest weeks of offices that the plan asks for and nobody has drawn yet, some at a time.

    One look at an index for each office, kind and week: it costs what there are offices, not services.
    """
    monday = today - timedelta(days=today.weekday())
    pairs = [
        (lot.what, office) for lot in plan.lots if lot.what in forms for office in _offices(lot)
    ]
    return [
        (what, week, office)
        for what, week, office in tx.rows(
            """
            select pair.what, w.week, pair.office
              from unnest(%s::text[], %s::bigint[]) as pair(what, office)
              cross join unnest(%s::date[]) as w(week)
             where exists (select 1 from quality_service s
                            where s.office_id = pair.office and s.what = pair.what
                              and s.done_at >= w.week::timestamp at time zone 'Asia/Shanghai'
                              and s.done_at < (w.week + 7)::timestamp at time zone 'Asia/Shanghai')
               and not exists (select 1 from quality_lot lot where lot.what = pair.what
                                  and lot.week = w.week and lot.office_id = pair.office)
             order by w.week, pair.office, pair.what limit %s::int
            """,
            [
                [what for what, _office in pairs], [office for _what, office in pairs],
                [monday - timedelta(weeks=n) for n in range(1, WEEKS_BACK + 1)], AT_ONCE,
            ],
        )
    ]  # fmt: skip


def _offices(rule: LotRule) -> list[int]:
    """The offices a rule names, with everything below them; all where it names none."""
    inside: list[int] = []
    for each in people.list_offices():  # each comes before those below it
        if not rule.offices or each.code in rule.offices or each.parent_id in inside:
            inside.append(each.id)
    return inside


def _draw(
    found: BookVersion, plan: Plan, rule: LotRule, form: BookVersion, week: date, office_id: int,
    at: datetime,
) -> None:  # fmt: skip
    begins, ends = _begin(week), _begin(week + timedelta(days=7))
    kept = list(
        Service.objects.filter(
            what=rule.what, office_id=office_id, done_at__gte=begins, done_at__lt=ends
        )
    )
    before = set(
        Inspection.objects.filter(
            what=rule.what, subject__in=[row.subject for row in kept]
        ).values_list("subject", "staff_id")
    )  # decided again after it was inspected: once is enough
    services = {key: row for row in kept if (key := (row.subject, row.staff_id)) not in before}
    staff = people.staff_profiles({row.staff_id for row in services.values()})
    may = {
        each.id for each in staff.values()
        if each.active and (not rule.roles or rule.roles & set(each.roles))
    }  # fmt: skip
    new = {n for n in may if staff[n].hired_at > ends - MONTH * plan.new_months}
    done = _marked([row for row in services.values() if row.staff_id in may])
    head = evidence.find_checkpoint()
    root = head.root.hex() if head else ""
    seed = sampling.seed_of(root, what=rule.what, week=week.isoformat(), office_id=office_id)
    drawn = sampling.draw(rule, done, seed=seed, new=new, weights=plan.weights)
    lot = Lot.objects.create(
        what=rule.what, week=week, office_id=office_id, plan=found, root=root, seed=seed,
        frame={"done": [[d.subject, d.staff_id, list(d.marks)] for d in done], "new": sorted(new)},
        drawn=len(drawn), drawn_at=at,
    )  # fmt: skip
    fact = events.LotDrawn(
        what=rule.what, week=week.isoformat(), office_id=office_id, served=len(done),
        drawn=len(drawn), seed=seed,
    )  # fmt: skip
    journal.record(fact, about=Ref("lot", lot.pk), actor=SYSTEM, at=at)
    _open(lot, drawn, services, form, at)


def _marked(rows: Sequence[Service]) -> list[Done]:
    """With what speaks for looking at each: findings of its reading, and what was marked."""
    subjects = [row.subject for row in rows]
    marks: dict[str, set[str]] = {}
    for subject, code in Mark.objects.filter(subject__in=subjects).values_list("subject", "code"):
        marks.setdefault(subject, set()).add(code)
    talks = [Ref.parse(s).id for s in subjects if s.startswith("conversation:")]
    found = Finding.objects.filter(conversation_id__in=talks, kind__in=OF_FINDING)
    for talk, kind in found.values_list("conversation_id", "kind"):
        marks.setdefault(f"conversation:{talk}", set()).add(OF_FINDING[kind])
    return [
        Done(row.subject, row.staff_id, tuple(sorted(marks.get(row.subject, ()))))
        for row in sorted(rows, key=lambda row: (row.staff_id, row.subject))
    ]


def _open(
    lot: Lot, drawn: Sequence[Drawn], services: Mapping[tuple[str, int], Service],
    form: BookVersion, at: datetime,
) -> None:  # fmt: skip
    rows = Inspection.objects.bulk_create(
        Inspection(
            lot=lot, what=lot.what, subject=each.subject, staff_id=each.staff_id,
            party_id=services[each.subject, each.staff_id].party_id, office_id=lot.office_id,
            because=each.because, form=form, drawn_at=at,
            done_at=services[each.subject, each.staff_id].done_at,
        )
        for each in drawn
    )  # fmt: skip
    for row in rows:
        fact = events.InspectionDrawn(
            what=row.what, staff_id=row.staff_id, office_id=row.office_id, because=row.because
        )
        journal.record(fact, about=row.ref, actor=SYSTEM, at=at)
        chance = row.because == sampling.RANDOM
        work.open_item(
            QUEUE, about=row.ref, office_id=row.office_id, at=at,
            title=f"质检：{sampling.WHAT[row.what]}（{sampling.BECAUSE[row.because]}）",
            priority=NORMAL if chance else SOON,
        )  # fmt: skip


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)
