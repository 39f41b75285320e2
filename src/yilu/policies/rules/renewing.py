"""When a one-year contract may be renewed, from when its next premium may be taken, what is agreed to."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from yilu.kernel.money import ZERO, round_yuan
from yilu.kernel.words import marked as _
from yilu.kernel.years import add_years
from yilu.products.terms import Terms

EARLY_DAYS_MAX = 60
"""No renewal premium is taken earlier: law for accident cover of a year or less (意外险办法 17(8)), our rule for all."""

TEXTS = {
    "2026-1": _(
        "我同意：保险期间届满后，由贵公司按届时在售的条款和我届时年龄对应的保险费为我办理续保，并从我约定的本人账户扣收。"
        "每次扣款前贵公司会告诉我下一年度的保险费和有什么变化。新的保险年度开始前，我可以随时撤回同意；"
        "已经扣收的，全额退还。"
    )
}
"""Every text somebody may have agreed to, by its version; a changed text is a new version (互联网办法 21)."""
TEXT_NOW = "2026-1"


def is_renewable(terms: Terms) -> bool:
    """Whether the wording knows of a year after this one."""
    return terms.issue.renewable and not terms.long_term


def opens_on(terms: Terms, ends_on: date) -> date:
    """The first day on which the next year's premium may be taken."""
    days = min(terms.issue.renewal_open_days or EARLY_DAYS_MAX, EARLY_DAYS_MAX)
    return ends_on - timedelta(days=days)


def last_day(ends_on: date) -> date:
    """The last day of cover: who has paid by then has no gap."""
    return ends_on - timedelta(days=1)


def grace_ends(terms: Terms, ends_on: date) -> date:
    """The last day on which paying still joins the years, by the wording's own days of grace."""
    return last_day(ends_on) + timedelta(days=terms.issue.renewal_grace_days or 0)


def is_guaranteed(terms: Terms, since: date, starts_on: date) -> bool:
    """
    Whether the year that starts on a day must be given (保证续保): ``since`` is the first start of the row.
    """
    years = terms.issue.renewal_guaranteed_years
    return bool(years) and starts_on < add_years(since, years or 0)


def extra_of(standard: Decimal, premium: Decimal, extra: Decimal) -> Decimal:
    """The extra premium (加费) of another standard premium, in the proportion agreed when it was sold."""
    if extra <= ZERO or premium <= extra:
        return ZERO
    return round_yuan(standard * extra / (premium - extra))
