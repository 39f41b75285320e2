"""How somebody wants to be served: address, reminders, company; and that an account is closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import Party, ServicePreference
from yilu.people.queries.parties import PartyNotFound
from yilu.people.queries.service import ADDRESS_PLACE

REMINDER_DAYS = (7, 15, 30, 60)


class BadPreference(Invalid):
    """There is no such way or time, or the address is too short to find."""

    code = "bad_preference"
    message = _("服务偏好填写有误")
    hint = _("请在列出的选项中选择；地址请写到门牌号。")


@tx.step
def give_address(*, party_id: int, address: str, actor: Ref, at: datetime) -> None:
    """Where letters go (通讯地址变更). :raises BadPreference: too short or too long to be one."""
    text = " ".join(address.split())
    if not 6 <= len(text) <= 200:
        raise BadPreference(_("地址过短或过长"))
    _keep(party_id, {"address": sealing.seal(text, ADDRESS_PLACE)}, actor, at)


@tx.step
def set_reminders(
    *, party_id: int, reminded: bool, reminder: str, days: int, actor: Ref, at: datetime
) -> None:
    """Whether, how and how early a renewal is announced (续期提醒). :raises BadPreference: see there."""
    if reminder not in ServicePreference.Reminder.values or days not in REMINDER_DAYS:
        raise BadPreference
    changes = {"reminded": reminded, "reminder": reminder, "reminder_days": days}
    _keep(party_id, changes, actor, at)


@tx.step
def set_assistance(*, party_id: int, assisted: bool, actor: Ref, at: datetime) -> None:
    """Somebody of ours goes with them through what they ask for (陪同办理)."""
    _keep(party_id, {"assisted": assisted}, actor, at)


@tx.step
def end_sign_in(*, party_id: int, actor: Ref, at: datetime) -> None:
    """Close the account by which somebody signs in (注销账号); contracts and records stay."""
    closed = tx.changed(
        """
        update people_party set signs_in = false, session_epoch = session_epoch + 1
         where id = %s::bigint and merged_into_id is null and signs_in
        """,
        [party_id],
    )
    if closed:
        _say(party_id, ("signs_in",), actor, at)


def _keep(party_id: int, changes: dict[str, Any], actor: Ref, at: datetime) -> None:
    if not Party.objects.filter(pk=party_id, merged_into=None, erased_at=None).exists():
        raise PartyNotFound()
    ServicePreference.objects.update_or_create(
        party_id=party_id, defaults={**changes, "changed_at": at}
    )
    _say(party_id, tuple(sorted(changes)), actor, at)


def _say(party_id: int, names: tuple[str, ...], actor: Ref, at: datetime) -> None:
    journal.record(
        events.PartyChanged(party_id=party_id, fields=names),
        about=Ref("party", party_id), actor=actor, at=at, party=party_id,
    )  # fmt: skip
