"""
A hospital's file of visits, made on demand: ``YILU_VAR=… python -m demo.visits 20000 visits.csv``.

Its patients are made first (registered, insured, agreed), through the operations; one row in fifty
is wrong in some way, so that the desk has something to show.
"""

from __future__ import annotations

import csv
import json
import os
import random
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")
AT_ONCE = 500


def main(count: int, path: str) -> None:
    """Make ``count`` patients of the first partner's and a visit of each."""
    import django

    django.setup()
    from django.conf import settings

    from yilu.direct_billing.rules import sheet

    partner = json.loads((Path(settings.VAR) / "demo-provider.json").read_text())["partners"][0]
    now = datetime.now(UTC)
    chance = random.Random(count)
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([names[0] for names in sheet.COLUMNS.values()])
        for start in range(0, count, AT_ONCE):
            some = min(AT_ONCE, count - start)
            for n, (person, number) in enumerate(
                _patients(partner["partner"], start, some, now, chance)
            ):
                writer.writerow(_visit(start + n, person, number, now.date(), chance))
            print(f"{start + some}/{count}", flush=True)


def _patients(partner_id: int, start: int, count: int, now: datetime, chance: random.Random):  # type: ignore[no-untyped-def]
    from demo import names
    from yilu.direct_billing import operations as direct
    from yilu.direct_billing.rules.words import TEXT_VERSION
    from yilu.kernel.refs import SYSTEM, Ref
    from yilu.people import operations as people
    from yilu.people import queries
    from yilu.policies import operations as policies

    office = next(o.id for o in queries.list_offices() if o.level == "BRANCH")
    since, base = now - timedelta(days=200), int(now.timestamp()) % 1_000_000 * 30
    some = [
        names.person(chance, 20_000_000 + base + start + n, youngest=22, oldest=55)
        for n in range(count)
    ]
    ids = people.register_parties(
        parties=[
            people.NewParty(
                name=p.name, office_id=office, identity_kind="RESIDENT_ID",
                identity_number=p.identity_number, phone=p.phone,
            )
            for p in some
        ],
        actor=SYSTEM, at=since,
    )  # fmt: skip
    for party_id in ids:
        for purpose in ("HEALTH_DATA", "MEDICAL_DATA_FETCH"):
            people.give_consent(
                party_id=party_id, purpose=purpose, channel="APP", actor=Ref("party", party_id),
                text_version=queries.consent_text(purpose).version, at=since,
            )  # fmt: skip
        direct.authorise(
            partner_id=partner_id, text_version=TEXT_VERSION, actor=Ref("party", party_id), at=since
        )
    issued = policies.issue_policies(
        new=[
            policies.NewPolicy(
                product_code="small-medical", holder_id=each, insured_id=each, office_id=office,
                effective_on=since.date(), sum_insured=Decimal(20_000), premium=Decimal("480.00"),
                with_social_insurance=True,
            )
            for each in ids
        ],
        actor=SYSTEM, at=since,
    )  # fmt: skip
    return list(zip(some, [i.number for i in issued], strict=True))


def _visit(n: int, person, number: str, today: date, chance: random.Random) -> list[str]:  # type: ignore[no-untyped-def]
    on = today - timedelta(days=chance.randrange(1, 40))
    parts = [Decimal(chance.randrange(40_00, 400_00)) / 100 for _ in range(3)]
    total = sum(parts, Decimal(0))
    fund = (total * Decimal("0.5")).quantize(Decimal("0.01"))
    lines = "；".join(
        f"{name}:A:{part}" for name, part in zip(("诊查费", "检查费", "药费"), parts, strict=True)
    )
    row = [
        f"MZ{today:%y%m%d}{n:06d}", person.name, person.identity_number, number, "门诊", str(on), "", "内科",
        "33060126", f"{today:%d}{n:08d}", "a1b2c3", str(on), str(total), str(fund), "0.00", lines,
    ]  # fmt: skip
    wrong = n % 200
    if wrong == 50:
        row[12] = str(total + 1)
    elif wrong == 100:
        row[3] = "P404"
    elif wrong == 150:
        row[5] = "昨天"
    elif wrong == 199:
        row[1] = "查无此人"
    return row


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
