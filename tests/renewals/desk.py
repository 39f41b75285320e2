"""Policies whose premiums fall due, and days that pass."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from tests import make
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.days import CHINA
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.messaging.operations.sending import say_delivered
from yilu.obligations import queries as obligations
from yilu.payments import jobs
from yilu.payments import operations as payments
from yilu.policies import operations as policies
from yilu.policies.models import Policy
from yilu.renewals import operations
from yilu.renewals.models import PremiumDue

DUE = date(2026, 5, 10)
"""When the premium of a test's policy falls due: the policy began that day last year."""


def noon(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), CHINA) + timedelta(hours=12)


def policy(office_id: int | None = None, **given) -> Policy:
    """A critical-illness policy for life, paid yearly for twenty years, next on ``DUE``."""
    account_id = given.pop("account_id", None)
    told = {
        "product_code": "critical-illness", "effective_on": date(2024, 5, 10),
        "sum_insured": Decimal(200_000), "premium": Decimal("4000.00"), "pay_years": 20,
        "with_social_insurance": False, "paid_to": DUE,
    }  # fmt: skip
    made = make.policy(office_id or make.office(), **{**told, **given})
    found = Policy.objects.get(pk=made.id)
    if account_id is not None:
        found.pay_method, found.premium_account_id = "BANK_DEBIT", account_id
        found.save()
    return found


def run(day: date, **given) -> None:
    """A day's run, and what follows from it."""
    operations.run_day(day=day, at=noon(day), **given)
    journal.run_reactions(at=noon(day))


def due(found: Policy) -> PremiumDue:
    return PremiumDue.objects.filter(policy=found).latest("due_on")


def told(template: str = "") -> list[str]:
    """The messages about renewals so far, oldest first."""
    rows = Message.objects.filter(template__startswith=f"renewals.{template}").order_by("pk")
    names = [row.template.removeprefix("renewals.") for row in rows]
    return [name for name in names if template or name != "anniversary"]


def arrived(template: str, on: date, **given) -> None:
    """The channel confirms that the newest message of a kind reached its customer."""
    message = Message.objects.filter(template=f"renewals.{template}").latest("pk")
    about, to = Ref.parse(message.about), given.pop("to", Ref.parse(message.recipient))
    tx.use_case(say_delivered)(
        message.pk,
        template=message.template,
        to=to,
        about=about,
        channel="SMS",
        at=noon(on),
        **given,
    )


def clock_of(about: Ref, code: str, on: date):
    """The newest clock of a promise about something."""
    found = [c for c in obligations.list_clocks(about, noon(on)) if c.code == code]
    return max(found, key=lambda clock: clock.started_at)


def happened(kind: str) -> int:
    return Event.objects.filter(kind=f"renewals.{kind}").count()


@tx.use_case
def hold(found: Policy, day: date) -> None:
    policies.hold_premiums(
        policy_id=found.pk, about=make.Ref("claim", 1), reason="RESCISSION", actor=make.SYSTEM,
        at=noon(day),
    )  # fmt: skip


def days(offset: int) -> date:
    return DUE + timedelta(days=offset)


def answer(fake, at: datetime) -> None:
    """The bank answers what is due at that moment, and everybody concerned hears of it."""
    jobs.send_collections(at)
    fake.now = at.timestamp()
    for body, signature, timestamp in fake.notices():
        payments.receive_collection_notice(
            body=body, signature=signature, timestamp=timestamp, at=at
        )
    journal.run_reactions(at=at)
