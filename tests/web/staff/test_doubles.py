"""疑似重复客户 on the workbench: found, put side by side, merged by two, parted by two."""

import pytest

from tests import cast
from tests.make import NOON
from tests.web.signing import signed_in
from yilu.kernel.refs import SYSTEM
from yilu.people import operations, queries
from yilu.people.models import Double

WHY = "两张身份证件一致，客户当面确认"


@pytest.fixture
def clerks(desk, people):
    return [
        desk._one(name, "SERVICING", office_id=people.branch_a).client for name in ("包一", "包二")
    ]


@pytest.fixture
def other(people):
    return operations.register_party(
        name=cast.LIN_NAME, office_id=people.branch_a, phone="13911112222", actor=SYSTEM, at=NOON
    )


def test_two_records_are_put_side_by_side_merged_by_two_and_parted_again(
    people, clerks, other, kept_out
):
    one, second = clerks
    assert "没有待核对的重复资料" in one.get("/staff/doubles").content.decode()
    made = one.post(f"/staff/customers/{people.lin}/double", {"other": other})
    double = Double.objects.get()
    place = f"/staff/doubles/{double.pk}"
    assert made.url == place
    kept_out(place)
    page = one.get(place).content.decode()
    assert "13911112222" not in page
    assert "139****2222" in page
    assert "保全申请" in page
    assert ">赔案<" not in page  # who may see no claims is not told that there are none
    assert "139****2222" in one.get("/staff/doubles").content.decode()
    assert "待核对" in one.get(f"/staff/customers/{people.lin}").content.decode()

    one.post(f"{place}/act", {"do": "propose", "keeps": people.lin, "why": WHY})
    assert "同意，合并" not in one.get(place).content.decode()
    one.post(f"{place}/act", {"do": "confirm", "why": WHY})
    assert queries.get_party(other).id == other  # refused: the same person
    assert "同意，合并" in second.get(place).content.decode()
    second.post(f"{place}/act", {"do": "confirm", "why": WHY})
    assert queries.get_party(other).id == people.lin
    assert one.get(f"/staff/customers/{other}").url == f"/staff/customers/{people.lin}"
    kept_out(f"/staff/customers/{other}")
    elsewhere = signed_in(people.as_bai)
    assert elsewhere.get(f"/staff/customers/{other}").status_code == 404  # nor where it leads
    assert "包二" in one.get(place).content.decode()

    one.post(f"{place}/act", {"do": "ask_to_part", "why": WHY})
    second.post(f"{place}/act", {"do": "part", "why": WHY})
    assert queries.get_party(other).id == other
    assert Double.objects.get().state == "PARTED"


@pytest.mark.parametrize(
    "told", [{"do": "propose", "why": ""}, {"do": "propose", "keeps": "x"}, {"do": "nothing"}]
)
def test_a_bad_form_changes_nothing(people, clerks, other, told):
    clerks[0].post(f"/staff/customers/{people.lin}/double", {"other": other})
    double = Double.objects.get()
    answer = clerks[0].post(f"/staff/doubles/{double.pk}/act", told)
    assert answer.status_code in (302, 400)
    assert Double.objects.get().state == "SUSPECTED"
    for beyond in (people.zhou, 999_999):
        answer = clerks[0].post(f"/staff/customers/{people.lin}/double", {"other": beyond})
        assert answer.status_code == 404
    assert Double.objects.count() == 1
