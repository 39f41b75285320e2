"""
What customers do while things break, told through the operations in a process of its own.

``prepare N`` makes the insurer and N insured people; ``report`` has each report a claim and hand in a
bill, trying again like a person whose page did not answer; ``stand`` prints how far the claims are.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")
django.setup()

from demo import papers  # noqa: E402
from demo.claims import within_the_list  # noqa: E402
from django.db import InterfaceError, OperationalError, connection  # noqa: E402

from tests import make  # noqa: E402
from yilu.claims import operations as claims  # noqa: E402
from yilu.gateways.sandbox_bank import card_ending  # noqa: E402
from yilu.kernel.errors import Refusal  # noqa: E402
from yilu.kernel.refs import SYSTEM, Ref  # noqa: E402
from yilu.policies import operations as policies  # noqa: E402

CAST = Path(os.environ["YILU_VAR"]) / "cast.json"
TELLERS = ("7777", "0004", "7778", "0006", "7779", "0007", "7780", "0008")
"""How the bank treats each account in turn: as a rule well, now and then like a real one."""
FILE_EVERY = 4
"""Every fourth customer hands in the e-invoice as a file; for the others the hospital sends data."""


def prepare(count: int) -> None:
    """The insurer, and people with a policy, a consent and an account."""
    make.standards_in_force()
    office_id = make.office()
    provider_id = make.provider(office_id).provider_id
    make.product("small-medical")
    today = _now().date()
    people = []
    for n in range(count):
        name = f"林客{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'东南西北'[n // 10 % 4]}"
        party_id = make.insured(office_id, name=name)
        policy = policies.issue_policy(
            new=policies.NewPolicy(
                product_code="small-medical", holder_id=party_id, insured_id=party_id,
                office_id=office_id, effective_on=today - timedelta(days=200),
                sum_insured=Decimal(20_000), premium=Decimal("280.00"), with_social_insurance=True,
            ),
            actor=SYSTEM, at=_now(),
        )  # fmt: skip
        number = card_ending(TELLERS[n % len(TELLERS)], seed=n)
        account_id = make.account(party_id, number=number)
        people.append([party_id, name, policy.number, account_id, provider_id])
    CAST.write_text(json.dumps(people))


def report() -> None:
    """Everybody reports and hands in. Prints a line for each claim that stands."""
    for n, person in enumerate(json.loads(CAST.read_text())):
        sys.stdout.write(f"{_one(n, *person)}\n")
        sys.stdout.flush()
        time.sleep(0.2)


def _one(
    n: int, party_id: int, name: str, policy_number: str, account_id: int, provider_id: int
) -> int:
    today = _now().date()
    bill = within_the_list(
        papers.make_bill(
            name, n, issued_on=today - timedelta(days=2), largest=Decimal(400 + 20 * n)
        )
    )
    told = claims.Report(
        policy_number=policy_number, claimant_id=party_id, claim_type="MEDICAL", channel="APP",
        loss_date=bill.issued_on, request_key=f"tap-{n}", account_id=account_id,
    )  # fmt: skip
    actor = Ref("party", party_id)
    first, again = (
        _insist(lambda: claims.report_claim(report=told, actor=actor, at=_now())) for _ in range(2)
    )
    assert first.claim_id == again.claim_id, "a second tap is the same claim"
    if n % FILE_EVERY:
        _insist(
            lambda: claims.hand_in_invoices(
                claim_id=first.claim_id, provider_id=provider_id, invoices=[bill.as_feed()],
                actor=SYSTEM, at=_now(),
            )
        )  # fmt: skip
    else:
        file = claims.Paper("INVOICE", "电子票据.xml", papers.xml(bill), request_key=f"file-{n}")
        _insist(
            lambda: claims.hand_in_documents(
                claim_id=first.claim_id, papers=[file], actor=actor, at=_now()
            )
        )
    return int(first.claim_id)


def _insist(act: Callable[[], Any]) -> Any:
    """Try until there is an answer. Nobody knows whether the try before was committed."""
    tried = False
    while True:
        try:
            return act()
        except (OperationalError, InterfaceError):
            connection.close()
            tried = True
            time.sleep(0.2)
        except Refusal:
            if not tried:
                raise
            return None  # it had been committed: the second try is refused and changes nothing


def stand() -> None:
    """How many claims are in which state, and how much the worker still has before it."""
    sys.stdout.write(json.dumps(_stand()))


def _stand() -> dict[str, Any]:
    from yilu.journal.operations import recording

    return {
        "claims": _rows("select state, count(*) from claims_claim group by 1 order by 1"),
        "unpaid": _count("select count(*) from claims_claim where state <> 'CLOSED'"),
        "reactions_waiting": _count("select count(*) from journal_reaction where state <> 'DONE'"),
        "reactions_owed": sum(
            len(recording._subscribers.get(kind, ())) * count
            for kind, count in _rows("select kind, count(*) from journal_event group by 1")
        ),
        "reactions_done": _count("select count(*) from journal_reaction where state = 'DONE'"),
    }


def _rows(sql: str) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [list(row) for row in cursor.fetchall()]


def _count(sql: str) -> int:
    return int(_rows(sql)[0][0])


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    {"prepare": lambda: prepare(int(sys.argv[2])), "report": report, "stand": stand}[sys.argv[1]]()
