"""生存金领取方式: paid out by itself when it falls due, or left with us to bear interest."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.servicing.frame import ACCOUNT, CHOICE, INSURED, Case, Effect, Field, Form, Kind, Quote
from yilu.servicing.kinds.fitting import free, pays_while_alive
from yilu.servicing.kinds.paying import require_own_account

CHOICES = (("PAY", _("到期自动打到我的卡上")), ("ACCUMULATE", _("留在保险公司累积生息")))


def check(case: Case, form: Form) -> None:
    """:raises PolicyRestrained …: as every change."""
    policies.require_changeable(case.policy.id)
    require_own_account(case, form)


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """From the next benefit on."""
    policies.set_survival_option(
        policy_id=case.policy.id, option=form["choice"], account_id=form["account_id"], actor=actor,
        at=at,
    )  # fmt: skip
    return Effect(rows=((_("生存金领取方式"), dict(CHOICES)[form["choice"]]),))


KIND = Kind(
    code="survival_option",
    name=_("变更生存金领取方式"),
    group="MONEY",
    in_words=_("选择生存金、年金到期后自动到账，还是留在保险公司累积生息。下一次到期起生效。"),
    who=frozenset({INSURED}),
    fields=(
        Field(name="choice", label=_("怎么领"), kind=CHOICE, choices=CHOICES),
        Field(
            name="account_id", label=_("打到哪张卡"), kind=ACCOUNT, only_if=("choice", "PAY"),
            help=_("只能付到您本人名下的银行卡。"),
        ),
    ),
    open_if=(free, pays_while_alive),
    check=check,
    apply=apply,
    proves=True,
)  # fmt: skip
