"""Ask for a batch to try with (the demo only); how far it is stands beside the demo's other notes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import NotFound

TRIAL_ROWS = 20_000
GIVEN_UP_AFTER = timedelta(minutes=10)


class OnlyInDemo(NotFound):
    """People are invented in the demo and nowhere else."""

    code = "only_in_demo"
    message = "只有演示环境可以试用批量文件"


@tx.use_case
def try_batch(*, rows: int = TRIAL_ROWS, at: datetime) -> bool:
    """
    Have a factory's people invented and their visits handed in; False while one is being made.

    :raises OnlyInDemo: anywhere else.
    """
    if not settings.DEMO:
        raise OnlyInDemo
    if being_made(at):
        return False
    note({"rows": rows, "done": 0, "asked_at": at.isoformat()})
    journal.defer("direct_billing.try_batch", lock="direct_billing.try_batch", rows=rows)
    return True


def being_made(at: datetime) -> bool:
    """Whether a trial is on its way to its file."""
    told = trial_so_far()
    asked = told.get("asked_at")
    return (
        asked is not None
        and "batch" not in told
        and at - datetime.fromisoformat(asked) < GIVEN_UP_AFTER
    )


def trial_so_far() -> dict[str, Any]:
    """What is noted of the latest trial; nothing before there was one."""
    try:
        noted: dict[str, Any] = json.loads(_notes().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted


def note(told: dict[str, Any]) -> None:
    """Note how far a trial is, beside what was noted before."""
    kept = {"asked_at": trial_so_far().get("asked_at")} | told
    beside = _notes().with_suffix(".new")
    beside.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    beside.replace(_notes())


def _notes() -> Path:
    return Path(settings.VAR) / "demo-batch.json"
