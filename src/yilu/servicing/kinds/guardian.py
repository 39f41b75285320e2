"""登记监护人: somebody acts for a minor or a grown-up who cannot act."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people
from yilu.people import queries
from yilu.servicing.frame import CHOICE, PERSON, Case, Effect, Field, Form, Kind, Quote

GROUNDS = (
    ("PARENT", _("父母")), ("APPOINTED", _("依法指定的监护人")), ("AGREED", _("意定监护人")),
)  # fmt: skip


class OwnGuardian(Refusal):
    """Nobody is their own guardian."""

    code = "own_guardian"
    message = _("被监护人不能是您自己")
    hint = _("请填写由您监护的人的姓名和证件号码。")
    status = 422


def check(case: Case, form: Form) -> None:
    """:raises OwnGuardian: the ward is the asker."""
    if form["ward"] == case.asker_id:
        raise OwnGuardian


def quote(case: Case, form: Form, on: date) -> Quote:
    """A person reads the proof."""
    return Quote(effective_on=on, refer=_("需要核对监护关系证明"))


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """The asker may act for them from now on."""
    people.name_guardian(
        ward_id=form["ward"], guardian_id=case.asker_id, ground=form["ground"], actor=actor, at=at
    )
    return Effect(
        rows=(
            (_("被监护人"), queries.get_party(form["ward"]).name),
            (_("监护依据"), dict(GROUNDS)[form["ground"]]),
        )
    )


KIND = Kind(
    code="guardian",
    name=_("登记监护人"),
    group="PEOPLE",
    in_words=_("为未成年人或不能自己办事的成年人登记监护人，登记后由监护人代为办理其保单业务。"),
    fields=(
        Field(name="ward", label=_("被监护人的姓名和身份证号码"), kind=PERSON),
        Field(name="ground", label=_("您是"), kind=CHOICE, choices=GROUNDS),
    ),
    papers=True,
    check=check,
    quote=quote,
    apply=apply,
    about_policy=False,
)
