"""A report's form, shared by the doors where one is made: what happened, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.documents.operations import Receipt
from yilu.kernel.errors import Refusal
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.web.common.choices import set_choices

BOTH, ILLNESS, ACCIDENT = "BOTH", "ILLNESS", "ACCIDENT"


@dataclass(frozen=True)
class Type:
    """A sort of claim in plain words; ``cause`` is asked for where it may be either."""

    code: str
    title: Any
    words: Any
    icon: str
    date_label: Any
    cause: str = BOTH
    stay: bool = False
    amount: bool = False
    promise: Any = ""


TYPES = {
    each.code: each
    for each in (
        Type(
            "MEDICAL", _("看病花了钱"), _("门诊、急诊、住院的医药费"), "stethoscope",
            _("哪天开始看的病"), amount=True,
            promise=_("{limit} 元以下、资料齐全、责任清楚的，核定后 10 分钟内到账。"),
        ),
        Type(
            "ACCIDENT", _("意外受伤看病"), _("摔伤、撞伤、烫伤、被咬伤等"), "bandage", _("哪天受的伤"), ACCIDENT,
            amount=True, promise=_("{limit} 元以下、资料齐全、责任清楚的，核定后 10 分钟内到账。"),
        ),
        Type(
            "ALLOWANCE", _("住院领津贴"), _("按住院天数领取的津贴"), "bed", _("哪天住的院"), stay=True,
            promise=_("{limit} 元以下、资料齐全、责任清楚的，核定后 10 分钟内到账。"),
        ),
        Type(
            "CRITICAL_ILLNESS", _("确诊重大疾病"), _("合同列明的重疾、中症、轻症"), "heartbeat", _("哪天确诊的"), ILLNESS,
            promise=_("资料齐全后 1 个工作日内核定，并有专属理赔顾问全程陪同。"),
        ),
        Type(
            "DISABILITY", _("意外伤残"), _("受伤后留下残疾，已做鉴定"), "wheelchair", _("哪天受的伤"), ACCIDENT,
            promise=_("有专属理赔顾问全程陪同；5 个工作日内核定，复杂的不超过 30 天。"),
        ),
        Type(
            "DEATH", _("亲人身故"), _("由受益人申请身故保险金"), "heart", _("身故日期"),
            promise=_("请节哀。专属理赔顾问会主动联系您，必要时上门收取资料。"),
        ),
        Type(
            "WAIVER", _("申请免交保费"), _("符合约定时，以后的保费不用再交"), "receipt", _("哪天发生的"),
            promise=_("5 个工作日内核定。"),
        ),
    )
}  # fmt: skip
SHOWN = {"data-guide": "shown"}
"""A seat who guides the customer by video may see what is filled in here; every other field stays dots."""
DAY_WORDS = {"required": _("请选择日期。"), "invalid": _("没有这一天，请重新选择日期。")}
AMOUNT_WORDS = {
    "invalid": _("请填数字，例如 128.50。"),
    "max_decimal_places": _("金额最多两位小数，例如 128.50。"),
    "min_value": _("请填大于 0 的金额；说不准可以不填。"),
    "max_value": _("金额太大了，请核对；说不准可以不填。"),
}
CAUSES = [("ILLNESS", _("生病")), ("ACCIDENT", _("意外受伤"))]


class Details(forms.Form):
    """
    The last page of a report. ``request_key`` makes a double tap one claim.

    ``question``: why by our records the policy does not answer for the loss, as a sentence. Whoever
    then says that nothing is mistyped reports all the same: a person judges it.
    """

    question = ""

    request_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    loss_date = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date", **SHOWN}, format="%Y-%m-%d"),
        error_messages=DAY_WORDS,
    )
    cause = forms.ChoiceField(
        label=_("是什么原因"), choices=CAUSES, widget=forms.RadioSelect(attrs=SHOWN),
        error_messages={"required": _("请选一项。")},
    )  # fmt: skip
    to_on = forms.DateField(
        label=_("哪天出的院"), required=False, help_text=_("还在住院就先不填。"), error_messages=DAY_WORDS,
        widget=forms.DateInput(attrs={"type": "date", **SHOWN}, format="%Y-%m-%d"),
    )  # fmt: skip
    claimed_amount = forms.DecimalField(
        label=_("大概花了多少钱"), required=False, min_value=Decimal("0.01"), max_value=Decimal("99999999.99"),
        decimal_places=2, help_text=_("写个大概就行，最后按发票算。"), error_messages=AMOUNT_WORDS,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "0.00", **SHOWN}),
    )  # fmt: skip
    account = forms.ChoiceField(label=_("赔款打到哪张卡"), required=False, widget=forms.RadioSelect)
    received_on = forms.DateField(
        label=_("报案材料收到日"), required=False, error_messages=DAY_WORDS,
        help_text=_("来信、代理人转交的书面报案，写实际收到的那一天；今天收到的不用填。"),
        widget=forms.DateInput(attrs={"type": "date", **SHOWN}, format="%Y-%m-%d"),
    )  # fmt: skip
    received_why = forms.CharField(
        label=_("补录原因（收到超过七天必填）"), required=False, max_length=200,
        widget=forms.TextInput(attrs=SHOWN),
    )  # fmt: skip
    # Asked only where by our records nothing answers for the loss: see ``question``.
    despite = forms.BooleanField(required=False)
    health_consent = forms.BooleanField(
        error_messages={"required": _("请勾选同意；不同意的话，可以到柜面或打客服电话办理。")}
    )

    def __init__(
        self,
        type_: Type,
        accounts: list[people.AccountView],
        *args: Any,
        policy: policies.PolicyRow,
        by_agent: bool = False,
        **given: Any,
    ) -> None:
        super().__init__(*args, **given)
        self.policy = policy
        if type_.code not in policy.claim_types:
            self.question = gettext("按这张保单的条款，没有您选的这项保障责任。")
        if by_agent:  # consent and account are the customer's own to give and choose
            del self.fields["health_consent"], self.fields["account"]
        else:  # what they tell themselves is here at that moment
            del self.fields["received_on"], self.fields["received_why"]
        self.fields["loss_date"].label = type_.date_label
        today = timezone.localdate().isoformat()
        self.fields["loss_date"].widget.attrs["max"] = today
        self.fields["to_on"].widget.attrs["max"] = today
        if by_agent:
            self.fields["received_on"].widget.attrs["max"] = today
        if type_.cause != BOTH:
            del self.fields["cause"]
        if not type_.stay:
            del self.fields["to_on"]
        if not type_.amount:
            del self.fields["claimed_amount"]
        if "account" in self.fields:
            choices = [(str(a.id), f"{gettext(a.bank_name)} {a.masked_number}") for a in accounts]
            set_choices(self, "account", [*choices, ("", gettext("以后再选"))])
            self.initial.setdefault("account", choices[0][0] if choices else "")

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields the page lists one after another."""
        apart = {"request_key", "health_consent", "despite"}
        return [self[name] for name in self.fields if name not in apart]

    def clean_loss_date(self) -> date:
        given: date = self.cleaned_data["loss_date"]
        if given > timezone.localdate():
            raise forms.ValidationError(_("这一天还没到，请核对日期。"))
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "request_key" in self.errors:  # hidden: nobody could mend it in the form
            raise claims.BadRequestKey
        begin, end = given.get("loss_date"), given.get("to_on")
        if begin and end and end < begin:
            self.add_error("to_on", _("出院日期不能早于住院日期。"))
        if begin:
            self.question = queries.not_covered_because(self.policy.id, begin) or self.question
        if self.question and not given.get("despite"):
            self.add_error("despite", _("日期和类型都没有填错的，请勾选后再提交。"))
        return given


def claimable_types(policy: Any) -> list[Type]:
    """What a policy answers for, in the order of the page."""
    limit = f"{queries.fast_limit(timezone.now()):,.0f}"
    return [
        replace(each, promise=str(each.promise).format(limit=limit))
        for code, each in TYPES.items()
        if code in policy.claim_types
    ]


def other_types(policy: Any) -> list[Type]:
    """What it does not name: it may be reported all the same, and a person judges it. Nothing is promised of it."""
    return [
        replace(each, promise="") for code, each in TYPES.items() if code not in policy.claim_types
    ]


def by_likelihood(found: Iterable[policies.PolicyRow]) -> list[policies.PolicyRow]:
    """Policies as a report offers them: first those that answer for something, then those undone since."""
    return sorted(found, key=lambda each: not each.can_claim)


def refused_beforehand(kind: Type, policy: Any, claimant_id: int) -> Refusal | None:
    """What this customer cannot report on this policy whatever they fill in; None: nothing stands against it."""
    if kind.code == "DEATH" and policy.insured_id == claimant_id:
        return claims.DeceasedClaimant()
    return None


def consent_asked(kind: Type, policy: Any, claimant_id: int) -> people.PartyView | None:
    """Whose consent the report would wait for if it was made now; None: it is filed at once."""
    return queries.consent_missing(
        insured_id=policy.insured_id, claimant_id=claimant_id, claim_type=kind.code,
        on=timezone.localdate(),
    )  # fmt: skip


def report_of(
    kind: Type, given: dict[str, Any], *, policy_number: str, claimant_id: int, channel: str,
    came_by: str = "",
) -> claims.Report:  # fmt: skip
    """The report a valid form makes."""
    stays: tuple[claims.Stay, ...] = ()
    if kind.stay and given.get("to_on"):
        stays = (
            claims.Stay(
                visit="INPATIENT", from_on=given["loss_date"], to_on=given["to_on"], icu_days=0
            ),
        )
    return claims.Report(
        policy_number=policy_number,
        claimant_id=claimant_id,
        claim_type=kind.code,
        loss_date=given["loss_date"],
        channel=channel,
        request_key=given["request_key"],
        loss=claims.Loss(cause=given.get("cause") or kind.cause, stays=stays),
        claimed_amount=given.get("claimed_amount"),
        account_id=int(given["account"]) if given.get("account") else None,
        came_by=came_by,
        receipt=Receipt(given["received_on"], given.get("received_why", ""))
        if given.get("received_on")
        else None,
    )
