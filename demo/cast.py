"""Who plays in the stories told by hand, and the step with which most of them begin."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import Any

from demo import customers, names
from demo.claims import Chronicle
from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people_operations
from yilu.people import queries as people

OFFICE = "ZJ-HZ"


def who(chronicle: Chronicle, username: str) -> dict[str, Any]:
    """A colleague by name, as operations want them."""
    staff_id = chronicle.world.staff[username]
    return {
        "access": people.staff_access(staff_id), "actor": Ref("staff", staff_id),
        "at": chronicle.past.now,
    }  # fmt: skip


def person(
    chronicle: Chronicle, n: int, name: str, born: date | None = None,
    ages: tuple[int, int] = (30, 55),
) -> tuple[int, str]:  # fmt: skip
    """Somebody of the family with a phone, a card and their consent; the party and the phone."""
    like = names.person(chronicle.chance, 70_000_000 + n, youngest=ages[0], oldest=ages[1])
    told: dict[str, Any] = {
        "name": name, "office_id": chronicle.world.offices[OFFICE], "phone": like.phone,
        "actor": SYSTEM, "at": chronicle.past.now,
    }  # fmt: skip
    if born is None:
        told |= {"identity_kind": "RESIDENT_ID", "identity_number": like.identity_number}
    else:
        told |= {"birth_date": born}
    party_id = people_operations.register_party(**told)
    people_operations.give_consent(
        party_id=party_id, purpose="HEALTH_DATA", channel="APP",
        text_version=people.consent_text("HEALTH_DATA").version, actor=Ref("party", party_id),
        at=chronicle.past.now,
    )  # fmt: skip
    if born is None:
        people_operations.add_account(
            party_id=party_id, bank_code=like.bank_code, number=like.card, holder_name=name,
            agreed=people.consent_text("FINANCIAL").version, actor=Ref("party", party_id),
            at=chronicle.past.now,
        )  # fmt: skip
    return party_id, like.phone


def sent_to_review(
    chronicle: Chronicle, product: str, claim_type: str, *, on: date, loss: claims.Loss, why: str,
    offices: Container[int] | None = None,
) -> tuple[customers.Insured, dict[str, Any]]:  # fmt: skip
    """A claim of somebody with a product, sent to a desk by a colleague; whose, and how its assessor acts."""
    while True:
        customer, product = chronicle.holder_of(product, offices=offices, but=chronicle.told_of)
        chronicle.told_of.add(customer.party_id)
        before = queries.list_for_party(customer.party_id)
        if not any((c.claim_type, c.loss_date) == (claim_type, on) for c in before):
            break  # one loss reported twice would be one claim, and not at a desk
    claim_id = chronicle.report(
        customer, product, claim_type, loss_on=on, account_id=chronicle.ready(customer), loss=loss
    )
    registrar, may = chronicle.colleague("claims.register", customer.office_id)
    claims.send_to_review(
        claim_id=claim_id, reason=why, access=may, actor=registrar, at=chronicle.past.now
    )
    assessor, access = chronicle.colleague("claims.assess", customer.office_id)
    return customer, {
        "claim_id": claim_id, "access": access, "actor": assessor, "at": chronicle.past.now,
    }  # fmt: skip
