"""姓名、证件更正: what was written down wrong, or has changed by law."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from yilu.kernel import identity, masks
from yilu.kernel.errors import Refusal, Sentence
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people
from yilu.policies import operations as policies
from yilu.servicing.frame import (
    ACCOUNT,
    CHOICE,
    IDENTITY,
    Case,
    Effect,
    Field,
    Form,
    Kind,
    Quote,
    QuoteLine,
)
from yilu.servicing.kinds.paying import require_own_account, told

REASONS = (
    ("WRONG", _("投保时填写有误")),
    ("RENAMED", _("依法改名")),
    ("NEW_CARD", _("证件号码依法变更")),
)


WAYS = (
    ("MAKE_UP", _("补交少交的保险费，保额不变")),
    ("REDUCE", _("不补交，保额按实交与应交保险费的比例降低")),
)


class NothingToCorrect(Refusal):
    """Neither name nor number was given."""

    code = "nothing_to_correct"
    message = _("请填写要更正的姓名或证件号码")
    hint = _("只填要改的那一项即可，另一项留空。")
    status = 422


class CardWanted(Refusal):
    """Money goes back: an account is wanted."""

    code = "card_wanted"
    message = _("按真实年龄核定后有保险费退还，请选择收款的银行卡")
    hint = _("只能退到您本人名下的银行卡；没有的先添加。")
    status = 422


def check(case: Case, form: Form) -> None:
    """
    :raises NothingToCorrect: neither name nor number was given. :raises CardWanted: premiums go back
        and no account is named. :raises AccountNotFound: another's account.
    """
    if not form["name"] and not form["identity"]:
        raise NothingToCorrect
    require_own_account(case, form)
    if _net(_own(case, _offers(case, form)), form) < ZERO and form["account_id"] is None:
        raise CardWanted


def _offers(case: Case, form: Form) -> tuple[policies.RerateOffer, ...]:
    """Every contract on the asker's life that the corrected number prices anew."""
    if not form["identity"]:
        return ()
    read = identity.read_identity("RESIDENT_ID", form["identity"], today=case.on)
    if read.birth_date is None:
        return ()
    return policies.rerate_offers(
        insured_id=case.asker_id, born=read.birth_date, sex=read.sex or ""
    )


def _own(case: Case, offers: tuple[policies.RerateOffer, ...]) -> list[policies.RerateOffer]:
    """Those that can be put right here: of contracts the asker holds too, with a price."""
    return [o for o in offers if o.holder_id == case.asker_id and not o.problem]


def _reduces(form: Form) -> bool:
    return form.get("way") == "REDUCE"


def _net(offers: list[policies.RerateOffer], form: Form) -> Decimal:
    """What comes in (above zero) or goes back; nobody makes up what lowers the sum insured instead."""
    return sum((o.difference for o in offers if o.difference < ZERO or not _reduces(form)), ZERO)


def quote(case: Case, form: Form, on: date) -> Quote:
    """
    Contract by contract what the true age makes of the premium, past and coming (保险法 32): too little
    paid is made up, or the sum insured becomes what it has bought (paid ÷ due, as a claim would be paid);
    too much goes back. A person compares the card before it takes effect.
    """
    offers = _offers(case, form)
    own = _own(case, offers)
    net, warnings = _net(own, form), []
    if own:
        warnings.append(
            _(
                "出生日期或性别与投保时不同：按真实情况重新核定保险费，少交的补交、多交的退还（保险法第三十二条）。"
            )
        )
    if any(o.problem for o in offers):
        warnings.append(_("有保单的真实年龄不在产品约定的范围内，由工作人员依法与您商定如何处理。"))
    if any(o.holder_id != case.asker_id and not o.problem for o in offers):
        warnings.append(_("您只是被保险人的保单，保险费差额由工作人员与投保人另行确认。"))
    return Quote(
        effective_on=on,
        lines=tuple(_line(o, _reduces(form)) for o in own),
        collects=max(net, ZERO), pays_customer=max(-net, ZERO), account_id=form["account_id"],
        purpose="REFUND", warnings=tuple(warnings), refer=_("需要与证件原件核对"),
        amount=abs(net),
    )  # fmt: skip


def _line(offer: policies.RerateOffer, reduces: bool) -> QuoteLine:
    if reduces and offer.difference > ZERO:
        return QuoteLine(
            Sentence(_("{product}：保额按比例降低"), product=offer.product_name), ZERO, 1,
            Sentence(
                _("保额 {before} × 实交 {paid} ÷ 应交 {due} = {after} 元，每期保险费不变"),
                before=offer.sum_before, paid=offer.premium_before, due=offer.premium_after,
                after=offer.sum_bought,
            ),
        )  # fmt: skip
    sign = -1 if offer.difference > ZERO else 1
    label = _("{product}：以往少交") if offer.difference > ZERO else _("{product}：以往多交")
    return QuoteLine(
        Sentence(label, product=offer.product_name), abs(offer.difference), sign,
        Sentence(
            _("每期保险费由 {before} 元改为 {after} 元，按投保年龄 {age} 岁"),
            before=offer.premium_before, after=offer.premium_after, age=offer.rated_age,
        ),
    )  # fmt: skip


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Every record of this person shows it; the contracts they hold on their own life are re-rated."""
    assert case.request is not None
    offers = _own(case, _offers(case, form))
    if _net(offers, form) != quote.collects - quote.pays_customer:
        raise policies.ValueChanged
    changes, rows = {}, []
    if form["name"]:
        changes["name"] = form["name"]
        rows.append((_("姓名"), form["name"]))
    if form["identity"]:
        changes |= {"identity_kind": "RESIDENT_ID", "identity_number": form["identity"]}
        rows.append((_("证件号码"), masks.mask_identity(form["identity"])))
    people.change_particulars(party_id=case.asker_id, changes=changes, actor=actor, at=at)
    for offer in offers:
        policies.correct_insured(
            policy_id=offer.policy_id, rated_age=offer.rated_age, rated_sex=offer.rated_sex,
            about=case.request, actor=actor, at=at, expected=offer.difference,
            reduce=_reduces(form),
        )  # fmt: skip
        bought = _reduces(form) and offer.difference > ZERO
        rows.append((offer.product_name, told(offer.sum_bought if bought else offer.premium_after)))
    return Effect(rows=tuple(rows))


KIND = Kind(
    code="particulars",
    name=_("更正姓名或证件号码"),
    group="CONTACT",
    in_words=_(
        "更正登记错的姓名、证件号码，或依法改名后更新。核对证件后办理，您名下所有保单一起更新。"
    ),
    fields=(
        Field(name="reason", label=_("为什么要更正"), kind=CHOICE, choices=REASONS),
        Field(name="name", label=_("正确的姓名"), required=False, most=40),
        Field(name="identity", label=_("正确的身份证号码"), kind=IDENTITY, required=False),
        Field(
            name="way",
            label=_("少交了保险费的，您想怎么办"),
            kind=CHOICE,
            choices=WAYS,
            required=False,
            help=_("出生日期更正后少交了保险费时用；不选的，按补交办理。"),
        ),
        Field(
            name="account_id",
            label=_("保险费差额退到或扣自哪张卡"),
            kind=ACCOUNT,
            required=False,
            help=_("出生日期或性别有变、保险费要重新核定时用；不选的，要补交时到支付页支付。"),
        ),
    ),
    papers=True,
    check=check,
    quote=quote,
    apply=apply,
    about_policy=False,
    proves=True,
)
