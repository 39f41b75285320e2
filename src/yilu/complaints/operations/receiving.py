"""Take a complaint: from the complainant themselves, or from whoever heard it first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import orjson
from django.db import IntegrityError
from django.db.models import Count, Q

from yilu.complaints import events
from yilu.complaints.models import Complaint
from yilu.complaints.rules import handling as rules
from yilu.kernel import sealing, tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.standards import queries as standards
from yilu.work import operations as work

from .holding import DEMAND, PEOPLE, WORDS, keep_word, say
from .refusals import BadComplaint, TooManyRepresentatives

QUEUE, URGENT, SOON = "complaints.case", 10, 20
WORDS_MAX = 4000
BACK_DAYS = 90
"""A letter typed in later than so is a slip of the pen: somebody looks first."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of it: ``joined`` where the same complaint was open already."""

    id: int
    number: str
    joined: bool


@dataclass(frozen=True, slots=True)
class Told:
    """
    What somebody complains about.

    ``about`` is the claim, policy or request, ``about_label`` its number; ``against`` are colleagues
    who have to step aside: named in it, or deciders of what it is about. Whoever takes it looks them
    up; the complainant is asked for nothing that we have (13). ``received_on``: the day on which what came
    in writing reached us, where it is typed in later: the law counts from there (18).
    """

    business: str
    reason: str
    words: str
    demand: str = ""
    about: Ref | None = None
    about_label: str = ""
    against: Collection[int] = ()
    persons: int = 1
    representatives: Sequence[str] = ()
    regulator_number: str = ""
    received_on: date | None = None


@tx.use_case
def receive(
    *, party_id: int, channel: str, told: Told, access: Access | None = None, actor: Ref,
    at: datetime,
) -> Received:  # fmt: skip
    """
    Take a complaint; whoever hears it answers for it (首问责任), unless it is about them.

    By the complainant themselves (``actor``), or by staff with ``complaints.handle`` over the
    customer's office. The same matter complained about again while it is open joins that case (23).

    :raises BadComplaint: no words, an unknown kind, or a day of receipt that cannot be.
    :raises TooManyRepresentatives: more than five.
    """
    party = people.get_party(party_id)
    if access is not None:
        access.require("complaints.handle", office_id=party.office_id)
    elif actor != Ref("party", party_id):
        raise NotAllowed
    _check(channel, told)
    since = _since(told.received_on if access is not None else None, at)
    about = str(told.about or "")
    row = Complaint(
        party_id=party.id, office_id=party.office_id, channel=channel, about=about,
        owner_id=_owner(party.office_id, access, told.against),
        regulator_number=told.regulator_number.strip(), business=told.business,
        reason=told.reason, about_label=told.about_label[:40], against=sorted(set(told.against)),
        words=sealing.seal(told.words.strip(), WORDS), demand=sealing.seal(told.demand.strip(), DEMAND),
        persons=told.persons, received_at=since or at, counted_from=since or at,
        representatives=sealing.seal(
            orjson.dumps(list(told.representatives)).decode(), PEOPLE
        ) if told.representatives else b"",
    )  # fmt: skip
    try:
        with tx.savepoint():
            row.save()
    except IntegrityError:
        return _join(party.id, channel, told, actor, at)
    row.number = f"TS{day_of(at):%Y}{row.pk:08d}"
    row.save(update_fields=["number"])
    major = rules.is_major(told.persons)
    say(
        row,
        events.ComplaintReceived(
            office_id=row.office_id, channel=channel, business=row.business, reason=row.reason,
            owner_id=row.owner_id, major=major, since=day_of(since).isoformat() if since else "",
            concerns=about,
        ),
        actor=actor, at=at,
    )  # fmt: skip
    title = f"投诉：{rules.BUSINESSES[row.business]} · {rules.REASONS[row.reason]}"
    work.open_item(
        QUEUE, about=row.ref, office_id=row.office_id, at=at, party_id=row.party_id, title=title,
        staff_id=row.owner_id, priority=URGENT if major or channel == "REGULATOR" else SOON,
        due_at=standards.working_time(row.office_id).add_working_days(row.received_at, 1),
    )  # fmt: skip
    if major:
        work.open_item(
            "complaints.major", about=row.ref, office_id=row.office_id, at=at,
            party_id=row.party_id, title=f"重大投诉（{row.persons}人）", priority=URGENT,
        )  # fmt: skip
    messaging.queue(
        "complaints.received", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"number": str(row.number), "owner": people.get_staff(row.owner_id).name},
    )  # fmt: skip
    return Received(row.pk, row.number, False)


def _since(received_on: date | None, at: datetime) -> datetime | None:
    """
    The first moment of an earlier day of receipt; None where it came today.

    :raises BadComplaint: a day to come, or one so long ago that it must be a slip.
    """
    if received_on is None or received_on == day_of(at):
        return None
    if not timedelta(0) < day_of(at) - received_on <= timedelta(days=BACK_DAYS):
        raise BadComplaint(_("收到日应为今天或之前九十天内的一天"))
    return datetime.combine(received_on, time(), CHINA)


def _check(channel: str, told: Told) -> None:
    if (
        channel not in rules.CHANNELS
        or told.business not in rules.BUSINESSES
        or told.reason not in rules.REASONS
    ):
        raise BadComplaint(_("请选择哪方面不满意"))
    if not 4 <= len(told.words.strip()) <= WORDS_MAX or len(told.demand.strip()) > WORDS_MAX:
        raise BadComplaint(_("请写明发生了什么，不超过4000字"))
    if not 1 <= told.persons <= 100_000:
        raise BadComplaint(_("投诉人数填写有误"))
    if len(told.representatives) > rules.REPRESENTATIVES_MAX:
        raise TooManyRepresentatives
    if channel == "REGULATOR" and not told.regulator_number.strip():
        raise BadComplaint(_("监管转办的投诉须填写转办编号"))
    if len(told.regulator_number.strip()) > 40:
        raise BadComplaint(_("转办编号过长"))


def _owner(office_id: int, access: Access | None, against: Collection[int]) -> int:
    if access is not None and not rules.is_interested(access.staff_id, against):
        return access.staff_id
    return least_burdened(office_id, against)


def least_burdened(office_id: int, against: Collection[int]) -> int:
    """The colleague with the fewest open cases who may handle them there and is not concerned."""
    may = [
        staff_id
        for staff_id, _name in people.list_colleagues(office_id, "complaints.handle")
        if not rules.is_interested(staff_id, against)
    ]
    if not may:
        raise BadComplaint(
            _("该机构没有可以受理投诉的人员"), hint=_("请致电客服热线，由总公司受理。")
        )
    held = dict(
        Complaint.objects.filter(owner_id__in=may, state=rules.OPEN)
        .values_list("owner_id")
        .annotate(n=Count("id"))
    )
    return min(may, key=lambda staff_id: (held.get(staff_id, 0), staff_id))


def _join(party_id: int, channel: str, told: Told, actor: Ref, at: datetime) -> Received:
    row = Complaint.objects.select_for_update(of=("self",)).get(
        Q(state=rules.OPEN), party_id=party_id, business=told.business, about=str(told.about or "")
    )
    row.times_received += 1
    row.save(update_fields=["times_received"])
    keep_word(row, kind="SAID", text=told.words.strip(), proof="", actor=actor, at=at)
    say(row, events.ComplaintJoined(channel=channel), actor=actor, at=at)
    work.press_item(QUEUE, about=row.ref, at=at, priority=URGENT, due_at=at)
    return Received(row.pk, str(row.number), True)
