"""退保: the contract ends and its value goes back. Nothing stands in the way (互联网办法 29)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.policies.queries import Surrender
from yilu.servicing.frame import CHOICE, Case, Effect, Field, Form, Kind, Quote, QuoteLine
from yilu.servicing.kinds.fitting import free
from yilu.servicing.kinds.paying import PAY_TO, require_own_account, told, unless_nil

REASONS = (
    ("MONEY", _("急需用钱")),
    ("PREMIUM", _("交费压力大")),
    ("NO_NEED", _("不再需要这份保障")),
    ("SERVICE", _("对服务不满意")),
    ("OTHER", _("其他或不想说")),
)


def check(case: Case, form: Form) -> None:
    """:raises PolicyRestrained: frozen or pledged, and how that ends. :raises PremiumHeld: see there."""
    policies.require_changeable(case.policy.id)
    require_own_account(case, form)


def quote(case: Case, form: Form, on: date) -> Quote:
    """Policy by policy: the value, what lies with us, less what is owed."""
    parts = queries.surrender_of(case.policy.id, on)
    many = len(parts) > 1
    return Quote(
        effective_on=on,
        lines=tuple(line for part in parts for line in _lines(part, many)),
        pays_customer=sum((part.pays for part in parts), ZERO),
        account_id=form["account_id"], purpose="SURRENDER",
        warnings=(
            _("退保后保障终止，将来再投保可能因年龄或健康变化而更贵或不能投保。"),
            _("只是交费有压力或临时用钱的话，也可以考虑减额交清、减保、变更交费频次或保单借款。"),
        ),
    )  # fmt: skip


def _lines(part: Surrender, many: bool) -> Iterator[QuoteLine]:
    note = part.product_name if many else ""
    yield QuoteLine(_("现金价值"), part.cash_value, 1, note)
    yield from unless_nil(_("未领取的生存金及利息"), part.survival, 1, note)
    yield from unless_nil(_("累积红利及利息"), part.dividends, 1, note)
    yield from unless_nil(_("溢交保险费"), part.suspense, 1, note)
    yield from unless_nil(_("扣还借款本金"), part.principal, -1, note)
    yield from unless_nil(_("扣还借款利息"), part.interest, -1, note)


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Ended; the frame pays the sum that was confirmed."""
    assert case.request is not None
    back = policies.surrender(
        policy_id=case.policy.id, expected=quote.pays_customer, about=case.request, actor=actor,
        at=at, as_of=quote.effective_on,
    )  # fmt: skip
    return Effect(
        rows=(
            (_("保单状态"), _("已退保，保障终止")),
            (_("退还金额"), told(back.paid)),
            (_("已扣还借款本息"), told(back.owed)),
        )
    )


KIND = Kind(
    code="surrender",
    name=_("退保"),
    group="END",
    in_words=_("保险合同终止，按申请当日的现金价值退款，最长三十日内到账，一般当日办结。"),
    fields=(
        Field(name="reason", label=_("退保原因"), kind=CHOICE, choices=REASONS, required=False),
        PAY_TO,
    ),
    open_if=(free,),
    check=check,
    quote=quote,
    apply=apply,
    moves_money=True,
    clock="SURRENDER",
)
