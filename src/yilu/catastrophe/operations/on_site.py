"""Reports from the scene, phone in hand: each becomes a line that is matched like any list's (现场移动报案)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from yilu.catastrophe.rules import lists
from yilu.catastrophe.rules.labels import CONDITIONS, MOBILE_SOURCE
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access

from .importing import import_list
from .refusals import BadEvent

HEADING = ("姓名", "性别", "出生日期", "年龄", "身份证号", "手机号", "住址", "医院", "状态")
SEXES = {"MALE": "男", "FEMALE": "女", "": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Somebody found hurt, dead or missing at the scene; anything but the name may be unknown."""

    name: str
    condition: str
    sex: str = ""
    born_on: str = ""
    age: str = ""
    identity: str = ""
    phone: str = ""
    place: str = ""
    hospital: str = ""


def report_on_site(*, event_id: int, seen: Seen, access: Access, actor: Ref, at: datetime) -> int:
    """
    Report somebody from the scene; they are looked for among all customers at once. The list's id.

    The same report again is refused (``ListKnownAlready``), so two taps are one.

    :raises BadEvent: without a name, or with a date, age or number that cannot be.
    :raises EventOver, NotAllowed, EventNotFound: as for every list.
    """
    if not 0 < len(seen.name.strip()) <= 80 or seen.condition not in CONDITIONS:
        raise BadEvent(_("请填写姓名和状态"))
    if seen.sex not in SEXES:
        raise BadEvent(_("请选择性别"))
    cells = [
        " ".join(cell.split())
        for cell in (
            seen.name, SEXES[seen.sex], seen.born_on, seen.age, seen.identity, seen.phone,
            seen.place, seen.hospital, CONDITIONS[seen.condition],
        )
    ]  # fmt: skip
    heading = lists.find_heading([HEADING])
    assert heading is not None
    told = lists.read_row(2, cells, heading, day_of(at))
    if told is None or told.problem:
        raise BadEvent(told.problem if told else _("请填写姓名和状态"))
    out = io.StringIO()
    csv.writer(out).writerows([HEADING, cells])
    return import_list(
        event_id=event_id, filename=f"现场报案 {at.astimezone(CHINA):%m%d-%H%M%S}.csv",
        content=out.getvalue().encode(), source=str(MOBILE_SOURCE), access=access, actor=actor, at=at,
    )  # fmt: skip
