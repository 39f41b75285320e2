"""变更职业: the premium follows from the next due day, or a person looks."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.servicing.frame import (
    CHOICE,
    HOLDER,
    INSURED,
    Case,
    Effect,
    Field,
    Form,
    Kind,
    Quote,
    QuoteLine,
)
from yilu.servicing.kinds.fitting import covering
from yilu.servicing.kinds.paying import told

CLASSES = (
    ("1", _("1 类：室内办公、教学、医护等")), ("2", _("2 类：外勤、销售、餐饮等")),
    ("3", _("3 类：驾驶、维修、生产操作等")), ("4", _("4 类：建筑装修、货运、农机等")),
    ("5", _("5 类：高处作业、井下辅助等")), ("6", _("6 类：井下、潜水、爆破等高风险作业")),
)  # fmt: skip
DANGEROUS = 4
"""From this class on a person looks at it before it takes effect."""


def check(case: Case, form: Form) -> None:
    """:raises SameAsBefore: the same class. :raises PriceNotOffered: not covered by the product."""
    policies.occupation_offer(
        policy_id=case.policy.id, occupation_class=int(form["occupation_class"])
    )


def quote(case: Case, form: Form, on: date) -> Quote:
    """What the next instalment will be; nothing now."""
    chosen = int(form["occupation_class"])
    offer = policies.occupation_offer(policy_id=case.policy.id, occupation_class=chosen)
    dangerous = chosen >= DANGEROUS and chosen > offer.occupation_class
    return Quote(
        effective_on=on,
        lines=(
            QuoteLine(_("现在每期保险费"), case.policy.premium),
            QuoteLine(_("变更后每期保险费"), offer.premium, 0, _("自下一交费日起")),
        ),
        warnings=(_("职业风险增加未告知的，可能影响理赔；请如实填写。"),),
        refer=_("职业风险升高，需要核保人员确认") if dangerous else "",
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """The class stands; the premium follows."""
    premium = policies.change_occupation(
        policy_id=case.policy.id, occupation_class=int(form["occupation_class"]), actor=actor, at=at
    )
    return Effect(
        rows=(
            (_("职业"), form["work"]),
            (_("职业类别"), dict(CLASSES)[form["occupation_class"]]),
            (_("每期保险费"), told(premium)),
        )
    )


KIND = Kind(
    code="occupation",
    name=_("变更职业"),
    group="PEOPLE",
    in_words=_(
        "被保险人换了工作，请告诉我们。保险费自下一交费日起按新的职业类别计算，先算给您看再确认。"
    ),
    who=frozenset({HOLDER, INSURED}),
    fields=(
        Field(name="work", label=_("现在做什么工作"), most=60),
        Field(name="occupation_class", label=_("职业类别"), kind=CHOICE, choices=CLASSES),
    ),
    open_if=(covering,),
    check=check,
    quote=quote,
    apply=apply,
)
