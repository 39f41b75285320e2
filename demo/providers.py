"""Hospitals that bill us directly, patients who agreed to it, and stays at every step."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from demo import customers, names
from demo.world import World
from yilu.claims import queries as claims
from yilu.direct_billing import operations, signing
from yilu.direct_billing.rules import words
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.people import queries

PARTNERS = ("H330001", "H440001")
PATIENTS = 8


def tell(
    world: World, insured: list[customers.Insured], now: datetime, chance: random.Random
) -> None:
    """Open two partners, have some customers agree, and leave stays in several states."""
    from django.conf import settings

    keys: list[dict[str, Any]] = []
    opened = [_open(world, code, now, chance) for code in PARTNERS]
    waiting = (now - timedelta(days=120)).date()
    covered = [
        c for c in insured
        if "million-medical-social" in c.policies and c.since["million-medical-social"] < waiting
    ]  # fmt: skip
    # Who reported a claim lately goes to a person for that alone: the visitor's own stays come last here.
    new_to_us = [c for c in covered if not claims.list_for_party(c.party_id, limit=1)][-PATIENTS:]
    patients = ([c for c in covered if c not in new_to_us] + new_to_us)[-PATIENTS:]
    partner_id, _, provider_id, _ = opened[0]
    for customer in patients:
        customers.agree(customer, now, "HEALTH_DATA", "MEDICAL_DATA_FETCH")
        operations.authorise(
            partner_id=partner_id, text_version=words.TEXT_VERSION,
            actor=Ref("party", customer.party_id), at=now,
        )  # fmt: skip
    on = (now - timedelta(days=4)).date()
    for n, customer in enumerate(patients[:4]):
        told = {"partner_id": partner_id, "actor": Ref("provider", provider_id), "at": now}
        number = f"ZY{on:%Y%m%d}{n + 1:03d}"
        operations.admit_patient(
            number=number, on=on, department="普外科", patient=patient_of(customer),
            expected=Decimal((60_000, 20_000, 200_000, 30_000)[n]), **told,
        )  # fmt: skip
        if n != 1:
            operations.ask_guarantee(
                number=number, amount=Decimal(("15000.00", "", "52000.00", "8000.00")[n]),
                request_key=f"demo-{n}", **told,
            )  # fmt: skip
    for partner_id, key, _, code in opened:
        keys.append({"code": code, "key": key.key_id, "secret": key.secret, "partner": partner_id})
    free = [
        {
            "name": c.person.name, "identity_number": c.person.identity_number,
            "policy_number": c.policies["million-medical-social"],
        }
        for c in patients[4:]
    ]  # fmt: skip
    notes = {"partners": keys, "patients": free}
    (settings.VAR / "demo-provider.json").write_text(json.dumps(notes, ensure_ascii=False))


def patient_of(customer: customers.Insured) -> operations.Patient:
    """The patient as the card on the hospital's desk says."""
    return operations.Patient(
        name=customer.person.name, identity_number=customer.person.identity_number,
        policy_number=customer.policies["million-medical-social"],
    )  # fmt: skip


def _open(
    world: World, code: str, now: datetime, chance: random.Random
) -> tuple[int, operations.IssuedKey, int, str]:
    provider_id = world.providers[code]
    view = queries.get_provider(provider_id)
    party_id = people.register_party(
        name=view.name, kind="ORGANISATION", office_id=view.office_id, actor=SYSTEM, at=now
    )
    account_id = people.add_account(
        party_id=party_id, bank_code="ICBC", holder_name=view.name, kind="CARD",
        # Not an ending by which the practice bank plays tricks: a hospital is paid.
        number=names.person(chance, 70_005_500 + provider_id).card, actor=SYSTEM, at=now,
    )  # fmt: skip
    partner_id = operations.open_partner(
        provider_id=provider_id, party_id=party_id, account_id=account_id,
        guarantee_limit=Decimal(100_000), actor=SYSTEM, at=now,
    )  # fmt: skip
    key = operations.issue_key(partner_id=partner_id, scopes=signing.SCOPES, actor=SYSTEM, at=now)
    return partner_id, key, provider_id, code
