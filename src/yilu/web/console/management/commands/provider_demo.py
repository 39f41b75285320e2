"""``yilu provider-demo``: play a hospital's system against the running demo, call by signed call."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from yilu.direct_billing.queries import sign


class Command(BaseCommand):
    """For the demo: its keys are written down when the demo is made."""

    help = "Plays a hospital: eligibility, admission, guarantee, discharge; or sends a batch file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the demo runs")
        parser.add_argument("--batch", metavar="FILE", help="send this file of visits instead")

    def handle(self, *args: Any, url: str, batch: str | None, **options: Any) -> None:
        kept = Path(settings.VAR) / "demo-provider.json"
        if not kept.exists():
            raise CommandError(_("没有演示医院的密钥：请先运行 yilu demo。"))
        notes = json.loads(kept.read_text())
        self.url, self.key = url.rstrip("/"), notes["partners"][0]
        if batch is not None:
            content = Path(batch).read_bytes()
            self._call(f"batches?name={Path(batch).suffix.strip('.')}", content)
            return
        patient = secrets.choice(notes["patients"])
        number = f"ZY{datetime.now(UTC):%Y%m%d%H%M%S}"
        on = (datetime.now(UTC) - timedelta(days=3)).date()
        self._call("eligibility", {"patient": patient, "on": str(on), "expected": "12000.00"})
        self._call(
            "admissions",
            {"number": number, "patient": patient, "on": str(on), "expected": "30000.00", "department": "内科"},
        )  # fmt: skip
        self._call(
            f"visits/{number}/guarantees",
            {"amount": "900000.00"},
            {"Idempotency-Key": f"{number}-1"},
        )
        self._call(
            f"visits/{number}/guarantees", {"amount": "5000.00"}, {"Idempotency-Key": f"{number}-2"}
        )
        self._call(f"visits/{number}/settlement", {"invoices": [self._bill(patient, number, on)]})
        self._call(f"visits/{number}", None)

    @staticmethod
    def _bill(patient: dict[str, str], number: str, on: Any) -> dict[str, Any]:
        today = str(datetime.now(UTC).date())
        return {
            "kind": "FISCAL_INPATIENT", "code": "33060126", "number": number[-10:], "check_code": "a1b2c3",
            "issued_on": today, "payer_name": patient["name"], "payee_name": "杭州钱塘人民医院",
            "total": "26000.00", "fund_paid": "9000.00", "visit_kind": "INPATIENT",
            "admitted_on": str(on), "discharged_on": today, "department": "内科",
            "lines": [
                {"name": "床位费", "category": "A", "amount": "6000.00"},
                {"name": "检查费", "category": "A", "amount": "20000.00"},
            ],
        }  # fmt: skip

    def _call(self, path: str, told: Any, headers: dict[str, str] | None = None) -> None:
        body = (
            told if isinstance(told, bytes) else b"" if told is None else json.dumps(told).encode()
        )
        method, path = "POST" if body else "GET", f"/api/v1/direct-billing/{path}"
        time, nonce = datetime.now(UTC).isoformat(), secrets.token_hex(16)
        request = urllib.request.Request(  # noqa: S310
            self.url + path, body or None, method=method,
            headers={
                "Content-Type": "application/json", "Yilu-Key": self.key["key"], "Yilu-Time": time,
                "Yilu-Nonce": nonce,
                "Yilu-Signature": sign(self.key["secret"], method, path, time, nonce, body),
                **(headers or {}),
            },
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                said = json.load(answer)
        except urllib.error.HTTPError as refused:
            said = json.load(refused)
        except urllib.error.URLError:
            raise CommandError(_("演示没有在运行，或地址不对。")) from None
        self.stdout.write(f"{method} {path}\n{json.dumps(said, ensure_ascii=False, indent=1)}\n")
