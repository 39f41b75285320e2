"""
Look after the demo insurer: make it if it is not there yet. ``python -m demo.seed [--small]``.

Everything is made by the operations themselves, in the order and at the hours in which it would have
happened over the past ten weeks, so that every screen has something true to show.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import sys
from datetime import datetime, timedelta

from yilu.site.demo import HALF_MADE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")

WEEKS = 10
CUSTOMERS, CLAIMS = 5_000, 360
SMALL_CUSTOMERS, SMALL_CLAIMS = 200, 40


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    import django

    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from yilu.people import queries as people

    if people.list_offices():
        return
    # Their gateways of practice are busy now and then; what waits is sent by the worker.
    logging.getLogger("yilu.messaging.posting").setLevel(logging.ERROR)
    now = timezone.now()
    print()  # the step's own line stays above
    # While this file is there the insurer is half made; `yilu demo` then begins again.
    begun = settings.VAR / HALF_MADE
    begun.touch()
    notes = _make(now, random.Random(options.seed), small=options.small)
    (settings.VAR / "demo.json").write_text(json.dumps(notes, ensure_ascii=False, indent=1))
    begun.unlink()


def _make(now: datetime, chance: random.Random, *, small: bool) -> dict[str, object]:
    from demo import (
        applications,
        catastrophe,
        chats,
        complaints,
        contact,
        customers,
        families,
        inspections,
        journeys,
        lives,
        messages,
        money,
        privacy,
        quality,
        renewals,
        scorecards,
        scorecards_cards,
        servicing,
        training,
        underwriting,
        video,
        voice,
        welcome,
        what_if,
        world,
    )

    begun = now - timedelta(weeks=WEEKS)
    _load_catalogues(now - timedelta(days=365 * 8))
    made = world.build(begun, chance)
    insured = customers.build(
        made, begun, chance, SMALL_CUSTOMERS if small else CUSTOMERS, _bar("客户与保单 customers")
    )
    hard_case = _tell_claims(made, insured, begun, now, chance, small=small)
    what_if.tell(made, now)
    underwriting.tell(made, insured, now - timedelta(hours=2))
    applications.tell(made, insured, now)
    families.tell(made, insured, now - timedelta(hours=3))
    renewing = renewals.tell(made, insured, now - timedelta(hours=1))
    asked = servicing.tell(made, insured, now - timedelta(hours=1))
    lived = lives.tell(made, insured, now - timedelta(hours=1))
    money.check_books(now - timedelta(minutes=31))
    money.practise(made, now - timedelta(minutes=30))
    complaints.tell(made, insured, now)
    if asked:
        print(f"    requests of the servicing hall left out: {asked}")
    messages.tell(made, now - timedelta(minutes=5))
    heard = voice.tell(made, insured, now - timedelta(hours=1))
    chats.tell(made, insured, now)
    journeys.tell(made, now)
    contact.tell(made, insured, now - timedelta(minutes=4), small=small)
    messages.let_answer(now - timedelta(minutes=3))
    messages.catch_up(now)
    quality.tell(made, now)
    training.tell(made, now)
    inspections.tell(made, now)
    privacy.tell(made, now)
    world.ask_for_authority(made, now)
    notes = welcome.notes(made, insured, now) | {"hard": hard_case, "lives": lived}
    notes["video"] = video.tell(made, now)
    scorecards.tell(now)
    scorecards_cards.tell(made, now)
    shown = notes["customers"]
    assert isinstance(shown, list)
    shown += renewing
    _put_paper(
        notes, catastrophe.DRILL_LIST, catastrophe.drill_list(insured, chance), "演练用伤亡名单"
    )
    _put_paper(notes, voice.VISITORS, heard, "可导入的客户原声（导入原声）")
    return notes


def _tell_claims(made, insured, begun, now, chance, *, small):  # type: ignore[no-untyped-def]
    """The past weeks of claims, hour by hour; where the hard case is."""
    from demo import catastrophe, claims, hard, money, providers, risk, stories, time, tour

    with time.past(begun, now - timedelta(hours=1)) as past:
        catastrophe.tell(made, insured, past, chance)
        chronicle = claims.Chronicle(made, insured, past, chance)
        money.pay_by_file(chronicle)
        refused = stories.tell(
            chronicle,
            now - timedelta(hours=6),
            SMALL_CLAIMS if small else CLAIMS,
            _bar("赔案 claims"),
        )
        past.advance(now - timedelta(hours=3), chronicle.staff_round)
        hard_case = hard.tell(chronicle)
        hard_case["tour"] = tour.tell(chronicle)
        past.settle()
        money.recompute(chronicle)
        risk.tell(chronicle)
        providers.tell(made, insured, past.now, chance)
    if past.now > now:  # a fault of the stories; better a demo that says so than none
        print(f"    the demo's past ends in the future, at {past.now:%Y-%m-%d %H:%M} UTC")
    if refused:
        print(
            f"    {sum(refused.values())} stories were refused on the way, as some are in life: {refused}"
        )
    return hard_case


def _load_catalogues(at: datetime) -> None:
    """Products, standards, promises, journeys and queues, as they come with the platform."""
    from yilu.journeys import operations as journeys
    from yilu.obligations import operations as obligations
    from yilu.products import operations as products
    from yilu.standards import operations as standards
    from yilu.work import operations as work

    products.load_catalogue(at=at)
    standards.load_catalogue(at)
    obligations.load_catalogue(at)
    journeys.load_catalogue(at)
    work.declare_queues(at=at)


def _put_paper(notes: dict[str, object], name: str, content: bytes, what: str) -> None:
    """A file for the visitor's own try, handed in as the service manager."""
    from django.conf import settings

    (settings.VAR / "demo-papers" / name).write_bytes(content)
    ready = notes["papers"]
    assert isinstance(ready, list)
    ready.append({"file": name, "what": what, "for": "fu.wu"})


def _bar(label: str):  # type: ignore[no-untyped-def]
    """A line that fills as work is done; a line now and then where nobody watches."""
    watched = sys.stdout.isatty()
    shown = -1

    def say(done: int, total: int) -> None:
        nonlocal shown
        share = done * 100 // total
        if watched:
            print(f"\r    {label:<24} {'█' * (share // 4):<25} {done}/{total}", end="", flush=True)
            if done >= total:
                print()
        elif share // 25 > shown:
            shown = share // 25
            print(f"    {label}: {done}/{total}", flush=True)

    return say


if __name__ == "__main__":
    main()
