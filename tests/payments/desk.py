"""The bank and the payments desk as tests see them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

from tests import make
from yilu.gateways import bank, sandbox_bank
from yilu.journal.models import Event
from yilu.kernel.refs import Ref
from yilu.payments import jobs, operations
from yilu.payments.models import Payout


def at(seconds: float = 0):
    return make.NOON + timedelta(seconds=seconds)


@contextmanager
def practice_bank(settings, *, delay: float = 2.0):
    """The sandbox bank inside the process, its clock at the tests' noon."""
    fake = sandbox_bank.FakeBank(delay=delay, now=make.NOON.timestamp())
    settings.BANK_SECRET = fake.secret
    with bank.use(fake):
        yield fake


def payout_ending(suffix: str, **given) -> Payout:
    """A payout to an account whose last four digits choose the bank's behaviour."""
    party_id = make.party(make.office())
    account_id = make.account(
        party_id, number=sandbox_bank.card_ending(suffix, seed=next(make._count))
    )
    return Payout.objects.get(pk=make.payout(party_id, account_id=account_id, **given))


def hear_all(fake, *, seconds: float = 10) -> list[str]:
    """Let every notice of the bank arrive; what each changed."""
    fake.now = at(seconds).timestamp()
    effects = []
    for body, signature, timestamp in fake.notices():
        effects.append(
            operations.receive_bank_notice(
                body=body, signature=signature, timestamp=timestamp, at=at(seconds)
            )
        )
    return effects


def send(seconds: float = 0) -> int:
    return jobs.send_due(at(seconds))


def kinds(payout: Payout) -> list[str]:
    """What the journal says happened to a payout, oldest first."""
    return list(
        Event.objects.filter(subject=str(Ref("payout", payout.pk)))
        .order_by("id")
        .values_list("kind", flat=True)
    )
