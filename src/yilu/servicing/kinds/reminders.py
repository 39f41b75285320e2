"""续期提醒设置."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people
from yilu.people import queries
from yilu.servicing.frame import CHOICE, YES_NO, Case, Effect, Field, Form, Kind, Quote

WAYS = (
    ("SMS", _("短信")), ("WECHAT", _("微信")), ("PHONE", _("电话")), ("CALENDAR", _("日历订阅")),
)  # fmt: skip
DAYS = (("7", _("7 天")), ("15", _("15 天")), ("30", _("30 天")), ("60", _("60 天")))


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """The daily run of renewals goes by it."""
    people.set_reminders(
        party_id=case.asker_id, reminded=form["reminded"], reminder=form["way"] or "SMS",
        days=int(form["days"] or 30), actor=actor, at=at,
    )  # fmt: skip
    if not form["reminded"]:
        return Effect(rows=((_("续期提醒"), _("不提醒")),))
    return Effect(
        rows=((_("提醒方式"), dict(WAYS)[form["way"]]), (_("提前多久"), dict(DAYS)[form["days"]]))
    )


KIND = Kind(
    code="reminders",
    name=_("续期提醒设置"),
    group="PREMIUM",
    in_words=_("选择交费到期前怎么提醒您、提前多少天。法律要求的通知仍会送达。"),
    fields=(
        Field(
            name="reminded", label=_("需要提醒"), kind=YES_NO,
            given=lambda case: queries.service_wishes(case.asker_id).reminded,
        ),
        Field(
            name="way", label=_("怎么提醒"), kind=CHOICE, choices=WAYS, only_if=("reminded", "yes"),
            given=lambda case: queries.service_wishes(case.asker_id).reminder,
        ),
        Field(
            name="days", label=_("提前多久"), kind=CHOICE, choices=DAYS, only_if=("reminded", "yes"),
            given=lambda case: str(queries.service_wishes(case.asker_id).reminder_days),
        ),
    ),
    apply=apply,
    about_policy=False,
    letter=False,
)  # fmt: skip
