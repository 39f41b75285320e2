"""open_office …"""

import pytest

from tests import make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import SYSTEM
from yilu.people import operations as people
from yilu.people import queries
from yilu.people.models import Office

pytestmark = pytest.mark.django_db


def test_grows_a_tree_whose_subtrees_are_one_range_of_paths():
    head = make.head_office()
    branch = make.office(parent_id=head)
    below = make.office("SUB_BRANCH", parent_id=branch)

    assert Office.objects.get(pk=below).path == f"/{head}/{branch}/{below}/"
    assert [o.id for o in queries.list_offices()] == [head, branch, below]
    assert queries.get_office(below).parent_id == branch
    assert Event.objects.filter(kind="people.office_opened").count() == 3


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"code": "HQ"}, "已被使用"),
        ({"level": "KIOSK"}, "层级"),
        ({"name": " "}, "名称"),
        ({"time_zone": "Mars/Olympus"}, "时区"),
        ({"parent_id": 999999}, "上级机构不存在"),
        ({"parent_id": None}, "必须有上级机构"),
    ],
)
def test_refuses_what_does_not_fit_and_changes_nothing(wrong, says):
    told = {"code": "B1", "name": "甲", "level": "BRANCH", "parent_id": make.head_office()}

    with pytest.raises(people.BadOffice, match=says):
        people.open_office(**{**told, **wrong}, actor=SYSTEM, at=NOON)

    assert Office.objects.count() == 1


def test_refuses_a_second_head_office():
    make.head_office()

    with pytest.raises(people.BadOffice, match="已经存在"):
        people.open_office(code="HQ2", name="又一个", level="HEAD", actor=SYSTEM, at=NOON)


def test_get_office_refuses_an_unknown_one():
    with pytest.raises(NotFound):
        queries.get_office(1)
