"""What the demo tells its visitor: addresses, sign-ins, ready papers. ``python -m demo.welcome``."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")


def notes(world: Any, insured: list[Any], now: datetime) -> dict[str, object]:
    """What is written down for ``/demo``, with ready papers for the customers shown."""
    from django.conf import settings

    from demo import papers
    from demo.claims import within_the_list
    from demo.customers import agree, open_account
    from demo.world import PASSWORD, STAFF, TOTP_SECRET
    from yilu.claims import queries as claims
    from yilu.people import queries as people

    office_names = {office.id: office.name for office in people.list_offices()}
    waiting = (now - timedelta(days=120)).date()
    grown_up = (now - timedelta(days=365 * 19)).date()  # children do not sign in themselves
    shown = [
        c
        for c in insured
        if "small-medical" in c.policies
        and c.since["small-medical"] < waiting
        and len(c.policies) > 1
        and c.person.birth_date < grown_up
        and not claims.list_for_party(c.party_id)  # nothing about them makes a person look twice
    ][:6]
    folder = settings.VAR / "demo-papers"
    folder.mkdir(parents=True, exist_ok=True)
    ready = []
    for n, customer in enumerate(shown):
        open_account(customer, now)
        agree(customer, now, "HEALTH_DATA")
        bill = within_the_list(
            papers.make_bill(
                customer.person.name, 900_000 + n, issued_on=(now - timedelta(days=2)).date(),
                largest=Decimal("860"),
            )
        )  # fmt: skip
        for ending, make in (("xml", papers.xml), ("ofd", papers.ofd), ("pdf", papers.pdf)):
            if n % 3 == ("xml", "ofd", "pdf").index(ending):
                name = f"{customer.person.name}-电子票据.{ending}"
                (folder / name).write_bytes(make(bill))
                ready.append(
                    {
                        "file": name,
                        "what": f"门诊电子票据 {bill.total} 元",
                        "for": customer.person.name,
                    }
                )
    agents = [people.get_agent(agent_id) for agent_id in list(world.agents)[:3]]
    return {
        "password": PASSWORD,
        "totp_secret": TOTP_SECRET,
        "staff": [
            {
                "username": u,
                "name": name,
                "roles": list(roles),
                "office": office_names[world.offices[office]],
            }
            for u, name, office, roles in STAFF
        ],
        "customers": [
            {
                "name": c.person.name,
                "phone": c.person.phone,
                "note": f"{len(c.policies)} 张保单",
                "tail": c.person.identity_number[-6:],
                "born": f"{c.person.birth_date:%Y%m%d}",
            }
            for c in shown
        ],
        "agents": [
            {"name": a.name, "code": a.code, "phone": _agent_phone(n)} for n, a in enumerate(agents)
        ],
        "providers": [
            {"code": code, "token": token, "hook_secret": secret}
            for code, (token, secret) in world.provider_tokens.items()
        ],
        "papers": ready,
    }


def _agent_phone(n: int) -> str:
    import random

    from demo.names import person

    return person(random.Random(0), 60_000_000 + n).phone


def main() -> None:
    """Print where to go and who to be."""
    from yilu.site import settings

    told = json.loads((settings.VAR / "demo.json").read_text())
    url = settings.PUBLIC_URL
    first = told["customers"][0] if told["customers"] else {"name": "", "phone": ""}
    print(f"""
  一路 Yilu runs.  Ctrl-C stops everything; the data is kept.

    {url}/          客户手机端  the customer's phone     {first["phone"]} {first["name"]}
    {url}/staff/    工作台      the workbench            {told["staff"][2]["username"]} / {told["password"]}
    {url}/agent/    代理人      the agent's counter      {told["agents"][0]["phone"]}
    {url}/verify    查验        check a letter
    {url}/demo      演示说明    every sign-in, the codes, ready papers
""")
    for each in told["staff"]:
        print(f"    {each['username']:<12} {'、'.join(each['roles']):<34} {each['office']}")
    print(f"\n    Codes (短信验证码、动态口令) are shown on {url}/demo\n", flush=True)


if __name__ == "__main__":
    main()
