"""A person's calendar: what its address gives, and how it is set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound
from yilu.kernel.words import marked as _
from yilu.policies import queries as policies
from yilu.renewals.models import CalendarFeed
from yilu.renewals.operations.subscribing import digest_of
from yilu.renewals.rules.calendars import Entry, write

AHEAD_DAYS = 400
"""How far ahead the calendar looks: a year and a bit."""


class CalendarGone(NotFound):
    """No such address, or it was revoked: in the same words."""

    code = "calendar_gone"
    message = _("没有找到这个日历")
    hint = _("它可能已经停用；请登录后在“我的缴费”中重新开通。")


@dataclass(frozen=True, slots=True)
class CalendarView:
    """How a subscription is set (日历订阅)."""

    alarm_days: tuple[int, ...]
    shows_amounts: bool
    shows_products: bool
    made_at: datetime


def find_calendar(party_id: int) -> CalendarView | None:
    """A person's subscription, if they have one."""
    feed = CalendarFeed.objects.filter(party_id=party_id, revoked_at=None).first()
    if feed is None:
        return None
    return CalendarView(
        tuple(feed.alarm_days), feed.shows_amounts, feed.shows_products, feed.made_at
    )


def calendar_of(token: str, at: datetime) -> bytes:
    """
    The calendar behind an address: premiums, benefits and ends of cover of the coming year, as much as
    the holder wishes to show.

    Whoever has the address can read it, so it never holds a name or a number. :raises CalendarGone:
    no such address, or revoked.
    """
    feed = CalendarFeed.objects.filter(token_digest=digest_of(token), revoked_at=None).first()
    if feed is None:
        raise CalendarGone
    today = day_of(at)
    until = today + timedelta(days=AHEAD_DAYS)
    entries = [_entry(feed, each) for each in policies.due_days(feed.party_id, until)]
    entries += [_given(feed, each) for each in policies.giving_days(feed.party_id, today, until)]
    return write(
        sorted(entries, key=lambda e: (e.day, e.uid)),
        name="缴费日历", alarm_days=feed.alarm_days, at=at,
    )  # fmt: skip


def _entry(feed: CalendarFeed, due: policies.DueDay) -> Entry:
    title = "续期保险费应交日"
    if feed.shows_products:
        title += f"：{due.product_name}"
    if feed.shows_amounts:
        title += f" {due.premium:,.2f} 元"
    # The same event again keeps its name; the token's digest says nothing about who it is.
    uid = f"{feed.token_digest[:16]}-{due.nth}-{due.due_on:%Y%m%d}@yilu"
    words = "请在应交日前后于“我的缴费”中交纳；逾期有宽限期，以合同为准。"
    return Entry(uid, due.due_on, title, words)


def _given(feed: CalendarFeed, each: policies.GivingDay) -> Entry:
    ends = each.amount is None
    title = "保险期间届满" if ends else "生存金或满期金领取日"
    if feed.shows_products:
        title += f"：{each.product_name}"
    if feed.shows_amounts and each.amount is not None:
        title += f" {each.amount:,.2f} 元"
    uid = f"{feed.token_digest[:16]}-g{each.nth}-{each.code}-{each.on:%Y%m%d}@yilu"
    words = (
        "从这一天零时起不再提供保障；此前发生的事故仍可申请理赔。"
        if ends
        else "到期后在保全大厅领取，或按您的选择转账、留存生息；请核对收款账户。"
    )
    return Entry(uid, each.on, title, words)
