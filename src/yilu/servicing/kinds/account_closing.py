"""注销账号: the way one signs in is closed; contracts and what the law keeps stay."""

from __future__ import annotations

from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people
from yilu.servicing import events
from yilu.servicing.frame import CHOICE, YES_NO, Case, Effect, Field, Form, Kind, Quote

DATA = (
    ("KEEP", _("只注销账号，保留保单资料")), ("ERASE", _("同时申请删除法律允许删除的个人信息")),
)  # fmt: skip


class NotUnderstood(Refusal):
    """One has to say that one has read what happens."""

    code = "not_understood"
    message = _("请先确认您已了解注销的后果")
    hint = _("注销后不能再用手机号登录；保单、理赔和保障不受影响，可到柜面或致电办理。")
    status = 422


def check(case: Case, form: Form) -> None:
    """:raises NotUnderstood: without the tick."""
    if not form["understood"]:
        raise NotUnderstood


def quote(case: Case, form: Form, on: date) -> Quote:
    """In effect at once."""
    return Quote(
        effective_on=on,
        warnings=(
            _("保单继续有效，不会退保。注销后可到柜面核对身份重新开通。"),
            _("法律要求保存的记录（如交易、保单）到期后才删除。"),
        ),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Signed out everywhere, and no way in."""
    people.end_sign_in(party_id=case.asker_id, actor=actor, at=at)
    if form["data"] == "ERASE":
        people.note_data_request(party_id=case.asker_id, kind="DELETE", actor=actor, at=at)
    journal.record(
        events.AccountClosed(party_id=case.asker_id), about=Ref("party", case.asker_id),
        actor=actor, at=at, party=case.asker_id,
    )  # fmt: skip
    return Effect(rows=((_("登录账号"), _("已注销")),))


KIND = Kind(
    code="account_closing",
    name=_("注销账号"),
    group="SELF",
    in_words=_("不再用手机登录时，注销登录账号。保单和保障不受影响。"),
    fields=(
        Field(name="data", label=_("个人信息"), kind=CHOICE, choices=DATA),
        Field(name="understood", label=_("我知道注销后不能再登录，保单继续有效"), kind=YES_NO),
    ),
    check=check,
    quote=quote,
    apply=apply,
    about_policy=False,
    proves=True,
)
