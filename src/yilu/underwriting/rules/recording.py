"""When a sale must be recorded, its five steps, who is checked and how long it is kept (双录; 可回溯管理办法)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from yilu.kernel.words import marked as _

OLD_AGE = 60


class Why(StrEnum):
    """Why a sale must be recorded (办法 6)."""

    AGENCY = "AGENCY"  # an ancillary agency, such as a bank, sells more than a year of cover
    LINKED = "LINKED"  # the value follows an investment
    ELDERLY = "ELDERLY"  # the customer is 60 or more


WHY_WORDS = {
    Why.AGENCY: _("由兼业代理机构销售一年期以上人身保险"),
    Why.LINKED: _("投资连结型产品"),
    Why.ELDERLY: _("投保人年满 60 周岁"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five parts that must be on the record (办法 7)."""

    code: str
    title: str
    says: str


STEPS = (
    Step("IDENTITY", _("出示证件"), _("销售人员出示有效工作证件，并说明所属机构")),
    Step("WARNING", _("出示投保提示书"), _("出示投保提示书、产品条款和免除责任条款的书面说明")),
    Step("EXPLAIN", _("说明产品"), _("说明保险责任、交费、犹豫期、退保损失和责任免除")),
    Step("ANSWER", _("投保人表示明白"), _("投保人对上述内容作出明确肯定答复")),
    Step("SIGN", _("签署"), _("投保人签署投保单、投保提示书、免除责任条款说明")),
)  # fmt: skip
CODES = tuple(step.code for step in STEPS)


def reasons(
    *, by_agency: bool, linked: bool, holder_age: int, over_a_year: bool
) -> tuple[Why, ...]:
    """Why this sale must be recorded; empty where it need not be (internet self-service never)."""
    if not over_a_year:
        return (Why.LINKED,) if linked else ()
    found = [Why.AGENCY] if by_agency else []
    found += [Why.LINKED] if linked else []
    found += [Why.ELDERLY] if holder_age >= OLD_AGE else []
    return tuple(found)


def always_checked(why: Sequence[str]) -> bool:
    """Whether every one of them is checked: elderly customers and linked products (办法 10)."""
    return Why.ELDERLY in why or Why.LINKED in why


def chosen_for_check(position: int, checked: int, share: int, draw: Callable[[int], int]) -> bool:
    """
    Whether the ``position``-th recording (from 1) that an office finished in a month is checked, where
    ``checked`` of those before it are: never fewer than ``share`` of a hundred, at any moment (办法 10).

    The quota is cut into windows, with 30 % of one, three, three and four recordings; of each exactly
    one is checked, at a place that ``draw(window)``, a secret number, decides: nobody can foresee which.
    """
    window = _needed(position - 1, share) + 1
    first, last = _last_of(window - 1, share) + 1, _last_of(window, share)
    if checked >= window:
        return False
    return position == last or first + draw(window) % (last - first + 1) == position


def _needed(finished: int, share: int) -> int:
    """How many of so many finished recordings must be checked, upwards."""
    return -(-finished * share // 100)


def _last_of(window: int, share: int) -> int:
    """At which recording at the latest so many must be checked."""
    return (window - 1) * 100 // share + 1 if window else 0


def chain(previous: str, code: str, sha256: str) -> str:
    """A step's place in the chain: exchange, leave out or reorder one and the end is another."""
    return hashlib.sha256(f"{previous}|{code}|{sha256}".encode()).hexdigest()


def unbroken(steps: Sequence[Mapping[str, str]], end: str) -> bool:
    """Whether the registered steps are the five in order, each chained to the one before, up to ``end``."""
    found = ""
    for step in steps:
        found = chain(found, step["code"], step["sha256"])
        if step["chained"] != found:
            return False
    return found == end and tuple(step["code"] for step in steps) == CODES[: len(steps)]
