"""红利领取方式."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.servicing.frame import CHOICE, Case, Effect, Field, Form, Kind, Quote
from yilu.servicing.kinds.fitting import free, participates

CHOICES = (
    ("CASH", _("现金领取")),
    ("ACCUMULATE", _("留在保险公司累积生息")),
    ("REDUCE", _("抵交下一期保险费")),
    ("ADDITIONS", _("购买交清增额（一次买下更多保额，以后不用再交费）")),
)


def choices(case: Case) -> tuple[tuple[str, str], ...]:
    """What can be done with a dividend of this contract: no other premium, nothing bought where the terms have none."""
    closed = set()
    if not policies.may_have_additions(case.policy.id, on=case.on):
        closed.add("ADDITIONS")
    if case.policy.paid_to is None:
        closed.add("REDUCE")
    return tuple((code, label) for code, label in CHOICES if code not in closed)


def check(case: Case, form: Form) -> None:
    """:raises PolicyRestrained …: as every change. :raises NoAdditions: no value that could be bought."""
    policies.require_changeable(case.policy.id)
    if form["choice"] == "ADDITIONS":
        policies.require_additions(case.policy.id, on=case.on)


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """From the next dividend on."""
    policies.set_dividend_option(
        policy_id=case.policy.id, option=form["choice"], actor=actor, at=at
    )
    return Effect(rows=((_("红利领取方式"), dict(CHOICES)[form["choice"]]),))


KIND = Kind(
    code="dividend_option",
    name=_("变更红利领取方式"),
    group="MONEY",
    in_words=_("分红型保单的红利怎么处理由您选；有红利派发时按新的选择办理。红利不保证。"),
    fields=(Field(name="choice", label=_("红利怎么处理"), kind=CHOICE, choices=choices),),
    open_if=(free, participates),
    check=check,
    apply=apply,
)
