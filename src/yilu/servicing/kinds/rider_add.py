"""新增附加险: priced at once, looked at by a person, in force when its premium is here."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal, Sentence
from yilu.kernel.money import said_yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.kernel.years import full_years
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.products import queries as products
from yilu.products.offering import MODES
from yilu.servicing.frame import (
    CHOICE,
    LONG,
    MONEY,
    Case,
    Effect,
    Field,
    Form,
    Kind,
    Quote,
    QuoteLine,
)
from yilu.servicing.kinds.fitting import covering, takes_riders
from yilu.servicing.kinds.paying import PAY_FROM, require_own_account, told
from yilu.servicing.kinds.reinstatement import HEALTH


class NoRiders(Refusal):
    """Nothing may be added to this contract."""

    code = "no_riders"
    message = _("目前没有可加在这张保单上的附加险")
    hint = _("可以联系服务人员了解其他保障方案。")


class BornUnknown(Invalid):
    """No price without an age."""

    code = "born_unknown"
    message = _("被保险人的出生日期未登记，不能试算保险费")
    hint = _("请先办理“更正姓名、证件信息”。")


def riders(case: Case) -> tuple[tuple[str, str], ...]:
    """What may hang on this product; a waiver is agreed with the contract itself."""
    kind = case.policy.kind
    return tuple(
        (o.code, o.name)
        for o in products.list_offers(case.on)
        if kind in o.rider_to and not o.waives_for
    )


def check(case: Case, form: Form) -> None:
    """:raises NoRiders, PriceNotOffered, PolicyRestrained, PolicyLapsed …: with the way on."""
    policies.require_changeable(case.policy.id, states=policies.COVERING)
    if not riders(case):
        raise NoRiders
    _price(case, form, case.on)
    require_own_account(case, form)


def quote(case: Case, form: Form, on: date) -> Quote:
    """The first premium; a person looks at what was declared."""
    premium = _price(case, form, on)
    return Quote(
        effective_on=on,
        lines=(
            QuoteLine(_("保额"), form["sum_insured"]),
            QuoteLine(
                _("首期保险费"),
                premium,
                -1,
                Sentence(
                    _("{mode}，和主险一样；一年一续，续保前会先征求您同意"),
                    mode=MODES[_mode(case, form, on)],
                ),
            ),
        ),
        collects=premium,
        account_id=form["account_id"],
        refer=_("新增保障，需要核保人员确认健康告知"),
        warnings=(_("附加险自保险费到账当日起生效，等待期和责任免除以条款为准。"),),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """
    Issued beside the main policy, paid as that is.

    :raises ValueChanged: the main contract is paid at another frequency by now.
    """
    if _price(case, form, quote.effective_on) != quote.collects:
        raise policies.ValueChanged
    offer = products.get_offer(form["rider"], case.on)
    made = policies.add_rider(
        policy_id=case.policy.id, actor=actor, at=at,
        new=policies.NewPolicy(
            product_code=form["rider"], holder_id=case.policy.holder_id,
            insured_id=case.policy.insured_id, office_id=case.policy.office_id,
            agent_id=case.policy.agent_id, channel="ONLINE", effective_on=day_of(at),
            sum_insured=form["sum_insured"], premium=quote.collects,
            pay_mode=_mode(case, form, day_of(at)),
            pay_years=offer.pay_years[0], main_id=case.policy.id,
            with_social_insurance=_social(offer.social_insurance, case),
        ),
    )  # fmt: skip
    return Effect(
        rows=(
            (_("附加险"), offer.name),
            (_("附加险保单号"), made.number),
            (_("保额"), told(form["sum_insured"])),
        )
    )


def _price(case: Case, form: Form, on: date) -> Decimal:
    insured = people.get_party(case.policy.insured_id)
    if insured.birth_date is None:
        raise BornUnknown
    offer = products.get_offer(form["rider"], on)
    if not offer.sum_from <= form["sum_insured"] <= offer.sum_to:
        raise products.PriceNotOffered(
            Sentence(
                _("保额要在 {least} 至 {most} 元之间"),
                least=said_yuan(offer.sum_from),
                most=said_yuan(offer.sum_to),
            )
        )
    price = products.price(
        offer.version_id, sex=insured.sex or "MALE", age=full_years(insured.birth_date, on),
        sum_insured=form["sum_insured"], pay_years=offer.pay_years[0],
        pay_mode=_mode(case, form, on),
        with_social_insurance=_social(offer.social_insurance, case),
    )  # fmt: skip
    return price.premium


def _mode(case: Case, form: Form, on: date) -> str:
    """A rider is paid as its main contract is, where it is sold so; otherwise by the year."""
    offered = products.get_offer(form["rider"], on).pay_modes
    return case.policy.pay_mode if case.policy.pay_mode in offered else "YEARLY"


def _social(asked: str, case: Case) -> bool:
    return asked == "REQUIRED" or (asked != "WITHOUT" and case.policy.with_social_insurance)


KIND = Kind(
    code="rider_add",
    name=_("新增附加险"),
    group="COVER",
    in_words=_("在主险上加一份附加险。先算保险费，核保人员确认后交费，到账当日起生效。"),
    fields=(
        Field(name="rider", label=_("加哪一种"), kind=CHOICE, choices=riders),
        Field(name="sum_insured", label=_("保额（元）"), kind=MONEY),
        Field(name="health", label=_("被保险人最近两年的健康情况"), kind=CHOICE, choices=HEALTH),
        Field(
            name="changes", label=_("有哪些变化"), kind=LONG, most=500, only_if=("health", "CHANGED")
        ),
        PAY_FROM,
    ),
    open_if=(covering, takes_riders),
    check=check,
    quote=quote,
    apply=apply,
)  # fmt: skip
