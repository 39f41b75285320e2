"""Hold a claim while it is changed, and move it along the table of transitions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from yilu.claims.rules import lifecycle
from yilu.claims.rules.lifecycle import Action, State
from yilu.claims.rules.loss import Loss
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref

from .refusals import ClaimNotFound, NotPossibleNow


@dataclass(frozen=True, slots=True)
class Held:
    """A claim's row, locked until the use case ends."""

    id: int
    number: str
    policy_id: int
    insured_id: int
    claimant_id: int
    office_id: int
    account_id: int | None
    assignee_id: int | None
    claim_type: str
    loss_date: date
    loss: Loss
    channel: str
    programme: str
    lane: str
    band: str
    state: State
    reasons: tuple[str, ...]
    claimed_amount: Decimal | None
    benefit_amount: Decimal | None
    paid_amount: Decimal
    phone_index: str
    account_index: str
    identity_known: bool
    consultant_id: int | None
    merged_into_id: int | None
    version: int
    reported_at: datetime
    documents_at: datetime | None
    registered_at: datetime | None
    decided_at: datetime | None
    divided: bool = False
    received_on: date | None = None
    complete_on: date | None = None

    @property
    def begun_on(self) -> date:
        """The day the report reached us: no paper for it came before."""
        return self.received_on or day_of(self.reported_at)

    @property
    def ref(self) -> Ref:
        """What events, clocks, work and messages call this claim."""
        return Ref("claim", self.id)

    def can(self, action: Action) -> bool:
        """Whether the table of transitions allows it now."""
        return lifecycle.after(self.state, action) is not None

    def require(self, action: Action) -> State:
        """The state an action leads to. :raises NotPossibleNow: if it is not possible now."""
        to = lifecycle.after(self.state, action)
        if to is None:
            raise NotPossibleNow(self.state, action)
        return to


_COLUMNS = (
    "id, number, policy_id, insured_id, claimant_id, office_id, account_id, assignee_id, claim_type, "
    "loss_date, loss, channel, programme, lane, band, state, reasons, claimed_amount, benefit_amount, "
    "paid_amount, phone_index, account_index, identity_known, consultant_id, merged_into_id, "
    "version, reported_at, documents_at, registered_at, decided_at, divided, "
    "received_on, complete_on"
)
_HOLD = f"select {_COLUMNS} from claims_claim where id = %s::bigint for no key update"


@tx.step
def hold(claim_id: int) -> Held:
    """
    Lock a claim and read it; a merged one answers with the claim it joined.

    :raises ClaimNotFound: if there is none.
    """
    found = tx.rows(_HOLD, [claim_id])
    if not found:
        raise ClaimNotFound
    held = _read(found[0])
    return hold(held.merged_into_id) if held.merged_into_id is not None else held


@tx.step
def hold_itself(claim_id: int) -> Held:
    """Lock a claim and read it, even one that joined another. :raises ClaimNotFound: none there."""
    found = tx.rows(_HOLD, [claim_id])
    if not found:
        raise ClaimNotFound
    return _read(found[0])


def _read(row: tuple[Any, ...]) -> Held:
    values = list(row)
    values[10] = Loss.from_json(_json(row[10]))
    values[15] = State(row[15])
    values[16] = tuple(_json(row[16]))
    return Held(*values)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


_CASTS = {
    "state": "text", "account_id": "bigint", "account_index": "text", "programme": "text",
    "assignee_id": "bigint", "assignment": "text",
    "divided": "boolean", "complete_on": "date",
    "lane": "text", "band": "text", "reasons": "jsonb", "loss": "jsonb", "claimed_amount": "numeric",
    "benefit_amount": "numeric", "paid_amount": "numeric", "consultant_id": "bigint",
    "merged_into_id": "bigint", "outcome": "text", "documents_at": "timestamptz",
    "registered_at": "timestamptz", "decided_at": "timestamptz", "closed_at": "timestamptz",
}  # fmt: skip


@tx.step
def move(held: Held, action: Action, *, at: datetime, **columns: Any) -> State:
    """
    Carry out an action: the state after it and the given columns, in one conditional UPDATE.

    :raises NotPossibleNow: where the table of transitions does not allow it.
    """
    to = held.require(action)
    write(held, at=at, state=to.value, **columns)
    return to


@tx.step
def write(held: Held, *, at: datetime, **columns: Any) -> None:
    """
    Set columns of a held claim and raise its version.

    :raises RuntimeError: it was moved on since it was held: a mistake of ours, never a customer's.
    """
    sets = "".join(f"{name} = %s::{_CASTS[name]}, " for name in columns)
    values = [
        orjson.dumps(value).decode() if _CASTS[name] == "jsonb" else value
        for name, value in columns.items()
    ]
    changed = tx.changed(
        f"update claims_claim set {sets}version = version + 1, changed_at = %s::timestamptz "
        "where id = %s::bigint and state = %s",
        [*values, at, held.id, held.state.value],
    )
    if changed != 1:
        raise RuntimeError(f"{held.number} changed while it was held")
