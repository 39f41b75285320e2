"""take_in_agents: a branch's list, all of it or nothing …"""

from datetime import date

import pytest

from tests import make
from tests.make import NOON
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.sheets import read_sheet, write_sheet
from yilu.people import agent_sheets, queries
from yilu.people import operations as people
from yilu.people.models import Agent, Office

pytestmark = pytest.mark.django_db


def take_in(text, actor=SYSTEM, encoding="utf-8"):
    return people.take_in_agents(content=text.encode(encoding), actor=actor, at=NOON)


def test_those_of_a_list_leave_on_their_days_and_their_customers_go_on(cast_):
    wei, qian = (queries.get_agent(n).code for n in (cast_.wei, cast_.qian))
    heir = make.agent(cast_.branch_a, code="HEIR")
    taken = take_in(
        f"工号,离职日,接任工号\n{wei},2026-02-28,heir\n{qian},2026/03/01,\n", encoding="gb18030"
    )

    assert (taken.appointed, taken.left, taken.customers) == (0, 2, 3)
    assert queries.get_party(cast_.lin).agent_id == heir
    left = dict(Agent.objects.exclude(left_on=None).values_list("pk", "left_on"))
    assert left == {cast_.wei: date(2026, 2, 28), cast_.qian: date(2026, 3, 1)}


def test_those_of_a_list_are_appointed(cast_):
    office = Office.objects.get(pk=cast_.branch_a).code
    rows = f"N1,新一,{office},{make.mobile()},,\nN2,新二,{office},{make.mobile()},江城银行,兼业代理机构\n"
    taken = take_in(f"工号,姓名,机构代码,手机号,中介机构,中介类别\n{rows}")

    assert taken.appointed == 2
    assert Agent.objects.get(code="N1").office_id == cast_.branch_a
    firms = list(Agent.objects.filter(code__in=("N1", "N2")).values_list("firm_kind", "firm"))
    assert firms == [("", ""), ("ANCILLARY", "江城银行")]


def test_one_bad_row_and_nothing_is_done_and_every_bad_row_is_named(cast_):
    wei = queries.get_agent(cast_.wei).code
    qian = queries.get_agent(cast_.qian).code
    rows = f"{wei},2026-02-28,\nNOBODY,2026-02-28,\n{qian},2026-02-28,\n{wei},2026-01-31,\nA,soon,\nB,1066-1-1,"
    with pytest.raises(people.AgentRowsRefused) as refused:
        take_in(f"工号,离职日,接任工号\n{rows}\n")

    assert [each.row for each in refused.value.problems] == [3, 5, 6, 6, 7, 7]
    assert queries.get_agent(cast_.wei).active
    with pytest.raises(people.AgentRowsRefused):
        take_in("工号,姓名,机构代码,手机号\nN1,新一,NOWHERE,13900000001\n")


def test_everything_wrong_with_a_row_is_said_at_once(cast_):
    with pytest.raises(people.AgentRowsRefused) as came:
        take_in("工号,姓名,机构代码,手机号\nN 1,,NOWHERE,12\n")
    with pytest.raises(people.AgentRowsRefused) as left:
        take_in("工号,离职日,接任工号\nNOBODY,2027/1/5,NOBODY2\n")

    assert [(each.row, each.code) for each in came.value.problems] == [(2, "N 1")] * 4
    assert [each.message for each in left.value.problems] == [
        "没有在职的代理人用这个工号", "离职日不能晚于今天", "没有在职的代理人用这个接任工号",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["appointed", "left"])
def test_a_list_to_fill_in_is_one_that_we_read(kind):
    rows = read_sheet(queries.agent_list_template(kind))
    assert (len(rows), set(rows[0]) <= set(agent_sheets.COLUMNS)) == (1, True)
    filled = write_sheet("x", rows[0], [["0012", "2026/1/5", "", ""][: len(rows[0])]])
    assert agent_sheets.read(filled)[0][1]["code"] == "0012"


def test_a_branch_ends_no_appointment_of_another(cast_):
    local = Ref("staff", make.staff(cast_.branch_b, "OPERATOR"))
    wei = queries.get_agent(cast_.wei).code
    with pytest.raises(people.AgentRowsRefused):
        take_in(f"工号,离职日\n{wei},2026-02-28\n", actor=local)
    assert queries.get_agent(cast_.wei).active
    assert queries.find_appointment(queries.staff_access(local.id), cast_.wei) is None


@pytest.mark.parametrize(
    "text", ["", "姓名,手机号\n新,1", "工号,离职日\n", "工号\nA1", "PK not a book"]
)
def test_refuses_what_is_no_list(cast_, text):
    with pytest.raises(people.BadAgentFile):
        take_in(text)
