"""变更投保人: another person takes the contract over."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.servicing.frame import CHOICE, INSURED, PERSON, Case, Effect, Field, Form, Kind, Quote
from yilu.servicing.kinds.fitting import free

RELATIONS = (
    ("SELF", _("被保险人本人")), ("PARENT", _("被保险人的父母")), ("SPOUSE", _("被保险人的配偶")),
    ("CHILD", _("被保险人的子女")), ("KIN", _("被保险人的其他近亲属")),
)  # fmt: skip
ADULT = 18


class NewHolderCannot(Refusal):
    """A holder is a grown-up and another person."""

    code = "new_holder_cannot"
    message = _("新投保人不符合条件")
    hint = _("新投保人应为年满 18 周岁、与被保险人有保险利益的其他人。")
    status = 422


def check(case: Case, form: Form) -> None:
    """:raises NewHolderCannot: the present holder, or a minor."""
    if form["new_holder"] is None:
        return
    if form["new_holder"] == case.policy.holder_id:
        raise NewHolderCannot(_("新投保人就是现在的投保人"))
    born = people.get_party(form["new_holder"]).birth_date
    if (
        born is not None
        and (case.on.year - born.year - ((case.on.month, case.on.day) < (born.month, born.day)))
        < ADULT
    ):
        raise NewHolderCannot(_("新投保人未满 18 周岁"))


def quote(case: Case, form: Form, on: date) -> Quote:
    """Nothing is paid; rights and duties pass."""
    return Quote(
        effective_on=on,
        warnings=(_("变更后，交费、借款、退保等权利和义务都归新投保人，自动扣款随之停止。"),),
        refer=_("需要核对新投保人的身份与保险利益"),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """The new holder holds it."""
    policies.change_holder(
        policy_id=case.policy.id, holder_id=form["new_holder"], reason="AGREEMENT", actor=actor,
        at=at,
    )  # fmt: skip
    return Effect(rows=((_("投保人"), people.get_party(form["new_holder"]).name),))


KIND = Kind(
    code="holder",
    name=_("变更投保人"),
    group="PEOPLE",
    in_words=_(
        "把保单交给另一位投保人。新投保人要与被保险人有保险利益，被保险人同意、资料核对后生效。"
    ),
    fields=(
        Field(name="new_holder", label=_("新投保人的姓名和身份证号码"), kind=PERSON),
        Field(name="relation", label=_("新投保人是"), kind=CHOICE, choices=RELATIONS),
    ),
    papers=True,
    open_if=(free,),
    check=check,
    quote=quote,
    apply=apply,
    second_party=INSURED,
)
