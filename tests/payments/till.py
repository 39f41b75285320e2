"""The collecting bank as tests see it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

from tests import make
from yilu.gateways import collecting, sandbox_bank, sandbox_collecting
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments import jobs, operations
from yilu.payments.models import Collection

ABOUT = Ref("premium_order", 7)


def at(seconds: float = 0):
    return make.NOON + timedelta(seconds=seconds)


@contextmanager
def practice(settings, *, delay: float = 2.0):
    """The sandbox inside the process, its clock at the tests' noon."""
    fake = sandbox_collecting.FakeCollector(delay=delay, now=make.NOON.timestamp())
    settings.BANK_SECRET = fake.secret
    with collecting.use(fake):
        yield fake


def collect(suffix: str = "7777", **given) -> Collection:
    """A debit from an account whose last four digits choose what becomes of it."""
    party_id, account_id = whose(suffix)
    told = {
        "key": f"order:{account_id}", "payer_id": party_id, "method": "BANK_DEBIT",
        "account_id": account_id, "amount": Decimal("366.00"), "about": ABOUT, "at": make.NOON,
        "actor": SYSTEM,
    }  # fmt: skip
    made = tx.use_case(operations.request_collection)(**{**told, **given})
    return Collection.objects.get(pk=made)


def whose(suffix: str = "7777") -> tuple[int, int]:
    party_id = make.party(make.office())
    number = sandbox_bank.card_ending(suffix, seed=next(make._count))
    return party_id, make.account(party_id, number=number)


def send(seconds: float = 0) -> int:
    return jobs.send_collections(at(seconds))


def hear_all(fake, *, seconds: float = 10) -> list[str]:
    """Let every notice arrive; what each changed."""
    fake.now = at(seconds).timestamp()
    return [
        operations.receive_collection_notice(
            body=body, signature=signature, timestamp=timestamp, at=at(seconds)
        )
        for body, signature, timestamp in fake.notices()
    ]


def state(collection: Collection) -> str:
    collection.refresh_from_db()
    return collection.state


def kinds() -> list[str]:
    """What the journal says about the order, oldest first."""
    told = Event.objects.filter(subject=str(ABOUT)).order_by("id").values_list("kind", flat=True)
    return [kind.removeprefix("payments.") for kind in told]
