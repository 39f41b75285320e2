"""Bills and certificates as PDF, with text and QR code."""

from __future__ import annotations

import functools
import io
import json
import random
from datetime import date
from pathlib import Path
from typing import Any

from yilu.kernel import money

from .bills import HOSPITALS, MARKS, Bill, qr_text
from .xml import iso, xml

ROOT = Path(__file__).resolve().parents[2]
FORMS = Path(__file__).with_name("forms")
FONTS = ROOT / "build" / "fonts"
FONT = FONTS / "NotoSansSC-Regular.ttf"
DIAGNOSES = ("急性支气管炎", "急性阑尾炎", "右侧桡骨远端骨折", "腰椎间盘突出症", "急性胃肠炎")


class NoFont(RuntimeError):
    """``build/fonts`` is not there: ``make setup`` puts it."""


def qr_png(bill: Bill, scale: int = 4) -> bytes:
    """The bill's QR code as a picture."""
    import segno

    out = io.BytesIO()
    segno.make(qr_text(bill), error="m").save(out, kind="png", scale=scale, border=4)
    return out.getvalue()


def pdf(bill: Bill, *, with_xml: bool = False) -> bytes:
    """The bill as a PDF with text and QR code, and its XML attached if asked."""
    others = [
        ("业务流水号", f"YW{bill.number}"),
        ("医疗机构类型", "综合医院"),
        ("医保类型", bill.insurance_type),
        ("性别", "男"),
    ]
    if bill.admitted_on and bill.discharged_on:
        others += [
            ("住院时间", f"{bill.admitted_on:%Y%m%d}-{bill.discharged_on:%Y%m%d}"),
            ("住院天数", str(bill.days)),
            ("住院科别", bill.department),
        ]
    else:
        others += [("就诊日期", iso(bill.visited_on)), ("科别", bill.department)]
    others += [
        ("医保统筹基金支付", str(bill.fund_paid)),
        ("个人账户支付", str(bill.account_paid)),
        ("其他支付", "0.00"),
        ("个人现金支付", str(bill.own_paid)),
        ("个人自付", str(bill.self_paid)),
        ("个人自费", str(bill.self_cost)),
    ]
    shown = {
        "title": bill.title,
        "code": bill.code,
        "number": bill.number,
        "check_code": bill.check_code,
        "issued_on": bill.issued_on.isoformat(),
        "issued_zh": f"{bill.issued_on:%Y年%m月%d日}",
        "payer_name": bill.payer_name,
        "payer_code": "",
        "payee_name": bill.payee_name,
        "payee_code": bill.payee_code,
        "total": str(bill.total),
        "capitals": money.in_capitals(bill.total),
        "others": others,
        "lines": [
            {
                "name": n.name,
                "quantity": n.quantity,
                "unit": n.unit,
                "amount": str(n.amount),
                "mark": MARKS[n.category],
            }
            for n in bill.lines
        ],
    }
    inputs = {"bill": json.dumps(shown), "qr": json.dumps(list(qr_png(bill)))}
    if with_xml:
        inputs["xml"] = xml(bill).decode()
    return _typeset("digital.typ" if bill.kind == "VAT_DIGITAL" else "fiscal.typ", inputs)


def diagnosis_pdf(patient: str, on: date, *, seed: int = 1, hospital: str = "") -> bytes:
    """A diagnosis certificate (诊断证明书)."""
    dice = random.Random(f"yilu diagnosis {seed}")
    paper = {
        "title": "诊断证明书",
        "hospital": hospital or dice.choice(HOSPITALS),
        "rows": [
            [("姓名", patient), ("性别", "女"), ("年龄", f"{dice.randint(20, 70)}岁")],
            [("科别", "内科"), ("门诊号", f"M{seed:07}"), ("", "")],
        ],
        "parts": [
            ("临床诊断", dice.choice(DIAGNOSES)),
            ("处理意见", "注意休息，对症治疗，一周后复诊。"),
        ],
        "doctor": "方知医",
        "issued_zh": f"{on:%Y年%m月%d日}",
    }
    return _typeset("diagnosis.typ", {"paper": json.dumps(paper)})


def discharge_pdf(patient: str, admitted: date, discharged: date, *, seed: int = 1) -> bytes:
    """A discharge summary (出院小结)."""
    dice = random.Random(f"yilu discharge {seed}")
    illness = dice.choice(DIAGNOSES)
    paper = {
        "title": "出院小结",
        "hospital": dice.choice(HOSPITALS),
        "rows": [
            [("姓名", patient), ("性别", "女"), ("住院号", f"Z{seed:07}")],
            [
                ("入院日期", admitted.isoformat()),
                ("出院日期", discharged.isoformat()),
                ("住院天数", str((discharged - admitted).days)),
            ],
        ],
        "parts": [
            ("入院诊断", illness),
            ("出院诊断", illness),
            ("出院医嘱", "休息两周，门诊随访。"),
        ],
        "doctor": "方知医",
        "issued_zh": f"{discharged:%Y年%m月%d日}",
    }
    return _typeset("diagnosis.typ", {"paper": json.dumps(paper)})


def _typeset(form: str, inputs: dict[str, str]) -> bytes:
    if not FONT.exists():
        raise NoFont(f"{FONTS} has no font: run `make setup`")
    return bytes(_compiler().compile(input=FORMS / form, format="pdf", sys_inputs=inputs))


@functools.cache
def _compiler() -> Any:
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    return typst.Compiler(root=FORMS, font_paths=fonts)
