"""
Groups whose members may be paid in advance (特定人员预付, A74): proposed by one, put in force by another.

When a member is reported for, whoever assesses is asked to look at once what can be paid first; the
payment itself is the undisputed part (先行赔付), with its own rights and limits.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError
from django.db.models import Q

from yilu.claims import named_events as events
from yilu.claims.models import ClaimType, NamedGroup, NamedPerson
from yilu.claims.rules import promises
from yilu.claims.rules.lifecycle import ENDED
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Refusal, Stale
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import operations as work

from .holding import hold
from .promising import due
from .refusals import NotForOneself, need_reason

QUEUE = "claims.advance"
RIGHT = "claims.review"


class NamedGroupNotFound(NotFound):
    """No such group."""

    code = "named_group_not_found"
    message = _("没有找到这个特定人群")


class GroupDecided(Stale):
    """Somebody decided or ended it meanwhile."""

    code = "group_decided"
    message = _("这个特定人群的状态已经变了")
    hint = _("请刷新页面查看。")


class GroupKnown(Refusal):
    """One of that name stands or waits."""

    code = "group_known"
    message = _("同名的特定人群已经存在")
    hint = _("请查看现有的，或换一个名称。")


class BadGroup(Invalid):
    """It does not say who belongs."""

    code = "bad_group"
    message = _("请写明名称，以及哪些人、凭什么证明")


class BadNamedDay(Invalid):
    """A last day that is gone."""

    code = "bad_named_day"
    message = _("有效期须在今天以后")


class NamedAlready(Refusal):
    """They are in the group."""

    code = "named_already"
    message = _("这位客户已经在名单里")


class NotNamed(NotFound):
    """They are not in the group."""

    code = "not_named"
    message = _("名单里没有这位客户")


@tx.use_case
def propose_named_group(
    *, title: str, words: str, until: date | None = None, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Propose a group; it counts once another person has put it in force. Its id.

    :raises NotAllowed: without ``claims.review``. :raises BadGroup: without name or words.
    :raises BadNamedDay: a day gone by. :raises GroupKnown: one of that name.
    """
    access.require(RIGHT)
    name = " ".join(title.split())
    if not 2 <= len(name) <= 60 or not 5 <= len(words.strip()) <= 500:
        raise BadGroup
    _check_day(until, at)
    try:
        with tx.savepoint():
            group = NamedGroup.objects.create(
                title=name, words=words.strip(), until=until, proposed_by=str(actor), proposed_at=at
            )
    except IntegrityError:
        raise GroupKnown from None
    journal.record(
        events.NamedGroupProposed(group_id=group.pk), about=group.ref, actor=actor, at=at
    )
    return group.pk


@tx.use_case
def decide_named_group(
    *, group_id: int, approve: bool, reason: str = "", access: Access, actor: Ref, at: datetime
) -> None:
    """
    Put a proposed group in force, or refuse it with reasons.

    :raises NotAllowed: without ``claims.review``. :raises NotForOneself: whoever proposed it.
    :raises GroupDecided: it waits no more. :raises ReasonMissing: a refusal without reasons.
    """
    access.require(RIGHT)
    group = _held(group_id)
    if group.state != NamedGroup.State.PROPOSED:
        raise GroupDecided
    if group.proposed_by == str(actor):
        raise NotForOneself
    group.state = NamedGroup.State.STANDING if approve else NamedGroup.State.REFUSED
    group.reason = reason.strip()[:300] if approve else need_reason(reason)[:300]
    group.decided_by, group.decided_at = str(actor), at
    group.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    journal.record(
        events.NamedGroupDecided(group_id=group.pk, approved=approve),
        about=group.ref, actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def end_named_group(
    *, group_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    The group counts no more from now on; what was paid stays.

    :raises NotAllowed: without ``claims.review``. :raises GroupDecided: it does not stand.
    :raises ReasonMissing: no reason.
    """
    access.require(RIGHT)
    group = _held(group_id)
    if group.state != NamedGroup.State.STANDING:
        raise GroupDecided
    group.state, group.reason = NamedGroup.State.ENDED, need_reason(reason)[:300]
    group.ended_by, group.ended_at = str(actor), at
    group.save(update_fields=["state", "reason", "ended_by", "ended_at"])
    journal.record(events.NamedGroupEnded(group_id=group.pk), about=group.ref, actor=actor, at=at)


@tx.use_case
def name_person(
    *, group_id: int, party_id: int, paper: str, until: date | None = None, access: Access,
    actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Enter somebody whose paper one has seen.

    :raises NotAllowed: without ``claims.register`` over their office. :raises GroupDecided: it does not stand.
    :raises PartyNotFound: nobody. :raises ReasonMissing: no paper named. :raises BadNamedDay, NamedAlready.
    """
    group = _held(group_id)
    access.require("claims.register", office_id=people.get_party(party_id).office_id)
    if group.state != NamedGroup.State.STANDING:
        raise GroupDecided
    _check_day(until, at)
    seen = need_reason(paper, what=_("凭什么证明"), least=2)[:200]
    try:
        with tx.savepoint():
            NamedPerson.objects.create(
                group=group, party_id=party_id, paper=seen, until=until, named_by=str(actor),
                named_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise NamedAlready from None
    journal.record(
        events.PersonNamed(group_id=group.pk), about=group.ref, actor=actor, at=at, party=party_id
    )


@tx.use_case
def unname_person(
    *, group_id: int, party_id: int, access: Access, actor: Ref, at: datetime
) -> None:
    """Take somebody off the list. :raises NotNamed: they are not on it. :raises NotAllowed: as for naming."""
    access.require("claims.register", office_id=people.get_party(party_id).office_id)
    ended = NamedPerson.objects.filter(
        group_id=group_id, party_id=party_id, ended_at__isnull=True
    ).update(ended_by=str(actor), ended_at=at)
    if not ended:
        raise NotNamed
    journal.record(
        events.PersonUnnamed(group_id=group_id),
        about=Ref("named_group", group_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip


def named_in(party_id: int, on: date) -> str:
    """The group somebody is in on a day, by its name; empty where in none. One statement."""
    still = Q(until__isnull=True) | Q(until__gte=on)
    group_still = Q(group__until__isnull=True) | Q(group__until__gte=on)
    found = NamedPerson.objects.filter(
        still, group_still, party_id=party_id, ended_at__isnull=True, group__state="STANDING"
    )
    return found.order_by("pk").values_list("group__title", flat=True).first() or ""


@tx.step
def look_for_advance(claim_id: int, *, at: datetime) -> bool:
    """A loss of somebody named was reported: an assessor is asked to see what can be paid first. Whether so."""
    held = hold(claim_id)
    group = named_in(held.insured_id, day_of(at))
    if not group or held.state in ENDED:
        return False
    work.open_item(
        QUEUE, about=held.ref, office_id=held.office_id, at=at, priority=20,
        title=f"{group}·{ClaimType(held.claim_type).label}：看看能先付多少",
        party_id=held.claimant_id, due_at=due(promises.CONTACT, office_id=held.office_id, at=at),
    )  # fmt: skip
    return True


def _held(group_id: int) -> NamedGroup:
    group = NamedGroup.objects.select_for_update(of=("self",)).filter(pk=group_id).first()
    if group is None:
        raise NamedGroupNotFound
    return group


def _check_day(until: date | None, at: datetime) -> None:
    if until is not None and until <= day_of(at):
        raise BadNamedDay
