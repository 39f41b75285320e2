"""Many agents at once, from a branch's list: all of it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import agent_sheets
from yilu.people.models import Agent, Office
from yilu.people.operations.agents import agent_problems, appoint, end_appointment, leaving_problem


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row; ``row`` as the file counts, headings being 1."""

    row: int
    code: str
    message: str


class AgentRowsRefused(Invalid):
    """Some rows cannot be right; nothing of the file was done."""

    code = "agent_rows_refused"
    message = _("名单中有几行办不了，整份都没有办理")
    hint = _("请按下面逐行的说明改好，再提交整份名单。")

    def __init__(self, problems: tuple[RowProblem, ...]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True, slots=True)
class AgentsTaken:
    """How many were appointed, how many left, and how many customers changed hands."""

    appointed: int
    left: int
    customers: int


@tx.use_case
def take_in_agents(*, content: bytes, actor: Ref, at: datetime) -> AgentsTaken:
    """
    Appoint everybody of a list, or end the appointment of everybody of it (批量入职与离职).

    Columns: 工号, 姓名, 机构代码, 手机号 for those newly appointed, and for another firm's 中介机构 and
    中介类别 (专业中介机构 or 兼业代理机构); 工号, 离职日, 接任工号 (may be empty)
    for those who left. Either every row is done or none; a row is refused as the single act would be.

    :raises BadAgentFile: not such a list. :raises AgentRowsRefused: with what is wrong, row by row.
    """
    rows = agent_sheets.read(content)
    problems: list[RowProblem] = []
    appointed = left = customers = 0
    seen: set[str] = set()
    for number, row in rows:
        code = row.get("code", "").upper()
        try:
            with tx.savepoint():
                if code in seen:
                    raise _BadRow([_("名单里已经有这个工号")])
                seen.add(code)
                if "left_on" in row:
                    customers += _leaves(row, actor, at)
                    left += 1
                else:
                    _comes(row, actor, at)
                    appointed += 1
        except _BadRow as bad:
            problems += (RowProblem(number, code, each) for each in bad.problems)
        except Refusal as refused:
            problems.append(RowProblem(number, code, str(refused.message)))
    if problems:
        raise AgentRowsRefused(tuple(problems))
    return AgentsTaken(appointed, left, customers)


class _BadRow(Exception):
    """All that can be seen to be wrong with a row, so that nobody mends it one thing at a time."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__()
        self.problems = problems


def _comes(row: dict[str, str], actor: Ref, at: datetime) -> None:
    code, name, phone = (row.get(field, "") for field in ("code", "name", "phone"))
    offices = Office.objects.filter(code=row.get("office", "").upper(), active=True)
    office = offices.values_list("pk", flat=True).first()
    firm, kind = row.get("firm", ""), row.get("firm_kind", "")
    kind = {label: code for code, label in Agent.FirmKind.choices}.get(kind, kind)
    problems = list(agent_problems(code=code, name=name, phone=phone, firm=firm, firm_kind=kind))
    if office is None:
        problems.append(_("没有这个机构代码"))
    if office is None or problems:
        raise _BadRow(problems)
    appoint(
        code=code, name=name, phone=phone, office_id=office, firm=firm, firm_kind=kind, actor=actor, at=at
    )  # fmt: skip


def _leaves(row: dict[str, str], actor: Ref, at: datetime) -> int:
    agent, heir, day = _in_office(row.get("code", "")), row.get("successor", ""), _day(row)
    successor = _in_office(heir) if heir else None
    problems = [] if agent else [_("没有在职的代理人用这个工号")]
    if problem := _("离职日请写成 2026-01-31") if day is None else leaving_problem(day, at):
        problems.append(problem)
    if heir and successor is None:
        problems.append(_("没有在职的代理人用这个接任工号"))
    if agent is None or problems:
        raise _BadRow(problems)
    return end_appointment(agent_id=agent, successor_id=successor, left_on=day, actor=actor, at=at)


def _day(row: dict[str, str]) -> date | None:
    """2026-01-31, or as Excel writes it: 2026/1/31."""
    try:
        year, month, day = (int(part) for part in row["left_on"].replace("/", "-").split("-"))
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _in_office(code: str) -> int | None:
    return Agent.objects.filter(code=code.upper(), active=True).values_list("pk", flat=True).first()
