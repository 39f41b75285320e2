"""Somebody with a policy, and short ways through the hall."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from tests import make
from tests.make import NOON
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.policies import queries as contracts
from yilu.policies.models import Policy
from yilu.servicing import operations as servicing
from yilu.servicing import queries
from yilu.servicing.models import Request

__all__ = ["NOON", "Hall", "transaction"]


class Hall:
    """A holder, an insured of their own, an agent, two colleagues, and a policy."""

    def __init__(self, **policy: Any) -> None:
        make.standards_in_force()
        self.office = make.office()
        self.agent = make.agent(self.office)
        self.lin = make.party(self.office, name="林投保", agent_id=self.agent)
        self.su = make.party(self.office, name="苏被保")
        self.policy = make.policy(
            self.office, holder_id=self.lin, insured_id=self.su, agent_id=self.agent, **policy
        )
        self.account = make.account(self.lin)
        self.access, self.actor = make.colleague(self.office, "SERVICING", "COUNTER")
        self.other_access, self.other = make.colleague(self.office, "SERVICING")

    @property
    def me(self) -> Ref:
        return Ref("party", self.lin)

    @property
    def insured(self) -> Ref:
        return Ref("party", self.su)

    def start(self, kind: str, form: dict[str, Any] | None = None, **given: Any) -> int:
        told: dict[str, Any] = {
            "party_id": self.lin, "policy_id": self.policy.id, "door": "CUSTOMER", "actor": self.me,
            "at": NOON,
        }  # fmt: skip
        return servicing.start_request(kind=kind, form=form or {}, **{**told, **given})

    def lapse(self, owed: int) -> None:
        """The policy stands still for a premium nobody paid."""
        Policy.objects.filter(pk=self.policy.id).update(
            state="SUSPENDED", paid_to=date(2025, 12, 1), suspended_on=date(2026, 1, 31),
            owed_premium=owed,
        )  # fmt: skip

    def quote(self, request_id: int, **given: Any) -> servicing.Quoted:
        told = {"actor": self.me, "at": NOON}
        return servicing.quote_request(request_id=request_id, **{**told, **given})

    def confirm(self, request_id: int, digest: str | None = None, **given: Any) -> str:
        """Quoted and confirmed; who asks is proved where it matters."""
        told: dict[str, Any] = {"actor": self.me, "at": NOON, **given}
        if digest is None:
            digest = self.quote(request_id, **told).digest
        return servicing.confirm_request(request_id=request_id, digest=digest, **told)

    def verified(self, request_id: int, at: datetime = NOON) -> None:
        """As ``verify_code`` leaves it."""
        Request.objects.filter(pk=request_id).update(verified_at=at, proof="CODE")

    def phone_proved(self, request_id: int, at: datetime = NOON) -> None:
        """As ``verify_new_phone`` leaves it."""
        Request.objects.filter(pk=request_id).update(phone_proved_at=at)

    def in_review(self, kind: str = "agent_change", **form: Any) -> int:
        """A request that a person has to look at."""
        told = form or {"reason": "MOVED", "agent": "OFFICE"}
        request_id = self.start(kind, told)
        self.confirm(request_id)
        return request_id

    def row(self, request_id: int) -> Request:
        return Request.objects.get(pk=request_id)

    def seen(self, request_id: int, at: datetime = NOON) -> queries.RequestView:
        return queries.get_for_customer(request_id, self.lin, at)

    def code(self, template: str = "people.sign_in_code") -> str:
        """The code of the message sent last."""
        import orjson

        from yilu.kernel import sealing
        from yilu.messaging.operations.queueing import SECRETS_PLACE

        message = Message.objects.filter(template=template).latest("pk")
        return str(orjson.loads(sealing.unseal(message.secrets, SECRETS_PLACE))["code"])

    def staff(self, **given: Any) -> dict[str, Any]:
        return {"access": self.access, "actor": self.actor, "at": NOON, **given}

    def second(self, **given: Any) -> dict[str, Any]:
        return {"access": self.other_access, "actor": self.other, "at": NOON, **given}


def settle(request_id: int, amount: str = "0") -> None:
    """The customer's money is here, as the reaction says it."""
    from yilu.servicing.operations import steps

    tx.use_case(steps.collection_settled)(
        request_id=request_id, amount=amount, at=NOON + timedelta(minutes=5)
    )


def shares(*rows: tuple[str, str, str]) -> list[dict[str, str]]:
    """Beneficiaries as a form says them: name, identity number, percent."""
    return [
        {"name": name, "identity": number, "ordinal": "1", "share": percent}
        for name, number, percent in rows
    ]


BORN = date(1990, 1, 1)
HALF = Decimal("0.5000")


class Valuable(Hall):
    """A whole life policy in its fifth year, of a holder who is insured."""

    def __init__(self, **policy):
        told = {
            "product_code": "whole-life", "sum_insured": Decimal(200_000), "pay_years": 10,
            "premium": Decimal("8000.00"), "effective_on": date(2022, 3, 1),
            "with_social_insurance": False,
        } | policy  # fmt: skip
        super().__init__(**told)
        self.life = Policy.objects.get(pk=self.policy.id)

    def ask(self, kind, form, proved=True, **given):
        """Started, proved, quoted: the id and the quote."""
        request_id = self.start(kind, form, **given)
        if proved:
            self.verified(request_id)
        return request_id, self.quote(request_id).quote

    def done(self, kind, form):
        """Confirmed by the customer: the state and the row."""
        request_id, quote = self.ask(kind, form)
        state = self.confirm(request_id)
        self.life.refresh_from_db()
        return state, quote, self.row(request_id)

    def to_account(self, **form):
        return form | {"account_id": str(self.account)}

    def values(self, on=None):
        return contracts.values_on(self.policy.id, on or NOON.date())

    def refused(self, kind, form):
        """What is said to somebody who begins; it must say a way on."""
        with pytest.raises(Refusal) as refused:
            self.start(kind, form)
        assert refused.value.hint
        return refused.value
