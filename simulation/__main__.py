"""``python -m simulation``: each design in a process and on a database of its own, then the table."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BEGINS = datetime(2026, 1, 4, 16, 0, tzinfo=UTC)  # Monday the 5th in Shanghai
CLAIMS, SEED = 1_000, 1


def main() -> int:
    """Run what is asked for; returns the process's exit code."""
    options = _options()
    if options.only_run:
        return _run_here(options)
    from simulation import designs

    chosen = [
        d for d in designs.read_all() if options.design in (None, d.code, d.code.partition("-")[2])
    ]
    if not chosen:
        print(f"No design is called {options.design}.", file=sys.stderr)
        return 2
    runs = []
    for design in chosen:
        print(f"{design.code}: {design.name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="yilu-simulation-") as folder:
            out = Path(folder) / "run.json"
            done = subprocess.run(  # noqa: S603
                [
                    sys.executable, "-m", "simulation", "--only-run", "--design", design.code,
                    "--claims", str(options.claims), "--seed", str(options.seed), "--out", str(out),
                ],
                cwd=ROOT, check=False, env=os.environ | {"YILU_VAR": folder},
            )  # fmt: skip
            if done.returncode:
                return done.returncode
            runs.append(json.loads(out.read_text()))
    told = {
        "made_on": datetime.now(UTC).date().isoformat(),
        "seed": options.seed,
        "english": designs.english(),
        "runs": runs,
    }
    _print(runs)
    kept = ROOT / "src" / "yilu" / "insight" / "simulated_years.json"
    out = kept if options.keep else Path(options.out or ROOT / "build" / "simulation.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"written to {out}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="yilu simulate", description=__doc__)
    parser.add_argument("--design", help="only this one, such as 5-yilu or yilu")
    parser.add_argument("--claims", type=int, default=CLAIMS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", help="where to write the figures (JSON)")
    parser.add_argument(
        "--keep", action="store_true", help="keep them as what the workbench shows (all designs)"
    )
    parser.add_argument("--only-run", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not 1 <= options.claims <= 20_000:
        parser.error("--claims: between 1 and 20,000")
    if options.keep and options.design:
        parser.error("--keep keeps all designs: leave --design out")
    return options


def _run_here(options: argparse.Namespace) -> int:
    from yilu.site import postgres

    cluster = postgres.throw_away(Path(os.environ["YILU_VAR"]) / "postgres")
    try:
        os.environ["DATABASE_URL"] = cluster.start()
        os.environ |= {
            "YILU_SECRET_KEY": "simulation only, simulation only, simulation only",
            "YILU_SEALING_KEY": "simulation only: sealing key, simulation only",
            "YILU_BANK_SECRET": "simulation only: the bank and we",
            "YILU_WAKE": "0", "YILU_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "yilu.site.settings",
        }  # fmt: skip
        figures = simulate(options.design, options.claims, options.seed)
        Path(options.out).write_text(json.dumps(figures, ensure_ascii=False), encoding="utf-8")
    finally:
        _close()
        cluster.remove()
    return 0


def simulate(code: str, claims: int, seed: int) -> dict[str, Any]:
    """One design's year on the database of this process, which must be empty."""
    import django
    from django.core.management import call_command

    from simulation import designs

    django.setup()
    call_command("migrate", verbosity=0)
    from simulation import figures, office, year

    design = designs.read(designs.FOLDER / f"{code}.toml")
    made = office.build(design.rules, claims, BEGINS)
    run = year.Year(design, made, BEGINS, seed)
    run.run(_bar())
    return figures.of_run(run)


def _bar():  # type: ignore[no-untyped-def]
    shown = -1

    def say(done: int, total: int) -> None:
        nonlocal shown
        share = done * 100 // total
        if share > shown:
            shown = share
            end = "\n" if done == total else ""
            if sys.stdout.isatty():
                print(f"\r  {'█' * (share // 4):<25} {done}/{total}", end=end, flush=True)
            elif share % 25 == 0:
                print(f"  {done}/{total}", flush=True)

    return say


def _close() -> None:
    from django.db import connections

    connections.close_all()


def _print(runs: list[dict[str, Any]]) -> None:
    head = f"{'design':<16}{'published':>10}{'mean days':>11}{'95 %':>15}{'median':>9}{'p90':>7}{'<=1h':>7}{'machine':>9}"
    print(head)
    for run in runs:
        published = f"{run['published_days']:.2f}" if run["published_days"] else "-"
        span = f"{run['low_days']:.2f}-{run['high_days']:.2f}"
        print(
            f"{run['design']:<16}{published:>10}{run['mean_days']:>11.2f}{span:>15}{run['median_days']:>9.2f}"
            f"{run['p90_days']:>7.2f}{run['within']['1h']:>7.0%}{run['by_machine']:>9.0%}"
        )


if __name__ == "__main__":
    sys.exit(main())
