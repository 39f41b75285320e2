"""How well and how fast papers are read."""

from __future__ import annotations

import json
import resource
import time
from datetime import date

from demo import papers

import bench

ON = date(2026, 5, 18)
TODAY = date(2026, 5, 20)
RECALL_OF_THE_NOTES = 0.928
"""What the best engine tried reached on seven papers of these kinds, labels found in its text."""


def _photos() -> list[tuple[str, str, bytes, list[str]]]:
    folder = bench.data_folder("documents")
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    return [
        (
            name,
            "ID_CARD" if name.startswith("id_card") else "INVOICE",
            (folder / name).read_bytes(),
            wanted,
        )
        for name, wanted in labels.items()
    ]


@bench.measure("documents.recall_photos", unit="share of labels", at_least=RECALL_OF_THE_NOTES)
def recall_photos() -> bench.Value:
    """The labelled photos: strings found in what was read, and CPU seconds a page."""
    from yilu.documents.recognition import engine, reading
    from yilu.documents.rules.values import halved

    loading = time.process_time()
    engine.get_engine()
    loading = time.process_time() - loading
    hit = total = pages = 0
    cpu = wall = 0.0
    missed: list[str] = []
    for _, kind, content, wanted in _photos():
        read = reading.read_file(kind, "image/jpeg", content, TODAY)
        said = halved("\n".join([read.text, *(v.value for v in read.values.values())]))
        found = [label for label in wanted if halved(label) in said]
        missed += [label for label in wanted if label not in found]
        hit, total, pages = hit + len(found), total + len(wanted), pages + 1
        cpu, wall = cpu + read.cpu_seconds, wall + read.seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    bench.also(
        "documents.ocr_seconds_per_page",
        cpu / pages,
        "CPU s/page",
        at_most=7.7,
        note=f"{wall / pages:.2f} s wall; models load in {loading:.1f} CPU s; {peak:,.0f} MB at most",
    )
    return bench.Value(
        hit / total,
        note=f"{hit} of {total} on {pages} photos; titles under a seal count as completed from the known form; missed: {', '.join(missed)}",
    )


@bench.measure("documents.right_photos", unit="share of fields", at_least=0.97)
def right_photos() -> bench.Value:
    """Photos of our own papers, tilted, turned, soft and small: fields right, none wrongly accepted."""
    from yilu.documents.recognition import reading
    from yilu.documents.rules import settling

    shots = (
        papers.Snapshot(degrees=-4, blur=1.0),
        papers.Snapshot(degrees=180, side=1_300, quality=60, seed=2),
        papers.Snapshot(degrees=90, side=1_000, blur=0.5),
    )
    right = total = wrong = settled = bills = 0
    for seed, shot in enumerate(shots, 500):
        for kind in ("FISCAL_OUTPATIENT", "FISCAL_INPATIENT"):
            bill = papers.make_bill("欧阳小雨", seed, kind=kind, issued_on=ON)
            read = reading.read_file(
                "INVOICE", "image/jpeg", papers.photo(papers.pdf(bill), shot), TODAY
            )
            judged = settling.judge("INVOICE", read)
            truth = _truth(bill)
            good = {n for n, v in truth.items() if read.value(n) == v}
            right, total, bills = right + len(good), total + len(truth), bills + 1
            wrong += sum(n in judged.accepted and bool(read.value(n)) for n in set(truth) - good)
            settled += judged.settled
    bench.also(
        "documents.wrongly_accepted",
        wrong,
        "fields",
        at_most=0,
        note=f"of {total} on {bills} photos",
    )
    return bench.Value(
        right / total, note=f"{right} of {total}; {settled} of {bills} settled by themselves"
    )


@bench.measure("documents.structured_seconds", unit="s/file", at_most=0.2)
def structured_seconds() -> bench.Value:
    """XML, OFD and PDF of our own and the public ones: the mean time to read one whole."""
    from yilu.documents.recognition import reading
    from yilu.documents.rules import settling

    files: list[tuple[str, bytes, dict[str, str]]] = []
    for seed in range(600, 606):
        for kind in ("FISCAL_OUTPATIENT", "FISCAL_INPATIENT", "VAT_DIGITAL"):
            bill = papers.make_bill("林小雨", seed, kind=kind, issued_on=ON)
            files += [
                ("application/xml", papers.xml(bill), _truth(bill)),
                ("application/ofd", papers.ofd(bill), _truth(bill, printed=False)),
                ("application/pdf", papers.pdf(bill), _truth(bill)),
            ]
    by_type: dict[str, list[float]] = {}
    right = total = settled = 0
    cpu = 0.0
    for media_type, content, truth in files:
        read = reading.read_file("INVOICE", media_type, content, TODAY)
        by_type.setdefault(media_type.partition("/")[2], []).append(read.seconds)
        right += sum(read.value(n) == v for n, v in truth.items())
        total, cpu = total + len(truth), cpu + read.cpu_seconds
        settled += settling.judge("INVOICE", read).settled
    bench.also(
        "documents.recall_structured", right / total, "share of fields", at_least=1.0,
        note=f"{right} of {total}; {settled} of {len(files)} files settled by themselves",
    )  # fmt: skip
    each = ", ".join(f"{n} {sum(t) / len(t) * 1000:.1f} ms" for n, t in sorted(by_type.items()))
    seconds = [s for times in by_type.values() for s in times]
    return bench.Value(
        sum(seconds) / len(seconds), note=f"{each}; {cpu / len(files) * 1000:.1f} ms CPU each"
    )


def _truth(bill: papers.Bill, *, printed: bool = True) -> dict[str, str]:
    truth = {
        "number": bill.number,
        "issued_on": bill.issued_on.isoformat(),
        "total": str(bill.total),
        "payer_name": bill.payer_name,
    }
    if bill.kind != "VAT_DIGITAL":
        truth |= {
            "code": bill.code,
            "check_code": bill.check_code,
            "fund_paid": str(bill.fund_paid),
            "account_paid": str(bill.account_paid),
            "own_paid": str(bill.own_paid),
        }
        if printed:
            truth |= {"self_paid": str(bill.self_paid), "self_cost": str(bill.self_cost)}
    return truth


@bench.measure("documents.feed", unit="invoices/core-s", limit="insert")
def feed() -> bench.Value:
    """Invoices a hospital sends as data, four lines each, in a use case of their own."""
    from datetime import UTC, datetime

    from yilu.documents import operations
    from yilu.kernel import tx
    from yilu.kernel.refs import Ref

    at = datetime(2026, 5, 20, 4, tzinfo=UTC)
    lines = [{"name": f"项目{n}", "category": "A", "amount": "25.00"} for n in range(4)]

    @tx.use_case
    def send(number: int) -> None:
        operations.accept_invoice_feed(
            about=Ref("claim", number), party_id=number, provider_id=1, actor=Ref("provider", 1), at=at,
            invoice={
                "number": f"9{number:011}", "code": "31060226", "issued_on": "2026-05-18",
                "payer_name": "林小雨", "total": "100.00", "lines": lines,
            },
        )  # fmt: skip

    count = 400
    send(10_000_000)
    with bench.core_seconds() as cpu:
        for number in range(10_000_001, 10_000_001 + count):
            send(number)
    return bench.Value(count / cpu.total, note=f"{cpu}")
