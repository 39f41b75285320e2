"""One-year contracts near their end, the word of their holders, and a bank that answers on a day."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

from tests import make
from tests.renewals import desk
from yilu.gateways import collecting, sandbox_bank, sandbox_collecting
from yilu.kernel.refs import Ref
from yilu.payments import operations as payments
from yilu.policies import operations as policies
from yilu.policies.models import Policy
from yilu.policies.rules import renewing
from yilu.products import queries as products
from yilu.renewals import operations
from yilu.renewals.models import NewYear

ENDS = date(2026, 9, 1)
LISTED = ENDS - timedelta(days=60)


def before(days):
    return ENDS - timedelta(days=days)


def one_year(office, *, money="0100", agrees=False, debit=False, **given):
    """An accident policy whose year ends on ENDS; by debit from a card that has money, or not."""
    holder = given.pop("holder_id", None) or make.party(
        office, birth_date=date(1985, 6, 15), sex="FEMALE"
    )
    told = {
        "product_code": "accident", "holder_id": holder, "sum_insured": Decimal(100_000),
        "premium": Decimal("160.00"),
    }  # fmt: skip
    made = make.policy(office, **{**told, **given})
    found = Policy.objects.get(pk=made.id)
    if debit:
        number = sandbox_bank.card_ending(money, seed=next(make._count))
        found.pay_method, found.premium_account_id = (
            "BANK_DEBIT",
            make.account(holder, number=number),
        )
        found.save()
    if agrees:
        agree(found)
    return found


def agree(policy):
    policies.agree_to_renewal(
        policy_id=policy.pk, holder_id=policy.holder_id, text_version=renewing.TEXT_NOW, way="ONLINE",
        actor=Ref("party", policy.holder_id), at=desk.noon(LISTED),
    )  # fmt: skip


def year(policy):
    return NewYear.objects.get(policy=policy)


def order(policy, day, key="a"):
    return operations.make_order(
        holder_id=policy.holder_id, due_ids=[year(policy).due_id], request_key=key,
        actor=Ref("party", policy.holder_id), at=desk.noon(day),
    )  # fmt: skip


@contextmanager
def bank(settings, day):
    fake = sandbox_collecting.FakeCollector(now=desk.noon(day).timestamp())
    settings.BANK_SECRET = fake.secret
    with collecting.use(fake):
        yield fake


def answer(fake, day):
    desk.answer(fake, desk.noon(day))


def pay(settings, policy, day, key="a"):
    collection = order(policy, day, key)
    payments.pay(
        collection_id=collection, payer_id=policy.holder_id, method="WECHAT", at=desk.noon(day)
    )
    with bank(settings, day) as fake:
        answer(fake, day)
    return Policy.objects.get(renews=policy, ending="")


def give_grace(version, days):
    version.terms["issue"]["renewal_grace_days"] = days
    version.save()
    products.get_terms.cache_clear()
