"""The figures of service: everything that happened in the demo's ten weeks, counted as the worker counts it."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.policies import operations as policies
from yilu.policies.queries.issued import new_contract
from yilu.scorecards import operations as scorecards
from yilu.scorecards import queries


def tell(now: datetime) -> None:
    """Read the journal to its end; the worker goes on from there."""
    _read(now)
    _sign(now)
    _read(now)


def _read(now: datetime) -> None:
    while scorecards.follow(at=now):
        pass


def _sign(now: datetime) -> None:
    """Most new policies were signed for some days after they were issued; every tenth not yet."""
    today = day_of(now)
    issued = queries.counted(
        "policy_delivery", since=today - timedelta(days=90), until=today + timedelta(days=1),
        missed_only=True,
    )  # fmt: skip
    for place, case in enumerate(issued.rows):
        contract = new_contract(case.about.id)
        if contract is not None and contract.living and place % 10:
            _received(contract.id, contract.holder_id, now)


@tx.use_case
def _received(policy_id: int, holder_id: int, now: datetime) -> None:
    policies.mark_received(
        policy_id=policy_id, on=day_of(now), actor=Ref("party", holder_id), at=now
    )
