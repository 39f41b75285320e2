"""``yilu provider-demo``: play a hospital's system against the running demo, call by signed call."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import sleep
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later

from yilu.direct_billing.queries import sign

STAY_DAYS = 8
BED, FUND_PAID = Decimal("6000.00"), "9000.00"
PATIENCE = 60  # seconds that the demo's bank may take
LABELS = {
    "covered": later("在保障范围内"), "ratio": later("赔付比例"), "deductible_left": later("剩余免赔额"),
    "estimate": later("预计支付"), "number": later("就诊编号"), "state_label": later("状态"),
    "amount": later("担保额度"), "expires_on": later("有效期至"), "total": later("费用合计"),
    "insurer_pays": later("保险支付"), "patient_owes": later("患者应付"), "claim": later("赔案号"),
    "id": later("批次"),
}  # fmt: skip
"""What is shown of an answer, in words."""


def number_of(now: datetime) -> str:
    """The hospital's own number for a stay."""
    return f"ZY{now:%Y%m%d%H%M%S}"


class Command(BaseCommand):
    """For the demo: its keys are written down when the demo is made."""

    help = "Plays a hospital: eligibility, admission, guarantee, discharge; or sends a batch file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the demo runs")
        parser.add_argument("--batch", metavar="FILE", help="send this file of visits instead")
        parser.add_argument("--json", action="store_true", help="print every answer in full")

    def handle(self, *args: Any, url: str, batch: str | None, **options: Any) -> None:
        self.in_full = bool(options.get("json"))
        kept = Path(settings.VAR) / "demo-provider.json"
        if not kept.exists():
            raise CommandError(_("没有演示医院的密钥：请先运行 yilu demo。"))
        notes = json.loads(kept.read_text())
        self.url, self.key = url.rstrip("/"), notes["partners"][0]
        if batch is not None:
            content = Path(batch).read_bytes()
            name = f"batches?name={Path(batch).suffix.strip('.')}"
            self._call(_("批量文件"), name, content, ("id", "state_label", "total"))
            return
        # Each stay is another patient's, and after the last one a day earlier: what was billed before,
        # or looks like it (same hospital, day and total), goes to a person instead.
        before = int(notes.get("stays", 0))
        again, turn = divmod(before, len(notes["patients"]))
        patient = notes["patients"][turn]
        number = number_of(datetime.now(UTC))
        on = (datetime.now(UTC) - timedelta(days=STAY_DAYS + again)).date()
        known = self._call(
            _("入院前：问有没有保障"), "eligibility",
            {"patient": patient, "on": str(on), "expected": "26000.00", "fund_paid": FUND_PAID},
            ("covered", "ratio", "deductible_left", "estimate"),
        )  # fmt: skip
        kept.write_text(json.dumps(notes | {"stays": before + 1}, ensure_ascii=False))
        self._call(
            _("入院登记"), "admissions",
            {"number": number, "patient": patient, "on": str(on), "expected": "26000.00", "department": "内科"},
            ("number", "state_label"),
        )  # fmt: skip
        self._call(
            _("申请担保 90 万元（超过可担保的，会被拒绝）"), f"visits/{number}/guarantees",
            {"amount": "900000.00"}, ("state_label",), {"Idempotency-Key": f"{number}-1"},
        )  # fmt: skip
        self._call(
            _("申请担保 5,000 元"), f"visits/{number}/guarantees", {"amount": "5000.00"},
            ("state_label", "amount", "expires_on"), {"Idempotency-Key": f"{number}-2"},
        )  # fmt: skip
        settled = ("state_label", "total", "insurer_pays", "patient_owes", "claim")
        self._call(
            _("出院结算"), f"visits/{number}/settlement",
            {"invoices": [self._bill(patient, number, on, Decimal(known.get("deductible_left") or 0))]}, settled,
        )  # fmt: skip
        self._wait_for_money(number, settled)

    def _wait_for_money(self, number: str, shown: tuple[str, ...]) -> None:
        """Ask again until the money is with the hospital, for as long as the demo's bank may take."""
        for _turn in range(PATIENCE):
            call, status, said = self._send(f"visits/{number}", None)
            if said.get("state") != "SETTLED":
                break
            sleep(1)
        self._say(_("再问一次结果"), call, status, said, shown)

    @staticmethod
    def _bill(patient: dict[str, str], number: str, on: Any, deductible: Decimal) -> dict[str, Any]:
        """A bill of which we pay some 7,000 yuan: the machine may decide that much by itself."""
        today = str(datetime.now(UTC).date())
        tests = deductible + 10_000 + Decimal(secrets.randbelow(100_000)) / 100
        return {
            "kind": "FISCAL_INPATIENT", "code": "33060126", "number": number[-10:], "check_code": "a1b2c3",
            "issued_on": today, "payer_name": patient["name"], "payee_name": "杭州钱塘人民医院",
            "total": f"{BED + tests:.2f}", "fund_paid": FUND_PAID, "visit_kind": "INPATIENT",
            "admitted_on": str(on), "discharged_on": today, "department": "内科",
            "lines": [
                {"name": "床位费", "category": "A", "amount": str(BED)},
                {"name": "检查费", "category": "A", "amount": f"{tests:.2f}"},
            ],
        }  # fmt: skip

    def _call(
        self, what: str, path: str, told: Any, shown: tuple[str, ...],
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        call, status, said = self._send(path, told, headers)
        self._say(what, call, status, said, shown)
        return said

    def _send(
        self, path: str, told: Any, headers: dict[str, str] | None = None
    ) -> tuple[str, int, dict[str, Any]]:
        """A signed call: what was called, the status, and the answer."""
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
                status, said = answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            status, said = refused.code, json.load(refused)
        except urllib.error.URLError:
            raise CommandError(_("演示没有在运行，或地址不对。")) from None
        return f"{method} {path}", status, said

    def _say(
        self, what: str, call: str, status: int, said: dict[str, Any], shown: tuple[str, ...]
    ) -> None:
        self.stdout.write(f"\n{what}\n  {call} → {status}")
        if self.in_full:
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=1))
        elif "title" in said:
            self.stdout.write(f"  {said['title']}\n  {said.get('detail', '')}")
        else:
            for name in shown:
                if said.get(name) not in (None, ""):
                    value = said[name]
                    if isinstance(value, bool):
                        value = _("是") if value else _("否")
                    self.stdout.write(f"  {_(LABELS[name])}：{value}")
