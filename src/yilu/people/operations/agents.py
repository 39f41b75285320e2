"""Appoint agents; when one leaves, see to the customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.phones import is_mobile, read_phone
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import Agent, Office
from yilu.people.operations import authority, rows
from yilu.people.rules import particulars

EARLIEST_YEAR = 1990
"""Nobody left before there were agents."""
FIRM_MAX = 60


class BadAgent(Invalid):
    """The particulars of an agent are malformed."""

    code = "bad_agent"
    message = "代理人资料有误"


class AgentKnownAlready(Refusal):
    """The agent's code or phone belongs to another agent in office."""

    code = "agent_known_already"
    message = "工号或手机号已被其他代理人使用"
    hint = "请核对工号和手机号。"


class AgentNotFound(NotFound):
    """There is no such agent in office."""

    code = "agent_not_found"
    message = "没有找到该代理人"
    hint = "请核对后再试。"


@tx.use_case
def appoint_agent(
    *,
    code: str,
    name: str,
    office_id: int,
    phone: str,
    email: str = "",
    leads: bool = False,
    firm: str = "",
    firm_kind: str = "",
    actor: Ref,
    at: datetime,
) -> int:
    """
    Appoint an agent (聘任代理人) of an office and return the id; the phone is for signing in.

    ``firm`` and ``firm_kind``: the intermediary they work for (中介机构); both empty for our own.

    :raises AgentKnownAlready: if another agent has the code, or one in office the phone.
    :raises BadAgent: with what is wrong with name, code, phone or office.
    """
    return appoint(
        code=code, name=name, office_id=office_id, phone=phone, email=email, leads=leads, firm=firm,
        firm_kind=firm_kind, actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def place_agent(*, agent_id: int, firm: str, firm_kind: str, actor: Ref, at: datetime) -> None:
    """
    Say for which intermediary an agent works (登记中介机构); both empty: for ourselves. Twice is once.

    It counts for sales begun from now on: a bank's sale of more than a year of cover is recorded (双录).

    :raises AgentNotFound: no such agent in office. :raises BadAgent: one of the two without the other.
    """
    firm = " ".join(firm.split())
    if problem := firm_problem(firm, firm_kind):
        raise BadAgent(problem)
    agent = Agent.objects.select_for_update().filter(pk=agent_id, active=True).first()
    if agent is None:
        raise AgentNotFound()
    authority.require(actor, "people.staff", agent.office_id)
    if (agent.firm, agent.firm_kind) == (firm, firm_kind):
        return
    agent.firm, agent.firm_kind = firm, firm_kind
    agent.save(update_fields=["firm", "firm_kind"])
    fact = events.AgentPlaced(agent_id=agent_id, firm_kind=firm_kind)
    journal.record(fact, about=Ref("agent", agent_id), actor=actor, at=at)


def firm_problem(firm: str, firm_kind: str) -> str | None:
    """What is wrong with the intermediary an agent is said to work for, in Chinese; None if nothing is."""
    if firm_kind not in {"", *Agent.FirmKind.values}:
        return _("中介类别应为专业中介机构或者兼业代理机构")
    if bool(firm) != bool(firm_kind):
        return _("中介机构和中介类别要一起填写；本公司的代理人两项都不填")
    return _("中介机构名称不超过60字") if len(firm) > FIRM_MAX else None


def agent_problems(
    *, code: str, name: str, phone: str, firm: str = "", firm_kind: str = ""
) -> Iterator[str]:
    """All that is wrong with the particulars of an agent to be appointed, in Chinese."""
    if problem := firm_problem(firm, firm_kind):
        yield problem
    if problem := particulars.name_problem(particulars.tidy_name(name)):
        yield problem
    tidy = code.strip()
    if not (tidy.isascii() and tidy.isalnum() and len(tidy) <= 20):
        yield _("工号应为不超过20位的字母和数字")
    try:
        if not is_mobile(read_phone(phone)):
            yield _("请填写代理人的手机号码")
    except ValueError as problem:
        yield str(problem)


@tx.step
def appoint(
    *, code: str, name: str, office_id: int, phone: str, email: str = "", leads: bool = False,
    firm: str = "", firm_kind: str = "", actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """:func:`appoint_agent` within a use case, with the same refusals."""
    code, name, firm = code.strip().upper(), particulars.tidy_name(name), " ".join(firm.split())
    told = {"code": code, "name": name, "phone": phone, "firm": firm, "firm_kind": firm_kind}
    if problem := next(agent_problems(**told), None):
        raise BadAgent(problem)
    number = read_phone(phone)
    if not Office.objects.filter(pk=office_id, active=True).exists():
        raise BadAgent(_("所属机构不存在"))
    authority.require(actor, "people.staff", office_id)
    indexes = sealing.blind_indexes(number, "phone")
    agent_id = None
    if not Agent.objects.filter(phone_index__in=indexes, active=True).exists():
        agent_id = rows.add(
            Agent,
            code=code,
            name=name,
            office_id=office_id,
            phone=sealing.seal(number, "people_agent.phone"),
            phone_index=indexes[0],
            email=sealing.seal(email, "people_agent.email") if email else b"",
            leads=leads,
            firm=firm,
            firm_kind=firm_kind,
            appointed_at=at,
        )
    if agent_id is None:
        raise AgentKnownAlready()
    journal.record(
        events.AgentAppointed(agent_id=agent_id, office_id=office_id),
        about=Ref("agent", agent_id), actor=actor, at=at,
    )  # fmt: skip
    return agent_id


@tx.step
def serve_party_by(*, party_id: int, former_id: int, agent_id: int) -> bool:
    """Give a customer nobody serves, or one of the former agent's, to another; whether that was so."""
    return bool(
        tx.changed(
            """
            update people_party set agent_id = %s::bigint
             where id = %s::bigint and (agent_id is null or agent_id = %s::bigint)
            """,
            [agent_id, party_id, former_id],
        )
    )


@tx.use_case
def let_agent_go(
    *,
    agent_id: int,
    successor_id: int | None,
    left_on: date | None = None,
    actor: Ref,
    at: datetime,
) -> int:
    """
    End an appointment (代理人离职); the customers go to the successor, or to the office's care.

    ``left_on`` is the day on which the agent left, today unless said: from it runs the time in which each
    customer must be told (三十日; 令2023-2 36), however late it is entered. Rooms above take it from the
    event. Returns how many customers changed hands; one statement moves them all.

    :raises AgentNotFound: if agent or successor is not in office. :raises BadAgent: a day to come.
    """
    return end_appointment(
        agent_id=agent_id, successor_id=successor_id, left_on=left_on, actor=actor, at=at
    )


def leaving_problem(day: date, at: datetime) -> str | None:
    """Why nobody can have left on a day, in Chinese; None if somebody may have."""
    if day > day_of(at):
        return _("离职日不能晚于今天")
    return _("离职日填写有误") if day.year < EARLIEST_YEAR else None


@tx.step
def end_appointment(
    *, agent_id: int, successor_id: int | None, left_on: date | None, actor: Ref, at: datetime
) -> int:
    """:func:`let_agent_go` within a use case, with the same refusals."""
    day = left_on or day_of(at)
    if problem := leaving_problem(day, at):
        raise BadAgent(problem)
    ids = sorted({agent_id, successor_id or agent_id})
    agents = {
        a.pk: a
        for a in Agent.objects.select_for_update().filter(pk__in=ids, active=True).order_by("pk")
    }
    if len(agents) < len(ids) or successor_id == agent_id:
        raise AgentNotFound()
    authority.require(actor, "people.staff", agents[agent_id].office_id)
    if successor_id is not None and agents[successor_id].office_id != agents[agent_id].office_id:
        authority.require(actor, "people.staff", agents[successor_id].office_id)
    tx.changed(
        """
        update people_agent set active = false, left_on = %s, successor_id = %s::bigint,
               session_epoch = session_epoch + 1
         where id = %s::bigint
        """,
        [day, successor_id, agent_id],
    )
    moved = tx.changed(
        "update people_party set agent_id = %s::bigint where agent_id = %s::bigint",
        [successor_id, agent_id],
    )
    journal.record(
        events.AgentLeft(
            agent_id=agent_id, successor_id=successor_id, customers=moved, left_on=day.isoformat()
        ),
        about=Ref("agent", agent_id), actor=actor, at=at,
    )  # fmt: skip
    return moved
