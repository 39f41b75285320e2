"""A product is taken off sale (停售): proposed by one, confirmed by another. Contracts go on under their wording."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.products.events import SaleEndConfirmed, SaleEndDropped, SaleEndProposed
from yilu.products.models import EndOfSale, ProductVersion

REASON_MIN, REASON_MAX = 4, 200
AHEAD_MAX = 366
"""A year ahead at most: what lies further off is decided when it comes near."""


class VersionNotFound(NotFound):
    """There is no such version."""

    code = "version_not_found"
    message = _("没有这个产品版本")
    hint = _("请从产品列表进入。")


class NotOnSale(Stale):
    """Its last day is set already, by a newer version or by an end of sale."""

    code = "not_on_sale"
    message = _("这个版本的停售日期已经确定")
    hint = _("请刷新页面查看；在售的可能是更新的版本。")


class EndProposedAlready(Stale):
    """A colleague proposed it first."""

    code = "end_of_sale_proposed"
    message = _("这个产品已有一份停售申请等待复核")
    hint = _("请刷新页面，复核或放弃那一份。")


class NoEndProposed(Stale):
    """Confirmed or dropped meanwhile."""

    code = "no_end_of_sale"
    message = _("没有等待复核的停售申请")
    hint = _("可能已由同事复核或放弃，请刷新页面核对。")


class BadLastDay(Invalid):
    """What was applied for on a day was applied for under what was on sale then."""

    code = "bad_last_day"
    message = _("最后销售日不对")
    hint = _("须在今天到一年以内，且不早于开售日：已经过去的日子不能改。")


class EndReasonMissing(Invalid):
    """Whoever takes a product off sale says why."""

    code = "end_of_sale_reason"
    message = _("请写明停售原因")
    hint = _("四个字以上，二百字以内；复核的同事和日后查阅的人都看得到。")


class SameHandsEndSale(NotAllowed):
    """Whoever proposed it does not confirm it."""

    code = "same_hands_end_sale"
    message = _("提出停售的人不能自己复核")
    hint = _("请由另一位有权限的同事复核。")


@tx.use_case
def propose_end_of_sale(
    *, version_id: int, last_day: date, reason: str, actor: Ref, at: datetime
) -> int:
    """
    Propose the last day on which a version may be applied for; its id. Nothing changes yet.

    :raises VersionNotFound: none. :raises NotOnSale: it ends anyway. :raises BadLastDay: a day gone by, before
        its first, or more than a year off. :raises EndReasonMissing: none. :raises EndProposedAlready.
    """
    version = _held(version_id)
    why = reason.strip()
    if not REASON_MIN <= len(why) <= REASON_MAX:
        raise EndReasonMissing
    today = day_of(at)
    if not max(today, version.valid_from) <= last_day <= today + timedelta(days=AHEAD_MAX):
        raise BadLastDay
    try:
        with tx.savepoint():
            made = EndOfSale.objects.create(
                product_version=version, last_day=last_day, reason=why,
                proposed_by=str(actor), proposed_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise EndProposedAlready from None
    journal.record(
        SaleEndProposed(version_id=version.pk, last_day=last_day.isoformat()),
        about=Ref("product_version", version.pk), actor=actor, at=at,
    )  # fmt: skip
    return made.pk


@tx.use_case
def confirm_end_of_sale(*, version_id: int, actor: Ref, at: datetime) -> date:
    """
    Agree: after the last day nobody applies for it or renews a contract into it; the last day.

    It is today at the earliest, however long the proposal lay. What was applied for until then, contracts,
    and renewals that were promised go on under their wording.

    :raises NoEndProposed: none waits. :raises SameHandsEndSale: for whoever proposed it.
    :raises NotOnSale: a newer version was published meanwhile.
    """
    version = _held(version_id)
    end = _proposal(version)
    if end.proposed_by == str(actor):
        raise SameHandsEndSale
    last_day = max(end.last_day, day_of(at))
    EndOfSale.objects.filter(pk=end.pk).update(
        state=EndOfSale.State.CONFIRMED, last_day=last_day, decided_by=str(actor), decided_at=at
    )
    ProductVersion.objects.filter(pk=version.pk).update(valid_to=last_day + timedelta(days=1))
    journal.record(
        SaleEndConfirmed(version_id=version.pk, last_day=last_day.isoformat()),
        about=Ref("product_version", version.pk), actor=actor, at=at,
    )  # fmt: skip
    return last_day


@tx.use_case
def drop_end_of_sale(*, version_id: int, actor: Ref, at: datetime) -> None:
    """
    Give a proposal up; whoever proposed it may. :raises NoEndProposed: none waits.

    :raises VersionNotFound: none.
    """
    version = _held(version_id, may_have_ended=True)
    end = _proposal(version)
    EndOfSale.objects.filter(pk=end.pk).update(
        state=EndOfSale.State.DROPPED, decided_by=str(actor), decided_at=at
    )
    journal.record(
        SaleEndDropped(version_id=version.pk),
        about=Ref("product_version", version.pk), actor=actor, at=at,
    )  # fmt: skip


def _held(version_id: int, *, may_have_ended: bool = False) -> ProductVersion:
    version = ProductVersion.objects.select_for_update(of=("self",)).filter(pk=version_id).first()
    if version is None:
        raise VersionNotFound
    if version.valid_to is not None and not may_have_ended:
        raise NotOnSale
    return version


def _proposal(version: ProductVersion) -> EndOfSale:
    end = EndOfSale.objects.filter(product_version=version, state=EndOfSale.State.PROPOSED).first()
    if end is None:
        raise NoEndProposed
    return end
