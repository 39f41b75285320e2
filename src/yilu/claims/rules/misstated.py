"""What a wrong age makes of a claim, and how it is told (年龄误告, 保险法 32, 16). Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from yilu.kernel.money import ZERO, said_yuan
from yilu.kernel.words import marked as _
from yilu.kernel.years import add_years

PROPORTION, REFUND, RESCIND, FULL = "PROPORTION", "REFUND", "RESCIND", "FULL"
WAYS = {
    PROPORTION: _("少交保险费：按实付与应付保险费的比例给付"),
    REFUND: _("多交保险费：足额给付，多收的退还投保人"),
    RESCIND: _("真实年龄不在承保范围内，合同成立未满二年：可以另行决定是否解除合同"),
    FULL: _("真实年龄不在承保范围内，但合同成立已满二年：不得解除，按合同给付"),
}
"""What follows from a wrong age, in words."""


def way_of(
    *, paid: Decimal, due: Decimal | None, formed_on: date, today: date, contest_years: int
) -> str:
    """
    Which of the law's ways it is; ``due`` None: the product has no price for the true age.

    The contract may only be rescinded where that age lies outside what the product offers, and only
    within the years of 保险法 16 III; afterwards it stands as it is.
    """
    if due is None:
        return RESCIND if today < add_years(formed_on, contest_years) else FULL
    return PROPORTION if due > paid else REFUND


def in_words(
    way: str, *, reason: str, rated_age: int, paid: Decimal, due: Decimal | None, overpaid: Decimal
) -> str:
    """What the letter of decision says: the law, the reason, the arithmetic."""
    must, did = "" if due is None else said_yuan(due), said_yuan(paid)
    begin = f"经核实，被保险人投保时的真实年龄为 {rated_age} 周岁（{reason}）。"
    if way == PROPORTION:
        return (
            f"{begin}按真实年龄每期应交保险费 {must} 元，实际每期交 {did} 元。依照保险法第三十二条第二款，"
            f"保险金按实付与应付保险费的比例给付：应给付的金额 × {did} ÷ {must}，四舍五入到分。"
        )
    if way == REFUND and overpaid > ZERO:
        return (
            f"{begin}按真实年龄每期应交保险费 {must} 元，实际每期交 {did} 元。依照保险法第三十二条第三款，"
            f"多收的保险费共 {said_yuan(overpaid)} 元退还投保人，保险金足额给付。"
        )
    return f"{begin}合同继续有效，保险金按合同约定给付。"
