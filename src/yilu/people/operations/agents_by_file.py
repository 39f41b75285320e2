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
from yilu.people.operations.agents import AgentNotFound, BadAgent, appoint, end_appointment


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

    Columns: 工号, 姓名, 机构代码, 手机号 for those newly appointed; 工号, 离职日, 接任工号 (may be empty)
    for those who left. Either every row is done or none; a row is refused as the single act would be.

    :raises BadAgentFile: not such a list. :raises AgentRowsRefused: with what is wrong, row by row.
    """
    rows = agent_sheets.read(content)
    problems: list[RowProblem] = []
    appointed = left = customers = 0
    for number, row in rows:
        try:
            with tx.savepoint():
                if "left_on" in row:
                    customers += _leaves(row, actor, at)
                    left += 1
                else:
                    _comes(row, actor, at)
                    appointed += 1
        except Refusal as refused:
            problems.append(RowProblem(number, row.get("code", ""), str(refused.message)))
    if problems:
        raise AgentRowsRefused(tuple(problems))
    return AgentsTaken(appointed, left, customers)


def _comes(row: dict[str, str], actor: Ref, at: datetime) -> None:
    office = Office.objects.filter(code=row.get("office", "").upper(), active=True).first()
    if office is None:
        raise BadAgent(_("没有这个机构代码"))
    appoint(
        code=row.get("code", ""), name=row.get("name", ""), office_id=office.pk,
        phone=row.get("phone", ""), actor=actor, at=at,
    )  # fmt: skip


def _leaves(row: dict[str, str], actor: Ref, at: datetime) -> int:
    try:
        left_on = date.fromisoformat(row["left_on"].replace("/", "-"))
    except ValueError:
        raise BadAgent(_("离职日请写成 2026-01-31")) from None
    successor = row.get("successor", "")
    return end_appointment(
        agent_id=_by_code(row.get("code", "")),
        successor_id=_by_code(successor) if successor else None,
        left_on=left_on, actor=actor, at=at,
    )  # fmt: skip


def _by_code(code: str) -> int:
    found = (
        Agent.objects.filter(code=code.upper(), active=True).values_list("pk", flat=True).first()
    )
    if found is None:
        raise AgentNotFound(_("没有在职的代理人用这个工号"))
    return found
