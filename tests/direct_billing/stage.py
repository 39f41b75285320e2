"""A hospital that bills directly, and patients who agreed to it."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client

from tests import make
from yilu.direct_billing import operations, signing
from yilu.direct_billing.models import Partner
from yilu.direct_billing.rules import words
from yilu.kernel.refs import SYSTEM, Ref

_count = itertools.count(1)
OTHER = "CONTENT_TYPE"


@dataclass
class Person:
    id: int
    number: str
    policy: str

    @property
    def told(self) -> dict[str, str]:
        return {"name": "林客户", "identity_number": self.number, "policy_number": self.policy}

    @property
    def patient(self) -> operations.Patient:
        return operations.Patient(**self.told)


class Hospital:
    """A partner with an account of its own and a key with every scope."""

    def __init__(
        self, office: int, limit: str = "100000.00", name: str = "第一人民医院", **given: Any
    ):
        self.office = office
        self.provider = make.provider(office, name=name, **given).provider_id
        self.party = make.party(office, kind="ORGANISATION", name=name)
        self.account = make.account(self.party)
        self.id = operations.open_partner(
            provider_id=self.provider, party_id=self.party, account_id=self.account,
            guarantee_limit=Decimal(limit), actor=SYSTEM, at=make.NOON,
        )  # fmt: skip
        self.key = self.issue()

    @property
    def row(self) -> Partner:
        return Partner.objects.get(pk=self.id)

    @property
    def actor(self) -> Ref:
        return Ref("provider", self.provider)

    def issue(self, scopes: Any = signing.SCOPES) -> operations.IssuedKey:
        return operations.issue_key(partner_id=self.id, scopes=scopes, actor=SYSTEM, at=make.NOON)

    def patient(self, *, agreed: bool = True, **given: Any) -> Person:
        number = make.resident_id()
        party = make.party(self.office, identity_number=number)
        for purpose in ("HEALTH_DATA", "MEDICAL_DATA_FETCH"):
            make.consent(party, purpose)
        policy = make.medical_policy(self.office, holder_id=party, **given)
        if agreed:
            self.agree(party)
        return Person(party, number, policy.number)

    def agree(self, party: int) -> int:
        return operations.authorise(
            partner_id=self.id,
            text_version=words.TEXT_VERSION,
            actor=Ref("party", party),
            at=make.NOON,
        )

    def admit(
        self, person: Person, number: str = "", expected: str = "8000.00", **given: Any
    ) -> str:
        number = number or f"ZY{next(_count):06d}"
        operations.admit_patient(
            **{
                "partner_id": self.id, "number": number, "patient": person.patient, "on": date(2026, 3, 1),
                "expected": Decimal(expected), "actor": self.actor, "at": make.NOON, **given,
            }
        )  # fmt: skip
        return number

    def settle(self, number: str, *invoices: dict[str, Any]) -> Any:
        visit, _ = operations.settle_visit(
            partner_id=self.id, number=number, invoices=list(invoices) or [make.invoice()],
            actor=self.actor, at=make.NOON,
        )  # fmt: skip
        return visit

    def call(
        self, path: str, told: Any = None, *, method: str = "", key: Any = None, time: str = "",
        nonce: str = "", secret: str = "", body: bytes | None = None, headers: Any = (), tamper: bytes = b"",
    ) -> Any:  # fmt: skip
        """A signed call, as a hospital's system makes it."""
        key = key or self.key
        if body is None:
            body = b"" if told is None else json.dumps(told).encode()
        method = method or ("GET" if told is None and not body else "POST")
        path = f"/api/v1/direct-billing/{path}"
        time = time or make.NOON.isoformat()
        nonce = nonce or f"nonce-{next(_count):020d}"
        signature = signing.sign(secret or key.secret, method, path, time, nonce, body)
        sent = {
            "Yilu-Key": key.key_id, "Yilu-Time": time, "Yilu-Nonce": nonce,
            "Yilu-Signature": signature, **dict(headers),
        }  # fmt: skip
        return Client().generic(
            method, path, body + tamper, content_type="application/json", headers=sent
        )
