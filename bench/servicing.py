"""The servicing hall: what a confirmation costs in SQL statements, and how many a core confirms."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, date, datetime
from decimal import Decimal

import bench
from bench.insurer import LONG_AGO, insurer

AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # a Wednesday morning in Shanghai
TARGET = 15
WARM, MANY = 5, 60

_count = itertools.count(1)


@bench.measure("servicing.statements", unit="statements", at_most=TARGET)
def statements() -> bench.Value:
    """
    SQL statements of one confirmation, from the request's row to the last promise, without BEGIN and
    COMMIT: a policy loan paid out, beside it an address and a beneficiary the insured agrees to.
    """
    for _ in range(WARM):
        _loan()
    counts = {}
    for name, make in (("loan", _loan), ("address", _address), ("agreement", _agreement)):
        make()
        confirm = make(confirm=False)
        with bench.statements() as sent:
            confirm()
        counts[name] = len(sent)
    note = "a loan; " + ", ".join(f"{n}: {c}" for n, c in counts.items() if n != "loan")
    return bench.Value(counts["loan"], note=note)


@bench.measure("servicing.confirmations", unit="confirmations/core-s", limit="insert")
def confirmations() -> bench.Value:
    """Loans confirmed one after the other, each in a transaction of its own: quote anew, lend, pay, tell."""
    ready = [_loan(confirm=False) for _ in range(WARM + MANY)]
    for confirm in ready[:WARM]:
        confirm()
    began = time.perf_counter()
    with bench.core_seconds() as cpu:
        for confirm in ready[WARM:]:
            confirm()
    passed = time.perf_counter() - began
    return bench.Value(MANY / cpu.total, note=f"{passed / MANY * 1000:.1f} ms each, wall clock")


def _loan(*, confirm: bool = True):  # type: ignore[no-untyped-def]
    from yilu.people import operations as people
    from yilu.people import queries

    holder, policy_id = _holder()
    n = next(_count)
    account = people.add_account(
        party_id=holder, bank_code="ICBC", number=_card(n), holder_name="林投保",
        agreed=queries.consent_text("FINANCIAL").version, actor=_ref(holder), at=AT,
    )  # fmt: skip
    form = {"amount": "10000", "account_id": str(account)}
    return _ready("policy_loan", form, holder, policy_id, confirm)


def _address(*, confirm: bool = True):  # type: ignore[no-untyped-def]
    holder, policy_id = _holder()
    form = {"region": "浙江省杭州市", "street": f"文三路 {next(_count)} 号 3 幢"}
    return _ready("contact_address", form, holder, policy_id, confirm)


def _agreement(*, confirm: bool = True):  # type: ignore[no-untyped-def]
    from yilu.servicing import operations as servicing

    holder, policy_id = _holder(insured=_person("苏被保"))
    insured = _insured_of(policy_id)
    request_id = _ready("beneficiaries", {"how": "LEGAL"}, holder, policy_id, True)

    def agree() -> None:
        servicing.confirm_as_second_party(request_id=request_id, actor=_ref(insured), at=AT)

    if confirm:
        agree()
    return agree


def _ready(kind: str, form: dict[str, str], holder: int, policy_id: int, confirm: bool):  # type: ignore[no-untyped-def]
    from yilu.messaging.models import Message  # noqa: F401  (rooms are loaded once)
    from yilu.servicing import operations as servicing
    from yilu.servicing.models import Request

    actor = _ref(holder)
    request_id = servicing.start_request(
        kind=kind,
        form=form,
        party_id=holder,
        policy_id=policy_id,
        door="CUSTOMER",
        actor=actor,
        at=AT,
    )
    digest = servicing.quote_request(request_id=request_id, actor=actor, at=AT).digest
    # As ``verify_code`` leaves it: the code itself is not what is measured.
    Request.objects.filter(pk=request_id).update(verified_at=AT, proof="CODE")

    def press() -> None:
        servicing.confirm_request(request_id=request_id, digest=digest, actor=actor, at=AT)

    if not confirm:
        return press
    press()
    return request_id


def _holder(insured: int | None = None) -> tuple[int, int]:
    """A holder with a whole-life policy in its tenth year."""
    from yilu.kernel.refs import SYSTEM
    from yilu.policies import operations as policies

    holder = _person("林投保")
    issued = policies.issue_policy(
        new=policies.NewPolicy(
            product_code="whole-life", holder_id=holder, insured_id=insured or holder,
            office_id=insurer(), effective_on=date(2016, 3, 4), sum_insured=Decimal(1_000_000),
            premium=Decimal(30_000), pay_years=20, with_social_insurance=False, rated_age=30,
            rated_sex="FEMALE",
        ),
        actor=SYSTEM, at=LONG_AGO,
    )  # fmt: skip
    return holder, issued.id


def _person(name: str) -> int:
    """Somebody with the number of their card on record, as whoever a contract is made with has."""
    from yilu.kernel.identity import check_character
    from yilu.kernel.refs import SYSTEM
    from yilu.people import operations as people

    county, order = divmod(next(_count), 500)
    body = f"33{101 + county:04d}19850615{order * 2:03d}"
    return people.register_party(
        name=name, office_id=insurer(), identity_kind="RESIDENT_ID",
        identity_number=body + check_character(body), actor=SYSTEM, at=LONG_AGO,
    )  # fmt: skip


def _insured_of(policy_id: int) -> int:
    from yilu.policies import queries

    return queries.policy_card(policy_id).insured_id


def _card(n: int) -> str:
    body = f"622202{n:012d}"
    for digit in "0123456789":
        if _luhn(body + digit):
            return body + digit
    raise AssertionError


def _luhn(number: str) -> bool:
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(number))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _ref(party_id: int):  # type: ignore[no-untyped-def]
    from yilu.kernel.refs import Ref

    return Ref("party", party_id)
