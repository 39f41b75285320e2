"""
A batch to try with: in the demo only, a factory's people are insured, agree, and visit a hospital.

Everybody is invented, and everything goes through the operations: people, policies, separate
consents, authorisations, then one file of visits of which one in a hundred has a fault. How far it
is stands beside the demo's other notes.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from yilu.kernel.days import day_of
from yilu.kernel.identity import check_character
from yilu.kernel.refs import SYSTEM
from yilu.people import operations as people
from yilu.people import queries as people_queries
from yilu.policies import operations as policies

from . import operations
from .models import Partner
from .operations.authorising import CONSENTS
from .operations.trying import TRIAL_ROWS, OnlyInDemo, note
from .rules import sheet, words

AT_ONCE = 500
PRODUCT = "small-medical"
BROKEN_ONE_IN = 100
VISITED_WITHIN = 25  # days
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
_GIVEN = "伟强磊军勇杰涛明超辉刚健俊峰斌鹏浩宇航博芳娜敏静丽艳娟霞秀兰英华玉梅红雪琳璐颖洁"
_ITEMS = (
    ("诊察费", "A"), ("化验费", "A"), ("西药费", "A"), ("检查费", "A"), ("治疗费", "A"),
    ("中成药费", "B"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Worker:
    """One of the factory's people, with the policy that the factory gave them."""

    name: str
    identity_number: str
    policy_number: str


def run(rows: int, *, at: datetime) -> int:
    """
    Make the people, hand their visits in as a file, and return the batch's id.

    :raises OnlyInDemo: anywhere else.
    """
    if not settings.DEMO:
        raise OnlyInDemo
    rows = max(1, min(rows, TRIAL_ROWS))
    partner = Partner.objects.select_related("provider").filter(active=True).earliest("pk")
    chance = random.Random(at.timestamp())  # noqa: S311
    crowd: list[Worker] = []
    for start in range(0, rows, AT_ONCE):
        crowd += _insured(partner, min(AT_ONCE, rows - start), at, chance)
        note({"rows": rows, "done": len(crowd)})
    content = visits_file(crowd, day_of(at), chance)
    name = f"一厂员工就诊-{at:%m%d%H%M}.csv"
    (_folder() / name).write_bytes(content)
    batch_id, _is_new = operations.receive_batch(
        partner_id=partner.pk, filename=name, content=content, actor=SYSTEM, at=at
    )
    note({"rows": rows, "done": rows, "file": name, "batch": batch_id})
    return batch_id


def visits_file(crowd: Sequence[Worker], today: date, chance: random.Random) -> bytes:
    """A hospital's list of one visit each, in GB18030 as hospitals write it; some lines have a fault."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow([names[0] for names in sheet.COLUMNS.values()])
    serial = chance.randrange(10**6) * 10**4
    for n, worker in enumerate(crowd):
        row = _visit(worker, serial + n, today, chance)
        if n % BROKEN_ONE_IN == BROKEN_ONE_IN - 1:
            _break(row, n // BROKEN_ONE_IN, today)
        table.writerow(row.values())
    return out.getvalue().encode("gb18030")


def _visit(worker: Worker, number: int, today: date, chance: random.Random) -> dict[str, str]:
    on = today - timedelta(days=chance.randrange(2, VISITED_WITHIN))
    parts = [
        (name, kind, Decimal(chance.randrange(4_000, 60_000)) / 100)
        for name, kind in chance.sample(_ITEMS, chance.randrange(2, 5))
    ]
    total = sum((amount for *_what, amount in parts), Decimal("0.00"))
    fund = (total * chance.randrange(40, 66) / 100).quantize(Decimal("0.01"))
    return {
        "number": f"MZ{number:010d}", "name": worker.name,
        "identity_number": worker.identity_number, "policy_number": worker.policy_number,
        "kind": "门诊", "on": on.isoformat(), "discharged_on": "",
        "department": chance.choice(("内科", "外科", "骨科", "耳鼻喉科", "皮肤科", "口腔科")),
        "code": "33060126", "invoice": f"{number:010d}", "check_code": "a1b2c3",
        "issued_on": on.isoformat(), "total": str(total), "fund_paid": str(fund),
        "other_paid": "0.00",
        "lines": "；".join(f"{name}:{kind}:{amount}" for name, kind, amount in parts),
    }  # fmt: skip


def _break(row: dict[str, str], which: int, today: date) -> None:
    """One of the faults that real files have."""
    faults = (
        ("total", "-12.00"), ("on", (today + timedelta(days=3)).isoformat()),
        ("identity_number", row["identity_number"][:-4] + "0000"), ("lines", "西药费"),
        ("policy_number", "P0000000000"), ("kind", "体检"),
    )  # fmt: skip
    column, value = faults[which % len(faults)]
    row[column] = value


def _insured(partner: Partner, count: int, at: datetime, chance: random.Random) -> list[Worker]:
    """So many people with a policy, both separate consents and the authorisation."""
    office_id = partner.provider.office_id
    persons, ids = _registered(office_id, count, at, chance)
    issued = policies.issue_policies(
        new=[
            policies.NewPolicy(
                product_code=PRODUCT, holder_id=party_id, insured_id=party_id, office_id=office_id,
                effective_on=day_of(at) - timedelta(days=200), sum_insured=Decimal(20_000),
                premium=Decimal("480.00"), channel="GROUP", with_social_insurance=True,
            )
            for party_id in ids
        ],
        actor=SYSTEM, at=at,
    )  # fmt: skip
    for purpose in CONSENTS:
        version = people_queries.consent_text(purpose).version
        people.give_consents(
            party_ids=ids, purpose=purpose, text_version=version, channel="PAPER", at=at
        )
    operations.authorise_group(
        partner_id=partner.pk, party_ids=ids, text_version=words.TEXT_VERSION, actor=SYSTEM, at=at
    )
    return [
        Worker(name, number, policy.number)
        for (name, number), policy in zip(persons, issued, strict=True)
    ]


def _registered(
    office_id: int, count: int, at: datetime, chance: random.Random
) -> tuple[list[tuple[str, str]], list[int]]:
    for _once_more in range(5):  # an earlier trial may have had one of the numbers
        persons = [*_persons(count, chance)]
        try:
            return persons, people.register_parties(
                parties=[
                    people.NewParty(
                        name=name, office_id=office_id, identity_kind="RESIDENT_ID", identity_number=number,
                    )
                    for name, number in persons
                ],
                actor=SYSTEM, at=at,
            )  # fmt: skip
        except people.AlreadyRegistered:
            continue
    raise RuntimeError("no numbers left to invent")


def _persons(count: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Names and well-formed numbers that nobody has; an odd last digit is a man's."""
    seen = set[str]()
    while len(seen) < count:
        born = date(1968, 1, 1) + timedelta(days=chance.randrange(12_000))
        body = f"3390{chance.randrange(1, 30):02d}{born:%Y%m%d}{chance.randrange(1000):03d}"
        if body in seen:
            continue
        seen.add(body)
        name = chance.choice(_SURNAMES) + "".join(chance.sample(_GIVEN, chance.choice((1, 2))))
        yield name, body + check_character(body)


def _folder() -> Path:
    folder = Path(settings.VAR) / "demo-papers"
    folder.mkdir(exist_ok=True)
    return folder
