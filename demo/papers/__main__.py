"""One of each paper into a folder: ``python -m demo.papers build/papers``."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

from . import (
    bank_card,
    diagnosis_pdf,
    discharge_pdf,
    identity_card,
    make_bill,
    ofd,
    pdf,
    photo,
    xml,
)
from .pdf import ROOT


def main(folder: Path) -> None:
    """Write one of each into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    on = date(2026, 5, 18)
    clinic = make_bill("林小雨", 1, issued_on=on)
    ward = make_bill("林小雨", 2, kind="FISCAL_INPATIENT", issued_on=on)
    digital = make_bill("林小雨", 3, kind="VAT_DIGITAL", issued_on=on)
    made = {
        "门诊票据.xml": xml(clinic),
        "门诊票据.pdf": pdf(clinic),
        "门诊票据.ofd": ofd(clinic),
        "门诊票据.jpg": photo(pdf(clinic)),
        "住院票据.xml": xml(ward),
        "住院票据.pdf": pdf(ward, with_xml=True),
        "住院票据.ofd": ofd(ward),
        "数电发票.xml": xml(digital),
        "数电发票.pdf": pdf(digital),
        "数电发票.ofd": ofd(digital),
        "诊断证明.pdf": diagnosis_pdf("林小雨", on),
        "出院小结.pdf": discharge_pdf("林小雨", on - timedelta(days=6), on),
        "身份证.png": identity_card("林小雨", "110101199003072543", "海州省海州市样张区演示路一号"),
        "银行卡.png": bank_card("样张银行", "6222021001112223331", "LIN XIAOYU"),
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    print(f"{len(made)} files in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "papers"))
