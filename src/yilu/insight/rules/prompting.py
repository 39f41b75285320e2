"""
What a customer may want next (服务提示), from what they hold and what happened.

Two kinds: a reminder of what is theirs (due, expiring, unclaimed) is always shown; a gap in cover
is advertising, and shown only of a customer who agreed to it (MARKETING), to staff and to themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.kernel.years import full_years

EXPIRES_WITHIN_DAYS = 60
LIVING = ("IN_FORCE", "GRACE")
MEDICAL = ("MEDICAL", "GROUP_MEDICAL")
ADULT, OLD = 18, 56
NEWBORN_YEARS = 3
TURNING = {18: _("年满十八周岁"), 60: _("年满六十周岁")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """
    A policy as far as prompts depend on it.

    ``follows``: the state of its next year (下一年度), empty where none was worked out; ``next_premium`` what
    that costs.
    """

    policy_id: int
    number: str
    name: str
    kind: str
    state: str
    ends_on: date | None
    is_insured: bool
    is_holder: bool
    unclaimed: Decimal = Decimal(0)
    follows: str = ""
    next_premium: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Somebody around the customer: their birth date and the kinds of cover they have."""

    masked_name: str
    birth_date: date | None
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything the prompts of one customer rest on."""

    birth_date: date | None
    policies: tuple[Held, ...]
    around: tuple[Near, ...]
    agreed_to_offers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """
    One thing worth saying to the customer; ``offers`` names the kind of product that would fill a gap.

    ``text`` speaks of them to staff, ``said`` to themselves.
    """

    code: str
    text: str
    policy_id: int | None = None
    offers: str = ""
    own: str = ""

    @property
    def said(self) -> str:
        """The same in the words for the customer."""
        return self.own or self.text


def prompts(known: Known, on: date) -> tuple[Prompt, ...]:
    """What to say to this customer on a day: what is theirs first, then gaps where they agreed."""
    found = list(_theirs(known, on))
    if known.agreed_to_offers:
        found += _gaps(known, on)
    return tuple(found)


def _theirs(known: Known, on: date) -> Iterator[Prompt]:
    for held in known.policies:
        if held.unclaimed > 0 and (held.is_insured or held.is_holder):
            text = _("{name}有 {amount} 元生存金、满期金或者多交款项尚未领取")
            yield _about(held, "UNCLAIMED", text, amount=f"{held.unclaimed:,.2f}")
        if held.state == "GRACE":
            yield _about(held, "GRACE", _("{name}的保险费已到期未交，仍在宽限期内"))
        elif held.state == "SUSPENDED":
            yield _about(held, "SUSPENDED", _("{name}已中止，两年内可以申请复效"))
        elif held.state == "IN_FORCE" and held.ends_on is not None:
            days = (held.ends_on - on).days
            if 0 <= days <= EXPIRES_WITHIN_DAYS:
                yield from _ending(held, days)


def _ending(held: Held, days: int) -> Iterator[Prompt]:
    """What to say of cover that ends within days; nothing where the next year is concluded."""
    if held.follows == "OFFERED" and held.next_premium is not None:
        text = _("{name}还有 {days} 天到期，可以续保下一年度，保险费 {amount} 元，由客户自己确认")
        own = _("{name}还有 {days} 天到期，可以续保下一年度，保险费 {amount} 元，由您自己确认")
        told = {"name": held.name, "days": days, "amount": f"{held.next_premium:,.2f}"}
        yield Prompt(
            code="RENEWABLE", policy_id=held.policy_id, text=Sentence(text, **told),
            own=Sentence(own, **told),
        )  # fmt: skip
    elif held.follows == "TO_DECIDE":
        text = _("{name}还有 {days} 天到期，下一年度的保险费正在核定")
        yield _about(held, "RENEWABLE", text, days=days)
    elif held.follows != "TAKEN":
        text = _("{name}还有 {days} 天到期，届时保障终止")
        yield _about(held, "EXPIRING", text, days=days)


def _gaps(known: Known, on: date) -> Iterator[Prompt]:
    if known.birth_date is not None:
        age = full_years(known.birth_date, on)
        kinds = {held.kind for held in known.policies if held.is_insured and held.state in LIVING}
        if age in TURNING:
            yield Prompt(
                code="TURNED",
                text=Sentence(_("客户今年{what}，可以一起看看保障是否还合适"), what=TURNING[age]),
                own=Sentence(_("您今年{what}，可以看看保障是否还合适"), what=TURNING[age]),
            )
        if kinds and ADULT <= age < OLD and "CRITICAL_ILLNESS" not in kinds:
            yield Prompt(
                code="GAP_ILLNESS", offers="CRITICAL_ILLNESS", text=_("客户本人没有重大疾病保障"),
                own=_("您本人在我们这里还没有重大疾病保障"),
            )  # fmt: skip
        if kinds and not kinds & set(MEDICAL):
            yield Prompt(
                code="GAP_MEDICAL", offers="MEDICAL", text=_("客户本人没有医疗费用保障"),
                own=_("您本人在我们这里还没有医疗费用保障"),
            )  # fmt: skip
    for near in known.around:
        if near.birth_date is None:
            continue
        age = full_years(near.birth_date, on)
        if age < NEWBORN_YEARS and not set(near.kinds) & set(MEDICAL):
            text = _("家里新添了孩子（{who}），还没有医疗保障")
            yield Prompt(
                code="NEWBORN", offers="MEDICAL", text=Sentence(text, who=near.masked_name)
            )
        elif age < ADULT and not near.kinds:
            text = _("未成年的家人（{who}）还没有任何保障")
            yield Prompt(
                code="GAP_CHILD", offers="MEDICAL", text=Sentence(text, who=near.masked_name)
            )


def _about(held: Held, code: str, text: str, **values: object) -> Prompt:
    return Prompt(
        code=code, policy_id=held.policy_id, text=Sentence(text, name=held.name, **values)
    )
