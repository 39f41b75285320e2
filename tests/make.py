"""
Builders for tests: they act through operations, so that no test starts from an impossible state.

One section a room. Times are fixed and passed in.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from unittest import mock

from tests import shelf
from yilu.kernel.identity import check_character
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
"""Wednesday 4 March 2026, twelve o'clock in Shanghai."""

_count = itertools.count(1)


# -- people --------------------------------------------------------------------------------------


def resident_id(born: date = date(1985, 6, 15), sex: str = "FEMALE", region: str = "31") -> str:
    """A well-formed identity number that no test has seen before, and that the sandbox register knows."""
    return next(n for n in _numbers(born, sex, region) if not n.endswith("44"))


def number_of_another() -> str:
    """The same, but the sandbox register knows another name to it."""
    return next(n for n in _numbers(date(1985, 6, 15), "FEMALE", "31") if n.endswith("44"))


def _numbers(born: date, sex: str, region: str) -> Iterator[str]:
    for n in _count:
        county, order = divmod(n, 500)
        last = order * 2 % 1000 + (1 if sex == "MALE" else 0)
        body = f"{region}{101 + county % 9000:04d}{born:%Y%m%d}{last:03d}"
        yield body + check_character(body)


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
    """A grown-up with an identity number and a mobile phone of their own, checked by the register."""
    told: dict[str, Any] = {"name": "林客户", "office_id": office_id}
    checked = given.pop("checked", True) and given.get("identity_number", "-") != ""
    if given.get("kind", "PERSON") == "PERSON":
        told |= {
            "identity_kind": "RESIDENT_ID",
            "identity_number": resident_id(),
            "phone": mobile(),
        }
    made = people.register_party(**{**told, **given}, actor=SYSTEM, at=NOON)
    if checked and given.get("kind", "PERSON") == "PERSON":
        identity_checked(made)
    return made


def identity_checked(party_id: int) -> None:
    """As if the register had said yes some time ago: nothing is recorded today."""
    from yilu.people.models import IdentityCheck

    IdentityCheck.objects.create(
        party_id=party_id, how="REGISTER", state="STANDS", document="RESIDENT_ID", receipt="SF0",
        recorded_by=str(SYSTEM), recorded_at=NOON,
    )  # fmt: skip


def of_paper_days(party_id: int) -> None:
    """As if no document of theirs was ever seen."""
    from yilu.people.models import IdentityCheck, Party

    IdentityCheck.objects.filter(party_id=party_id).delete()
    Party.objects.filter(pk=party_id).update(identity=b"", identity_kind=None, identity_index=None)


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


# -- policies ------------------------------------------------------------------------------------


_PRODUCTS = (
    "products_product",
    "products_productversion",
    "products_offering",
    "products_ratetable",
)


def product(code: str) -> int:
    """The version of a product of the catalogue, published if it is not yet (the first: no event)."""
    from yilu.products import operations, queries

    found = queries.find_version_id(code, NOON.date())
    if found is not None:
        return found
    path = operations.CATALOGUE / code / "terms.toml"
    publish = partial(operations.publish_wording, path=path, actor=SYSTEM, at=NOON)
    shelf.laid_out(_PRODUCTS, partial(_reading_once, publish), code)
    version_id = queries.find_version_id(code, NOON.date())
    assert version_id is not None
    return version_id


def _reading_once(publish: Callable[[], object]) -> None:
    """Working out a product's rate tables costs more than most tests: each is read once a process."""
    from yilu.products import operations

    with mock.patch.object(operations, "read_folder", _read_once(operations.read_folder)):
        publish()


@functools.cache
def _read_once(read: Callable[..., Any]) -> Callable[..., Any]:
    return functools.cache(read)


def policy(office_id: int, **given: Any) -> Any:
    """
    A policy in force since last September, its product published if it is not yet.

    Names no holder: somebody new. ``insured_id`` defaults to the holder.
    """
    from yilu.policies import operations as policies

    holder_id = given.pop("holder_id", None) or party(office_id)
    told: dict[str, Any] = {
        "product_code": "million-medical-social",
        "holder_id": holder_id,
        "insured_id": holder_id,
        "office_id": office_id,
        "effective_on": date(2025, 9, 1),
        "sum_insured": Decimal(2_000_000),
        "premium": Decimal("366.00"),
        "with_social_insurance": True,
    }
    new = policies.NewPolicy(**{**told, **given})
    product(new.product_code)
    return policies.issue_policy(new=new, actor=SYSTEM, at=NOON)


# -- claims --------------------------------------------------------------------------------------


_STANDARDS = (
    "standards_edition", "standards_calendar", "standards_calendaryear", "standards_calendarday",
    "standards_decisiontable", "standards_tableversion", "standards_checklistversion",
    "standards_programmeversion", "standards_figureversion", "standards_bookversion",
)  # fmt: skip
_OBLIGATIONS = ("obligations_definition", "obligations_definitionversion")


_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def standards_in_force(since: datetime = _LONG_AGO) -> None:
    """Calendars, decision tables, checklists and promises, as they are shipped."""
    from yilu.obligations import operations as obligations
    from yilu.obligations.book import the_book

    house_standards(since)
    shelf.laid_out(
        _OBLIGATIONS,
        lambda: obligations.load_catalogue(since),
        f"{since}",
        read=the_book,
        stands=since == _LONG_AGO,
    )


def house_standards(since: datetime = _LONG_AGO) -> None:
    """The same without the promises."""
    from yilu.standards import operations as standards

    shelf.laid_out(
        _STANDARDS,
        lambda: standards.load_catalogue(since),
        f"{since}",
        read=partial(_read_standards, since),
        stands=since == _LONG_AGO,
    )


def _read_standards(at: datetime) -> None:
    from yilu.standards import queries

    queries.working_time(0)
    for table in queries.list_tables(at):
        queries.compiled_at(table.code, at)
    queries.list_checklists(at)
    queries.figure_spans("claims.fast_limit")


def figure_set(code: str, value: str) -> None:
    """A figure managers set (数值标准), as typed, in force since before noon's day."""
    from yilu.kernel.days import day_of
    from yilu.standards import operations as standards

    at = NOON - timedelta(days=3)
    told: dict[str, Any] = {"code": code, "at": at}
    revision = standards.draft_figure(
        **told, value=value, effective_from=day_of(at) + timedelta(days=1), reason="本公司决定",
        actor=Ref("staff", 1),
    )  # fmt: skip
    standards.publish_figure(**told, revision=revision, actor=Ref("staff", 2))


def products_on_sale() -> None:
    """Every product of the catalogue with its prices, as shipped; their events are left out."""
    from yilu.products import operations as products

    load = partial(products.load_catalogue, at=_LONG_AGO)
    shelf.laid_out(_PRODUCTS, partial(_reading_once, load))


def consent(party_id: int, purpose: str = "HEALTH_DATA", given_by: int | None = None) -> None:
    """The person's separate agreement to a purpose; for a child, a parent's (``given_by``)."""
    from yilu.people import queries

    people.give_consent(
        party_id=party_id, purpose=purpose, text_version=queries.consent_text(purpose).version,
        channel="APP", given_by=given_by, actor=Ref("party", given_by or party_id), at=NOON,
    )  # fmt: skip


def insured(office_id: int, **given: Any) -> int:
    """A grown-up who agreed to the handling of health data."""
    party_id = party(office_id, birth_date=date(1985, 6, 15), **given)
    consent(party_id)
    return party_id


def medical_policy(office_id: int, **given: Any) -> Any:
    """A small medical policy with social insurance, past its waiting period."""
    holder_id = given.pop("holder_id", None) or insured(office_id)
    told: dict[str, Any] = {
        "product_code": "small-medical", "holder_id": holder_id, "sum_insured": Decimal(20_000),
        "premium": Decimal("280.00"), "effective_on": date(2025, 9, 1), "with_social_insurance": True,
    }  # fmt: skip
    return policy(office_id, **{**told, **given})


def invoice(
    payer_name: str = "林客户", count: int = 4, each: str = "500.00", **given: Any
) -> dict[str, Any]:
    """A hospital's inpatient invoice as data: every line within the list, the fund paid half."""
    n = next(_count)
    total = Decimal(each) * count
    told: dict[str, Any] = {
        "kind": "FISCAL_INPATIENT", "code": "33060126", "number": f"{n:010d}", "check_code": "a1b2c3",
        "issued_on": "2026-03-03", "payer_name": payer_name, "payee_name": f"第{n}人民医院",
        "total": str(total), "fund_paid": str((total / 2).quantize(Decimal("0.01"))),
        "visit_kind": "INPATIENT", "admitted_on": "2026-03-01", "discharged_on": "2026-03-03",
        "hospital_days": "2", "department": "内科",
        "lines": [{"name": f"项目{i}", "category": "A", "amount": each} for i in range(count)],
    }  # fmt: skip
    return told | given


def report(policy_number: str, claimant_id: int, **given: Any) -> Any:
    """What is said when a hospital stay is reported."""
    from yilu.claims import operations as claims

    told: dict[str, Any] = {
        "policy_number": policy_number, "claimant_id": claimant_id, "claim_type": "MEDICAL",
        "loss_date": date(2026, 3, 1), "channel": "APP", "request_key": f"tap-{next(_count)}",
    }  # fmt: skip
    return claims.Report(**{**told, **given})


def reported_claim(holder_id: int | None = None, **given: Any) -> Any:
    """A claim reported by its insured from the phone, an account named; what became of it."""
    from yilu.claims import operations as claims

    office_id = given.pop("office_id", None) or office()
    holder_id = holder_id or insured(office_id)
    number = (
        given.pop("policy_number", None) or medical_policy(office_id, holder_id=holder_id).number
    )
    account_id = given.pop("account_id", 0)
    if account_id == 0:
        account_id = account(holder_id)
    actor = given.pop("actor", Ref("party", holder_id))
    at = given.pop("at", NOON)
    access = given.pop("access", None)
    told = report(number, holder_id, account_id=account_id, **given)
    return claims.report_claim(report=told, actor=actor, at=at, access=access)


def claim_in_review(**given: Any) -> Any:
    """A claim whose sum is beyond the machine: 12,000 yuan of bills wait for a person."""
    from yilu.claims import operations as claims

    bills = given.pop("invoices", None) or [
        invoice(each="6000.00", fund_paid="0.00", admitted_on="2026-02-20")
    ]
    at = given.pop("at", NOON)
    reported = reported_claim(at=at, **given)
    claims.hand_in_invoices(
        claim_id=reported.claim_id, provider_id=1, invoices=bills, actor=SYSTEM, at=at
    )
    return reported


def colleague(office_id: int, *roles: str, **given: Any) -> tuple[Any, Ref]:
    """A member of staff as doors know them: their access, and the ref they act under."""
    from yilu.people import queries

    staff_id = staff(office_id, *roles, **given)
    return queries.staff_access(staff_id), Ref("staff", staff_id)


def erased(party_id: int, at: datetime = NOON) -> None:
    """Somebody who asked to be erased, and was: one colleague proposed it, another agreed."""
    from yilu.people import operations as people
    from yilu.people import queries

    request_id = people.open_data_request(
        party_id=party_id, kind="DELETE", actor=Ref("party", party_id), at=at
    )
    office_id = queries.get_party(party_id).office_id
    for act in (people.propose_erasure, people.confirm_erasure):
        access, actor = colleague(office_id, "SERVICING")
        act(request_id=request_id, why="本人到场要求", access=access, actor=actor, at=at)


_JOURNEYS = ("journeys_journeyversion", "standards_prelaunchanswer", "journeys_standardtext")


def journeys_in_force() -> None:
    """The journeys and the standards of continuation, as they are shipped."""
    from yilu.journeys import operations as journeys
    from yilu.journeys.book import the_book

    shelf.laid_out(_JOURNEYS, lambda: journeys.load_catalogue(_LONG_AGO), read=the_book)
