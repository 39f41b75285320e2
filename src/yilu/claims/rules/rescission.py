"""How long a contract may be rescinded for what was not told (保险法 16), and what a rescission says. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from yilu.kernel.money import ZERO, said_yuan
from yilu.kernel.years import add_years

RESCISSION_DAYS = 30
"""The right lasts so long from the day the ground was known."""
UNDISCLOSED, FABRICATED, CAUSED = "16", "27.1", "27.2"
ARTICLES = {"FABRICATED": FABRICATED, "CAUSED": CAUSED}
"""By the kind of fraud a decision found; forged papers rescind nothing (保险法 27 III)."""
GROUNDS = {FABRICATED: "谎称发生保险事故", CAUSED: "故意制造保险事故"}
OPENINGS = {
    UNDISCLOSED: "投保时，对我们询问的有关情况没有如实告知，足以影响我们决定是否同意承保或者提高保险费率。",
    FABRICATED: "经调查核实，所申请的保险事故没有发生。",
    CAUSED: "经调查核实，有关事故是投保人或者被保险人故意制造的。",
}
"""How the letter begins, by article."""
_CITED = {
    UNDISCLOSED: (
        "《中华人民共和国保险法》第十六条",
        "投保人故意或者因重大过失未履行如实告知义务，足以影响保险人决定是否同意承保或者提高保险费率的，保险人有权解除合同；自知道有解除事由之日起超过三十日不行使而消灭，自合同成立之日起超过二年的不得解除（第二款、第三款）。",
    ),
    FABRICATED: (
        "《中华人民共和国保险法》第二十七条",
        "未发生保险事故，被保险人或者受益人谎称发生了保险事故，提出给付保险金请求的，保险人有权解除合同，并不退还保险费（第一款）。",
    ),
    CAUSED: (
        "《中华人民共和国保险法》第二十七条",
        "投保人、被保险人故意制造保险事故的，保险人有权解除合同，不承担给付保险金的责任；除第四十三条规定外，不退还保险费（第二款）。",
    ),
}


def last_day(known_on: date) -> date:
    """The last day on which the contract may be rescinded for a ground known since a day."""
    return known_on + timedelta(days=RESCISSION_DAYS)


def forfeited_from(until: date) -> date:
    """The first day whose premium, if taken, gives the right up; ``until`` is the right's last day."""
    return until - timedelta(days=RESCISSION_DAYS - 1)


def barred_from(formed_on: date, years: int) -> date:
    """From this day on the contract cannot be rescinded any more (不可抗辩)."""
    return add_years(formed_on, years)


def cited(article: str) -> dict[str, str]:
    """The article a rescission rests on, in short, as its letter quotes it."""
    number, text = _CITED[article]
    return {"number": number, "text": text}


def premiums_said(article: str, fault: str, back: Decimal) -> str:
    """What becomes of the premiums: after gross negligence they go back (保险法 16 V), otherwise not."""
    if article != UNDISCLOSED:
        return "依照上述规定，已交的保险费不退还。"
    if fault != "NEGLIGENCE":
        return "投保人故意未如实告知，已交的保险费不退还（保险法第十六条第四款）。"
    if back <= ZERO:
        return "应退还的保险费与尚欠的借款本息相抵后，没有余额可退。"
    return f"退还保险费 {said_yuan(back)} 元，付到您本人登记的账户；没有登记账户的，请联系我们（保险法第十六条第五款）。"
