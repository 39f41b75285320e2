"""Straight-through decisions: what one costs, and how long a customer waits for it."""

from __future__ import annotations

import itertools
import statistics
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import bench
from bench.insurer import LONG_AGO, insurer

AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # a Wednesday morning in Shanghai
WARM, SINGLE, SLICES = 20, 240, 6
TARGET = 150
PRODUCT = "critical-illness"

_count = itertools.count(1)


@bench.measure("underwriting.single", unit="decisions/core-s", at_least=TARGET, limit="insert")
def single() -> bench.Value:
    """
    From the submission of a whole, signed application to the decision written: everything checked again
    (price, questions, clauses, signature), sixty tables at hand, verdict, events, clocks, message, the
    collection of the first premium. One transaction each, committed by itself.
    """
    ready = [_ready() for _ in range(WARM + SINGLE + 1)]
    for each in ready[:WARM]:
        _submit(each)
    with bench.statements() as sent:
        _submit(ready[WARM])
    found, waits, client, backend = [], [], 0.0, 0.0
    size = SINGLE // SLICES
    for n in range(SLICES):
        part = ready[WARM + 1 + n * size : WARM + 1 + (n + 1) * size]
        with bench.core_seconds() as cpu:
            for each in part:
                began = time.perf_counter()
                _submit(each)
                waits.append(time.perf_counter() - began)
        found.append(len(part) / cpu.total)
        client, backend = client + cpu.client, backend + cpu.backend
    ranked = sorted(waits)
    bench.also(
        "underwriting.submit_p99", ranked[int(len(ranked) * 0.99)] * 1000, "ms", at_most=1000,
        note=f"submit to committed decision, one after the other; median {statistics.median(ranked) * 1000:.1f} ms",
    )  # fmt: skip
    bench.also(
        "underwriting.statements", len(sent) + 2, "statements", at_most=20,
        note="BEGIN and COMMIT counted",
    )  # fmt: skip
    note = (
        f"median of {SLICES} slices of {size} (best {max(found):.0f}, worst {min(found):.0f}); a decision: "
        f"client {client / SINGLE * 1000:.1f} ms + PostgreSQL {backend / SINGLE * 1000:.1f} ms CPU; "
        f"{len(sent) + 2} statements"
    )
    return bench.Value(statistics.median(found), note=note)


def _submit(ready: tuple[int, int]) -> None:
    from yilu.kernel.refs import Ref
    from yilu.underwriting import operations as underwriting

    application_id, party_id = ready
    done = underwriting.submit(application_id=application_id, actor=Ref("party", party_id), at=AT)
    assert (done.outcome, done.state) == ("ACCEPT", "AWAITING_PAYMENT"), done


def _ready() -> tuple[int, int]:
    """A healthy customer's application, whole and signed, one tap before the end."""
    from yilu.kernel.refs import Ref
    from yilu.products import queries as products
    from yilu.underwriting import operations as underwriting
    from yilu.underwriting import queries

    party_id = _customer()
    me = Ref("party", party_id)
    made = underwriting.start_application(
        holder_id=party_id,
        product_code=PRODUCT,
        channel="APP",
        request_key="bench",
        actor=me,
        at=AT,
    )
    told: dict[str, Any] = {"application_id": made, "actor": me, "at": AT}
    underwriting.record_identity_check(
        application_id=made, party_id=party_id, matched=True, receipt="SF0", at=AT
    )
    offer = products.get_offer(PRODUCT, AT.date())
    wanted = underwriting.Plan(sum_insured=Decimal(300_000), pay_mode="YEARLY", pay_years=20)
    price = products.price(
        offer.version_id, sex="FEMALE", age=36, sum_insured=wanted.sum_insured, pay_years=20,
        pay_mode="YEARLY", years=None,
    )  # fmt: skip
    underwriting.choose_plan(plan=wanted, seen=price.premium, **told)
    asked = products.get_questionnaire(offer.version_id)
    answers = {q.code: "NO" if q.kind == "YES_NO" else "0" for q in asked.questions}
    answers |= {"height_cm": "165", "weight_kg": "58"}
    underwriting.declare_health(questionnaire=asked.version, answers=answers, **told)
    finances = queries.Finances(income=Decimal(300_000), budget=Decimal(30_000))
    underwriting.tell_means(finances=finances, **told)
    notices = products.list_notices(offer.version_id)
    shown = {n.code: queries.text_digest(n.text) for n in notices}
    underwriting.confirm_notices(confirmed=shown, **told)
    view = queries.get_for_party(made, party_id)
    underwriting.ask_signature(digest=view.digest, **told)
    underwriting.sign(code=_code(party_id), door="APP", **told)
    return made, party_id


def _code(party_id: int) -> str:
    """The code as the telephone would show it."""
    import orjson

    from yilu.kernel import sealing, tx
    from yilu.messaging.operations.queueing import SECRETS_PLACE

    row = tx.rows(
        "select secrets from messaging_message where recipient = %s order by id desc limit 1",
        [f"party:{party_id}"],
    )[0]
    return str(orjson.loads(sealing.unseal(bytes(row[0]), SECRETS_PLACE))["code"])


def _customer() -> int:
    """A grown-up with a phone and the consent to underwrite."""
    from yilu.kernel.identity import check_character
    from yilu.kernel.refs import SYSTEM, Ref
    from yilu.people import operations as people
    from yilu.people import queries

    n = next(_count)
    body = f"3302{n // 500:02d}19900304{n % 500 * 2:03d}"
    party_id = people.register_party(
        name="林客户", office_id=insurer(), identity_kind="RESIDENT_ID", phone=f"137{n:08d}",
        identity_number=body + check_character(body), actor=SYSTEM, at=LONG_AGO,
    )  # fmt: skip
    people.give_consent(
        party_id=party_id, purpose="UNDERWRITING", channel="APP", actor=Ref("party", party_id),
        text_version=queries.consent_text("UNDERWRITING").version, at=LONG_AGO,
    )  # fmt: skip
    return party_id
