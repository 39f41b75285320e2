"""Every change to the work that waits: opening, taking, handing over, escalating, closing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.work import events, rules
from yilu.work.models import Item
from yilu.work.operations.pooling import may_help
from yilu.work.operations.queues import UnknownQueue, declare, known_queue


class AlreadyTaken(Refusal):
    """Somebody else was quicker."""

    code = "already_taken"
    message = _("这项工作已由其他同事领取")
    hint = _("请返回队列领取下一项。")


class NothingWaiting(Refusal):
    """The queue is empty for this person."""

    code = "nothing_waiting"
    message = _("目前没有待领取的工作")
    hint = _("有新工作时会出现在队列里。")
    status = 404


class NotForYou(Refusal):
    """Somebody else must do it: whoever the matter itself concerns stays out of it."""

    code = "not_for_you"
    message = _("这项工作须由其他同事办理")
    hint = _("您与这件事有关，按规定回避；请主管交给其他同事。")
    status = 403


class NotAHelper(Refusal):
    """The queue's pooled items of other offices are for its registered helpers, up to their measure."""

    code = "not_a_helper"
    message = _("这个队列的跨机构工作由登记的共享人员在每日数量内领取")
    hint = _("请先办理本机构的工作，或请主管登记。")
    status = 403


class ClosedByItsWork(Refusal):
    """Saying that it is done does not do it."""

    code = "closed_by_its_work"
    message = _("这项工作要在赔案里办理，办完会自动结束")
    hint = _("请打开赔案办理；办不了的，可以转交或放回。")


@dataclass(frozen=True, slots=True)
class _Opening:
    queue: str
    subject: str
    office_id: int
    party_id: int | None
    title: str
    skill: str
    amount: Decimal | None
    priority: int
    opened_at: datetime
    due_at: datetime
    staff_id: int | None
    barred_staff_id: int | None


@dataclass(frozen=True, slots=True)
class _Closing:
    subject: str
    queue: str | None
    outcome: str
    at: datetime


@tx.step
def open_item(
    queue: str,
    *,
    about: Ref,
    office_id: int,
    title: str,
    at: datetime,
    priority: int = rules.NORMAL,
    due_at: datetime | None = None,
    skill: str = "",
    amount: Decimal | None = None,
    party_id: int | None = None,
    staff_id: int | None = None,
    barred_staff_id: int | None = None,
) -> None:
    """
    Put one item into a queue; it is there if and only if the use case commits.

    A queue holds at most one open item about a subject: opening it again changes nothing except
    that the sooner of the two due times stands. About a subject that is late by law
    (``rules.LATE_BY_LAW``) it stands first from the start. ``staff_id``: it is this colleague's from the start;
    ``barred_staff_id``: it never goes to that one.
    """
    opening = _Opening(
        queue, str(about), office_id, party_id, title, skill, amount, priority, at,
        due_at or rules.due_when_unsaid(queue, at), staff_id, barred_staff_id,
    )  # fmt: skip
    tx.gather(_write_openings, opening)


@tx.step
def press_item(
    queue: str | None, *, about: Ref, at: datetime, priority: int, due_at: datetime
) -> None:
    """
    Bring forward what is open about a subject in a queue (``None``: in every queue).

    Where nothing is open, nothing happens.

    For reminders in queues whose items the work itself opens and closes: an item that nobody's work
    would ever close must not come into being.
    """
    tx.gather(_write_presses, (queue, str(about), priority, due_at))


@tx.step
def set_due(queue: str, *, about: Ref, due_at: datetime) -> None:
    """Move what is open about a subject in a queue to another time, sooner or later; nothing open is no error."""
    tx.changed(
        """
        update work_item set due_at = %s::timestamptz
         where queue_id = %s and subject = %s and state in ('OPEN', 'TAKEN')
        """,
        [due_at, queue, str(about)],
    )


@tx.step
def close_items(
    *, about: Ref, at: datetime, queue: str | None = None, outcome: str = "DONE"
) -> None:
    """Close what is open about a subject (in one queue, or in all); nothing open is no error."""
    tx.gather(_write_closings, _Closing(str(about), queue, outcome, at))


@tx.use_case
def take_next(
    *, queue: str, access: Access, actor: Ref, at: datetime, office_id: int | None = None
) -> int:
    """
    Take the most pressing item of a queue that this person may work on; return its id. With
    ``office_id`` of that office's items alone, as :func:`yilu.work.queries.page` shows them.

    :raises NotAllowed: without the queue's right.
    :raises NothingWaiting: when there is none.
    """
    right = known_queue(queue).right
    access.require(right)
    offices = access.offices_for(right)
    part = office_id is not None
    taken = tx.rows(
        """
        update work_item set state = 'TAKEN', staff_id = %s::bigint, taken_at = %s::timestamptz
         where id = (select id from work_item
                      where queue_id = %s and state = 'OPEN'
                        and ((pooled and %s::bool) or office_id = any(%s::bigint[]))
                        and barred_staff_id is distinct from %s::bigint
                      order by priority, due_at, id
                      limit 1 for update skip locked)
        returning id, subject, party_id
        """,
        [
            access.staff_id,
            at,
            queue,
            not part and may_help(queue, access, at),
            sorted(offices & {office_id} if part else offices),
            access.staff_id,
        ],
    )
    if not taken:
        raise NothingWaiting
    item_id, subject, party_id = taken[0]
    _say_taken(item_id, queue, subject, party_id, access.staff_id, actor, at)
    return int(item_id)


@tx.use_case
def take_item(*, item_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Take one named item.

    :raises AlreadyTaken: if somebody has it, or it is done. :raises NotAHelper: another office's.
    :raises NotForYou: the matter concerns them.
    """
    item = _visible(item_id, access)
    access.require(item.queue.right)
    elsewhere = item.office_id not in access.offices_for(item.queue.right)
    if elsewhere and not may_help(item.queue_id, access, at):
        raise NotAHelper
    if item.barred_staff_id == access.staff_id:
        raise NotForYou
    taken = tx.changed(
        """
        update work_item set state = 'TAKEN', staff_id = %s::bigint, taken_at = %s::timestamptz
         where id = %s::bigint and state = 'OPEN'
        """,
        [access.staff_id, at, item_id],
    )
    if not taken:
        if item.state == Item.State.TAKEN and item.staff_id == access.staff_id:
            return
        raise AlreadyTaken
    _say_taken(item_id, item.queue_id, item.subject, item.party_id, access.staff_id, actor, at)


@tx.use_case
def release(*, item_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """Put an item back: its holder may, and a team lead."""
    item = _held(item_id, access)
    tx.changed(
        "update work_item set state = 'OPEN', staff_id = null, taken_at = null "
        "where id = %s::bigint and state = 'TAKEN'",
        [item_id],
    )
    journal.record(
        events.ItemReleased(item_id=item_id, queue=item.queue_id),
        about=Ref.parse(item.subject), actor=actor, at=at, party=item.party_id,
    )  # fmt: skip


@tx.use_case
def finish(*, item_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Say that an item is done whose work leaves no trace of its own: a call made, a case looked into.

    :raises ClosedByItsWork: in a queue whose items end by what is done to the claim.
    :raises NotAllowed, NotFound: not the holder's. :raises AlreadyTaken: it is done already.
    """
    item = _held(item_id, access)
    if item.queue_id not in rules.BY_HAND:
        raise ClosedByItsWork
    tx.changed(
        "update work_item set state = 'DONE', outcome = 'BY_HAND', closed_at = %s::timestamptz "
        "where id = %s::bigint and state in ('OPEN', 'TAKEN')",
        [at, item_id],
    )
    journal.record(
        events.ItemFinished(item_id=item_id, queue=item.queue_id),
        about=Ref.parse(item.subject), actor=actor, at=at, party=item.party_id,
    )  # fmt: skip


@tx.use_case
def hand_over(
    *, item_id: int, to: Access, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Give an item to a colleague who may do it.

    :raises NotAllowed: if the giver does not hold it (and leads nobody), or the taker lacks the
        right or the office. :raises NotForYou: the matter concerns the taker.
    """
    item = _held(item_id, access)
    to.require(item.queue.right)
    if not item.pooled and not to.may(item.queue.right, item.office_id):
        raise NotAllowed(_("接手的同事不在这项工作所属的机构"))
    if item.barred_staff_id == to.staff_id:
        raise NotForYou
    tx.changed(
        "update work_item set state = 'TAKEN', staff_id = %s::bigint, taken_at = %s::timestamptz "
        "where id = %s::bigint and state in ('OPEN', 'TAKEN')",
        [to.staff_id, at, item_id],
    )
    journal.record(
        events.ItemHandedOver(
            item_id=item_id, queue=item.queue_id, from_staff_id=item.staff_id,
            to_staff_id=to.staff_id, reason=reason,
        ),
        about=Ref.parse(item.subject), actor=actor, at=at, party=item.party_id,
    )  # fmt: skip


@tx.step
def give_item(queue: str, *, about: Ref, to: Access, reason: str, actor: Ref, at: datetime) -> bool:
    """
    Give the open item of a queue about a subject to a colleague; whether there was one to give.

    For a use case that has settled who may: the taker's own right is asked for all the same.

    :raises NotAllowed: if the taker lacks the queue's right.
    """
    to.require(known_queue(queue).right)
    given = tx.rows(
        """
        update work_item i set state = 'TAKEN', staff_id = %(to)s::bigint, taken_at = %(at)s::timestamptz
          from work_item before
         where before.id = i.id and i.queue_id = %(queue)s and i.subject = %(about)s
           and i.state in ('OPEN', 'TAKEN') and i.staff_id is distinct from %(to)s::bigint
        returning i.id, before.staff_id, i.party_id
        """,
        {"to": to.staff_id, "at": at, "queue": queue, "about": str(about)},
    )
    for item_id, before, party_id in given:
        journal.record(
            events.ItemHandedOver(
                item_id=item_id, queue=queue, from_staff_id=before, to_staff_id=to.staff_id, reason=reason,
            ),
            about=about, actor=actor, at=at, party=party_id,
        )  # fmt: skip
    return bool(given)


@tx.step
def escalate(*, about: Ref, queue: str | None, reason: str, actor: Ref, at: datetime) -> int:
    """
    Raise the open items about a subject by one level, and return how many.

    They move up in their queue; where the queue names one to escalate to, they move there and back
    to nobody, so that the next level takes them.
    """
    moved = tx.rows(
        """
        update work_item i
           set escalation = i.escalation + 1,
               priority = least(i.priority, greatest(10, i.priority - 20)),
               queue_id = case when q.escalates_to <> '' then q.escalates_to else i.queue_id end,
               state = case when q.escalates_to <> '' then 'OPEN' else i.state end,
               staff_id = case when q.escalates_to <> '' then null else i.staff_id end
          from work_queue q
         where q.code = i.queue_id and i.subject = %s and i.state in ('OPEN', 'TAKEN')
           and (%s::text is null or i.queue_id = %s::text)
           and not exists (select 1 from work_item other
                            where other.queue_id = q.escalates_to and other.subject = i.subject
                              and other.state in ('OPEN', 'TAKEN'))
        returning i.id, i.queue_id, i.escalation, i.party_id
        """,
        [str(about), queue, queue],
    )
    for item_id, now_in, level, party_id in moved:
        journal.record(
            events.ItemEscalated(item_id=item_id, queue=now_in, level=level, reason=reason),
            about=about, actor=actor, at=at, party=party_id,
        )  # fmt: skip
    return len(moved)


def _write_openings(openings: Sequence[_Opening]) -> None:
    first: dict[tuple[str, str], _Opening] = {}
    for each in openings:  # two openings of one use case are one item
        first.setdefault((each.queue, each.subject), each)
    rows = [
        {
            "queue_id": o.queue, "subject": o.subject, "office_id": o.office_id,
            "party_id": o.party_id, "title": o.title, "skill": o.skill,
            "amount": None if o.amount is None else str(o.amount), "priority": o.priority,
            "opened_at": o.opened_at, "due_at": o.due_at, "staff_id": o.staff_id,
            "barred_staff_id": o.barred_staff_id,
        }
        for o in first.values()
    ]  # fmt: skip
    payload = orjson.dumps(rows).decode()
    if tx.changed(_OPEN, [payload]) != len(rows):
        # A new installation has no queues yet: those of the catalogue come into being when needed.
        declare()
        if tx.changed(_OPEN, [payload]) != len(rows):
            raise UnknownQueue(hint="、".join(sorted({o.queue for o in first.values()})))


_OPEN = """
    insert into work_item as i (queue_id, subject, office_id, pooled, party_id, title, skill,
           amount, priority, state, opened_at, due_at, outcome, escalation, staff_id, taken_at,
           barred_staff_id)
    select r.queue_id, r.subject, r.office_id, q.pooled, r.party_id, r.title, r.skill, r.amount,
           coalesce((select min(w.priority) from work_item w
                      where w.subject = r.subject and w.state in ('OPEN', 'TAKEN')
                        and w.priority = 0), r.priority),
           case when r.staff_id is null then 'OPEN' else 'TAKEN' end, r.opened_at,
           r.due_at, '', 0, r.staff_id, case when r.staff_id is not null then r.opened_at end, r.barred_staff_id
      from json_to_recordset(%s::json) as r(queue_id text, subject text, office_id bigint,
           party_id bigint, title text, skill text, amount numeric, priority smallint,
           opened_at timestamptz, due_at timestamptz, staff_id bigint, barred_staff_id bigint)
      join work_queue q on q.code = r.queue_id
    on conflict (queue_id, subject) where state in ('OPEN', 'TAKEN')
    do update set due_at = least(i.due_at, excluded.due_at),
                  priority = least(i.priority, excluded.priority)
"""


def _write_presses(presses: Sequence[tuple[str | None, str, int, datetime]]) -> None:
    # An item may be pressed twice here, by its queue and as all of its subject's: the server would
    # take any one of the rows that match.
    tx.changed(
        """
        update work_item i
           set priority = least(i.priority, p.priority), due_at = least(i.due_at, p.due_at)
          from (select w.id, min(p.priority) as priority, min(p.due_at) as due_at
                  from unnest(%s::text[], %s::text[], %s::int[], %s::timestamptz[])
                       as p(queue_id, subject, priority, due_at)
                  join work_item w on w.subject = p.subject and w.state in ('OPEN', 'TAKEN')
                       and (p.queue_id is null or w.queue_id = p.queue_id)
                 group by w.id) p
         where i.id = p.id and i.state in ('OPEN', 'TAKEN')
        """,
        [list(column) for column in zip(*presses, strict=True)],
    )


def _write_closings(closings: Sequence[_Closing]) -> None:
    # An item that is closed twice here is closed as the first says.
    rows = [
        {"n": n, "subject": c.subject, "queue": c.queue, "outcome": c.outcome, "at": c.at}
        for n, c in enumerate(closings)
    ]
    tx.changed(
        """
        update work_item i set state = 'DONE', outcome = r.outcome, closed_at = r.at
          from (select distinct on (w.id) w.id, r.outcome, r.at
                  from json_to_recordset(%s::json)
                       as r(n int, subject text, queue text, outcome text, at timestamptz)
                  join work_item w on w.subject = r.subject
                       and (r.queue is null or w.queue_id = r.queue)
                       and w.state in ('OPEN', 'TAKEN') and w.opened_at <= r.at
                 order by w.id, r.n) r
         where i.id = r.id and i.state in ('OPEN', 'TAKEN')
        """,
        [orjson.dumps(rows).decode()],
    )


def _visible(item_id: int, access: Access) -> Item:
    """An item this person may see; a stranger's and a missing one are refused in the same words."""
    item = Item.objects.select_related("queue").filter(pk=item_id).first()
    if item is None or not (item.pooled or item.office_id in access.office_ids):
        raise NotFound
    return item


def _held(item_id: int, access: Access) -> Item:
    item = (
        Item.objects.select_related("queue")
        .select_for_update(of=("self",))
        .filter(pk=item_id)
        .first()
    )
    if item is None or not (item.pooled or item.office_id in access.office_ids):
        raise NotFound
    if item.staff_id != access.staff_id and not access.may("work.lead", office_id=item.office_id):
        raise NotAllowed(_("只有处理人本人或主管可以转交、放回、办结"))
    if item.state not in (Item.State.OPEN, Item.State.TAKEN):
        raise AlreadyTaken(_("这项工作已经完成"))
    return item


def _say_taken(
    item_id: int,
    queue: str,
    subject: str,
    party_id: int | None,
    staff_id: int,
    actor: Ref,
    at: datetime,
) -> None:
    journal.record(
        events.ItemTaken(item_id=item_id, queue=queue, staff_id=staff_id),
        about=Ref.parse(subject), actor=actor, at=at, party=party_id,
    )  # fmt: skip
