"""What a chat answers from the customer's own data: where it stands, when it is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yilu.claims import queries as claims
from yilu.contact.operations import Prepared
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.policies import queries as policies
from yilu.renewals import queries as renewals
from yilu.servicing import queries as servicing
from yilu.web.common.templatetags.yilu import full_day, plain_money

SHOWN = 3
OVER = {"CLOSED", "WITHDRAWN", "MERGED"}
STARTERS = (
    gettext_noop("我的理赔到哪一步了？"),
    gettext_noop("我的保费什么时候到期？"),
    gettext_noop("理赔需要什么资料？"),
    gettext_noop("保单可以贷款吗？"),
)
"""What most people come with, to tap instead of type."""


def answer(code: str, me: Ref, at: datetime, *, by_voice: bool = False) -> Prepared | None:
    """
    The answer to one kind of question about one's own things; None for a kind we do not know.

    ``by_voice``: somebody at a telephone hears it, who has keys and no pages.
    """
    made = _ANSWERS.get(code)
    return made(me, at, by_voice) if made is not None else None


def _claims(me: Ref, at: datetime, by_voice: bool) -> Prepared:
    mine = claims.list_for_party(me.id)
    moving = [c for c in mine if c.state not in OVER]
    lines = [
        _("%(kind)s（%(number)s）：%(state)s。%(waits)s")
        % {
            "kind": _(c.claim_type_label), "number": c.number, "state": _(c.state_label),
            "waits": f"{_(c.waits_for)}。" if c.waits_for else "",
        }
        for c in (moving or mine)[:SHOWN]
    ]  # fmt: skip
    if not lines:
        lines = [
            _("您名下没有理赔。需要报案的，回主菜单后按 1。")
            if by_voice
            else _("您名下没有理赔。需要报案的，点首页的“我要报案”。")
        ]
    elif not moving:
        lines.insert(0, _("没有在办的理赔，最近办完的是："))
    return Prepared("\n".join(lines), _("您的理赔记录，此刻"))


def _premiums(me: Ref, at: datetime, by_voice: bool) -> Prepared:
    dues = [d for d in renewals.list_dues(me.id, day_of(at)) if d.state == "OPEN"]
    lines = [
        _("%(product)s：%(day)s 应交 %(amount)s 元，最迟 %(last)s。")
        % {
            "product": _(d.product), "day": full_day(d.due_on), "amount": plain_money(d.amount),
            "last": full_day(d.grace_ends_on),
        }
        for d in dues[:SHOWN]
    ]  # fmt: skip
    if lines:
        if not by_voice:
            lines.append(_("在“我的缴费”可以一次付清。"))
        return Prepared("\n".join(lines), _("您的缴费记录，此刻"))
    coming = sorted(
        (p.paid_to, p.product_name)
        for p in policies.list_for_party(me.id)
        if p.holder_id == me.id and p.paid_to is not None and p.paid_to >= day_of(at)
    )
    lines = [
        _("%(product)s：下次交费 %(day)s。") % {"product": _(name), "day": full_day(day)}
        for day, name in coming[:SHOWN]
    ]
    return Prepared("\n".join(lines) or _("您没有需要交的保费。"), _("您的保单，此刻"))


def _policies(me: Ref, at: datetime, by_voice: bool) -> Prepared:
    mine = policies.list_for_party(me.id)
    lines = [f"{_(p.product_name)}（{p.number}）：{_(p.state_label)}" for p in mine[:6]]
    if len(mine) > len(lines):
        more = (
            _("共 %(n)s 张，其余请转人工查询。")
            if by_voice
            else _("共 %(n)s 张，其余在首页“我的保单”。")
        )
        lines.append(more % {"n": len(mine)})
    return Prepared("\n".join(lines) or _("没有查到您名下的保单。"), _("您的保单，此刻"))


def _requests(me: Ref, at: datetime, by_voice: bool) -> Prepared:
    rows = servicing.list_for_customer(me.id)[:SHOWN]
    lines = [f"{_(r.name)}（{r.number}）：{_(r.state_label)}" for r in rows]
    return Prepared("\n".join(lines) or _("您没有提交过保全申请。"), _("您的办理记录，此刻"))


_ANSWERS: dict[str, Callable[[Ref, datetime, bool], Prepared]] = {
    "claim_progress": _claims, "premium_due": _premiums, "my_policies": _policies,
    "request_progress": _requests,
}  # fmt: skip
