"""Making letters: seconds of CPU a letter, each a different one."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import bench
from bench import payments

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LETTERS = 60


@bench.measure("letters.render", unit="s/letter", at_most=0.1)
def render() -> bench.Value:
    """Statements of 20 varied lines: ordered, set, sealed on the disk, issued with their event."""
    from django.conf import settings

    from yilu.kernel import tx
    from yilu.kernel.refs import SYSTEM, Ref
    from yilu.letters import jobs, operations
    from yilu.letters.models import IssuedLetter

    if not (settings.BUILD / "fonts" / "NotoSansSC-Regular.ttf").exists():
        raise bench.Skip("build/fonts is empty: make setup")
    party_id, _ = payments._beneficiary()

    @tx.use_case
    def order(n: int) -> None:
        operations.issue(
            kind="STATEMENT", about=Ref("claim", n), party_id=party_id, facts=_facts(n, party_id),
            actor=SYSTEM, at=AT,
        )  # fmt: skip

    order(0)
    jobs.render_due(AT)  # the first one reads font and templates
    for n in range(1, LETTERS + 1):
        order(n)
    began = time.perf_counter()
    with bench.core_seconds() as cpu:
        while jobs.render_due(AT):
            continue
    wall = (time.perf_counter() - began) / LETTERS
    sizes = IssuedLetter.objects.values_list("size", "pages")
    size = sum(size for size, _ in sizes) / len(sizes) / 1000
    return bench.Value(
        cpu.total / LETTERS,
        note=f"{LETTERS} letters of {sizes[0][1]} pages, {size:.0f} kB each; {wall:.3f} s wall; {cpu}",
    )


def _facts(n: int, party_id: int) -> dict[str, object]:
    lines = [
        {
            "label": f"第{n}-{line}项检查费",
            "amount": f"{n * 7 + line}.50",
            "explanation": f"票面金额 {n * 9 + line}.00 元，减去医保统筹支付和自费项目，按 100% 给付。",
        }
        for line in range(20)
    ]
    return {
        "claim": f"LP2026{n:08d}", "policy": f"P{n:010d}", "product": "一路安心医疗保险", "insured_id": party_id,
        "decided_on": "2026-11-20", "event": "住院医疗费用", "amount": f"{n * 100}.60" if n else "1.00",
        "lines": lines,
    }  # fmt: skip
