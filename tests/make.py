"""
Builders for tests: they act through operations, so that no test starts from an impossible state.

One section a room. Times are fixed and passed in.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from yilu.kernel.identity import check_character
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
"""Wednesday 4 March 2026, twelve o'clock in Shanghai."""

_count = itertools.count(1)


# -- people --------------------------------------------------------------------------------------


def resident_id(born: date = date(1985, 6, 15), sex: str = "FEMALE", region: str = "31") -> str:
    """A well-formed identity number that no test has seen before."""
    county, order = divmod(next(_count), 500)
    last = order * 2 % 1000 + (1 if sex == "MALE" else 0)
    body = f"{region}{101 + county % 9000:04d}{born:%Y%m%d}{last:03d}"
    return body + check_character(body)


def mobile() -> str:
    """A mobile number that no test has seen before."""
    return f"139{next(_count):08d}"


def card_number() -> str:
    """A bank card number with the right check digit."""
    body = f"622202{next(_count):012d}"
    for digit in "0123456789":
        if _luhn(body + digit):
            return body + digit
    raise AssertionError


def office(level: str = "BRANCH", parent_id: int | None = None, **given: Any) -> int:
    """An office; below the head office unless told otherwise."""
    n = next(_count)
    if level != "HEAD" and parent_id is None:
        parent_id = head_office()
    told = {"code": f"O{n}", "name": f"机构{n}", "level": level, "parent_id": parent_id}
    return people.open_office(**{**told, **given}, actor=SYSTEM, at=NOON)


def head_office() -> int:
    """The head office, opened if it is not there yet."""
    from yilu.people import queries

    for each in queries.list_offices():
        if each.level == "HEAD":
            return each.id
    return people.open_office(code="HQ", name="总公司", level="HEAD", actor=SYSTEM, at=NOON)


def staff(office_id: int, *roles: str, amount_limit: Any = None, **given: Any) -> int:
    """A member of staff with roles over the office they work in."""
    told = {"username": f"staff{next(_count)}", "name": "陈经办", "office_id": office_id}
    staff_id = people.hire_staff(**{**told, **given}, actor=SYSTEM, at=NOON)
    for role in roles:
        people.grant_role(
            staff_id=staff_id, role=role, office_id=office_id, amount_limit=amount_limit,
            actor=SYSTEM, at=NOON,
        )  # fmt: skip
    return staff_id


def agent(office_id: int, **given: Any) -> int:
    """An agent in office."""
    n = next(_count)
    told = {"code": f"A{n}", "name": "魏代理", "office_id": office_id, "phone": mobile()}
    return people.appoint_agent(**{**told, **given}, actor=SYSTEM, at=NOON)


def party(office_id: int, **given: Any) -> int:
    """A grown-up with an identity number and a mobile phone of their own."""
    told: dict[str, Any] = {"name": "林客户", "office_id": office_id}
    if given.get("kind", "PERSON") == "PERSON":
        told |= {
            "identity_kind": "RESIDENT_ID",
            "identity_number": resident_id(),
            "phone": mobile(),
        }
    return people.register_party(**{**told, **given}, actor=SYSTEM, at=NOON)


def account(party_id: int, **given: Any) -> int:
    """A bank card in the party's own name."""
    from yilu.people import queries

    told = {
        "bank_code": "ICBC", "number": card_number(), "holder_name": queries.get_party(party_id).name,
    }  # fmt: skip
    return people.add_account(party_id=party_id, **{**told, **given}, actor=SYSTEM, at=NOON)


def provider(office_id: int, **given: Any) -> people.ProviderKeys:
    """A hospital with its keys."""
    n = next(_count)
    told = {"code": f"H{n}", "name": "第一人民医院", "kind": "HOSPITAL", "office_id": office_id}
    return people.register_provider(**{**told, **given}, actor=SYSTEM, at=NOON)


def _luhn(number: str) -> bool:
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(number))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


# -- payments ------------------------------------------------------------------------------------


def payout(party_id: int | None = None, **given: Any) -> int:
    """A requested payout to an account in the beneficiary's own name."""
    from yilu.kernel import tx
    from yilu.payments import operations as payments

    party_id = party_id or party(office())
    told: dict[str, Any] = {
        "about": Ref("claim", next(_count)), "to_party": party_id, "amount": Decimal("1234.50"),
        "purpose": "CLAIM", "key": "final", "at": NOON,
    }  # fmt: skip
    told |= given
    if "account_id" not in told:
        told["account_id"] = account(party_id)
    return tx.use_case(payments.request_payout)(**told)
