"""The forms of an application, a calm step each, shared by the doors where one is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yilu.products.offering import MODES, Offer, Question
from yilu.underwriting.queries import OCCUPATIONS, RELATIONS
from yilu.web.common.choices import set_choices

AMOUNT: dict[str, Any] = {
    "min_value": Decimal(0),
    "max_value": Decimal(999_999_999),
    "decimal_places": 2,
    "max_digits": 11,
}
NUMERIC: dict[str, Any] = {"inputmode": "decimal"}
KIN_MOST = 3
USUAL_MOST = Decimal(100_000)


class People(forms.Form):
    """Who is insured; somebody else is named by name and number together."""

    relation = forms.ChoiceField(label=_("给谁投保？"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("被保险人姓名"), max_length=80, required=False)
    identity_number = forms.CharField(
        label=_("被保险人身份证号"), max_length=18, required=False,
        help_text=_("姓名和证件号要与身份证一致，我们会向公安系统核验。"),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("被保险人手机号"), max_length=20, required=False,
        help_text=_("成年的被保险人要用自己的手机签名同意；未成年人不用填。"),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip

    def __init__(self, relations: list[tuple[str, Any]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        set_choices(self, "relation", relations)

    def clean(self) -> dict[str, Any]:
        """Somebody else needs a name and a number."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("relation") and found["relation"] != "SELF":
            for field in ("name", "identity_number"):
                if not found.get(field):
                    self.add_error(field, gettext("请填写"))
        return found


class FamilyMember(People):
    """One more of the family: who, and which product for them."""

    product = forms.ChoiceField(label=_("投保哪个产品"))
    field_order = ("relation", "name", "identity_number", "phone", "product")

    def __init__(
        self, relations: list[tuple[str, Any]], offers: Sequence[Offer], *args: Any, **given: Any
    ) -> None:
        super().__init__(relations, *args, **given)
        if "SELF" not in dict(relations):  # then it is somebody else, whom we have to know
            self.fields["name"].required = self.fields["identity_number"].required = True
        set_choices(self, "product", [(each.code, gettext(each.name)) for each in offers])


class PlanForm(forms.Form):
    """Sum, terms, way to pay, work; every change shows the price anew."""

    sum_insured = forms.TypedChoiceField(label=_("保额"), coerce=Decimal)
    years = forms.TypedChoiceField(label=_("保多久"), coerce=int, required=False)
    pay_years = forms.TypedChoiceField(label=_("交多少年"), coerce=int)
    pay_mode = forms.ChoiceField(label=_("怎么交"))
    occupation = forms.ChoiceField(label=_("被保险人的工作"))
    social = forms.BooleanField(label=_("参加了基本医疗保险（医保）"), required=False)

    def __init__(
        self,
        offer: Offer,
        suggested: Decimal | None,
        riders: Sequence[Offer],
        *args: Any,
        **given: Any,
    ) -> None:
        super().__init__(*args, **given)
        self.rider_codes = tuple(each.code for each in riders)
        for each in riders:
            none = [("", gettext("不加"))]
            choices = (
                [("1", gettext("加上"))]
                if each.waives_for
                else [(str(s), f"{s:,.0f}") for s in sums_of(each, None)]
            )
            self.fields[rider_field(each.code)] = forms.ChoiceField(
                label=gettext("加上%(name)s") % {"name": gettext(each.name)}, required=False,
                choices=none + choices,
                help_text=gettext(each.summary),
            )  # fmt: skip
        sums = sums_of(offer, suggested)
        set_choices(self, "sum_insured", [(str(s), sum_told(s, suggested)) for s in sums])
        set_choices(
            self, "pay_years", [(str(n), gettext("%(n)s 年") % {"n": n}) for n in offer.pay_years]
        )
        set_choices(self, "pay_mode", [(m, gettext(MODES[m])) for m in offer.pay_modes])
        set_choices(
            self,
            "years",
            [
                (str(n), gettext("终身") if n == 0 else gettext("%(n)s 年") % {"n": n})
                for n in offer.years
            ],
        )
        if len(offer.years) < 2:
            del self.fields["years"]
        set_choices(
            self, "occupation",
            [(o.code, gettext(o.words)) for o in OCCUPATIONS.values() if o.of_class in offer.occupation_classes],
        )  # fmt: skip
        if offer.social_insurance != "EITHER":
            del self.fields["social"]


class Means(forms.Form):
    """Income and budget, for the assessment of suitability."""

    income = forms.DecimalField(
        label=_("家庭年收入（元）"), widget=forms.TextInput(attrs=NUMERIC), **AMOUNT
    )
    budget = forms.DecimalField(
        label=_("这份保险一年打算花多少（元）"), widget=forms.TextInput(attrs=NUMERIC), **AMOUNT
    )
    other_premiums = forms.DecimalField(
        label=_("已有其他保险一年交多少（元）"), required=False,
        widget=forms.TextInput(attrs=NUMERIC), **AMOUNT,
    )  # fmt: skip
    statement = forms.BooleanField(required=False)


class Kin(forms.Form):
    """One beneficiary."""

    name = forms.CharField(label=_("姓名"), max_length=80, required=False)
    identity_number = forms.CharField(label=_("身份证号"), max_length=18, required=False)
    relation = forms.ChoiceField(
        label=_("是被保险人的"), required=False,
        choices=[("SPOUSE", _("配偶")), ("CHILD", _("子女")), ("PARENT", _("父母")), ("FAMILY", _("其他近亲属"))],
    )  # fmt: skip
    share = forms.DecimalField(
        label=_("份额（%）"), required=False, min_value=Decimal("0.01"), max_value=Decimal(100),
        decimal_places=2, widget=forms.TextInput(attrs=NUMERIC),
    )  # fmt: skip
    ordinal = forms.TypedChoiceField(
        label=_("顺位"), coerce=int, required=False, choices=[(1, _("第一顺位")), (2, _("第二顺位"))],
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A name needs a number and a share."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("name"):
            for field in ("identity_number", "share"):
                if not found.get(field) and field not in self.errors:
                    self.add_error(field, gettext("请填写"))
        return found


def rider_field(code: str) -> str:
    """What the field of a rider is called."""
    return f"rider-{code}"


def sums_of(offer: Offer, suggested: Decimal | None) -> list[Decimal]:
    """Round sums to choose from between the least and the greatest, and the suggested one."""
    least, most, step = offer.sum_from, offer.sum_to, offer.sum_step or Decimal(1)
    round_ones = {n * Decimal(10) ** power for n in (1, 2, 3, 5, 8) for power in range(1, 9)}
    found = {least, most} | {s for s in round_ones if least < s < most}
    if suggested is not None and least <= suggested <= most:
        found.add(suggested)
    return sorted(s for s in found if s in (least, most) or (s - least) % step == 0)


def sum_told(amount: Decimal, suggested: Decimal | None) -> str:
    """A sum to choose; the one that the diagnosis suggested says so."""
    if amount != suggested:
        return f"{amount:,.0f}"
    return gettext("%(sum)s（按您的需求建议）") % {"sum": f"{amount:,.0f}"}


def usual_sum(offer: Offer) -> Decimal:
    """The sum a page starts with: a modest one, which no product asks papers for."""
    sums = sums_of(offer, None)
    return max((s for s in sums if s <= USUAL_MOST), default=sums[0])


def relations() -> list[tuple[str, Any]]:
    """What the insured may be to the holder."""
    words = {
        "SELF": _("给我自己"), "SPOUSE": _("给配偶"), "CHILD": _("给子女"), "PARENT": _("给父母"),
        "FAMILY": _("给其他有抚养、赡养或扶养关系的家人"),
    }  # fmt: skip
    return [(code, words[code]) for code in RELATIONS if code in words]


def grouped(questions: tuple[Question, ...]) -> list[tuple[str, list[Question]]]:
    """Questions under their headings, in order."""
    found: dict[str, list[Question]] = {}
    for question in questions:
        found.setdefault(question.group, []).append(question)
    return list(found.items())


def amount_of(text: str) -> Decimal:
    """An amount as a hidden field of ours carries it; nought for anything else."""
    try:
        found = Decimal(text[:20])
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)
