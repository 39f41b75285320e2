"""个人信息请求 on the workbench: taken in, read, answered; a whole copy only while it is asked for."""

import pytest

from tests import make
from yilu.journal.models import Event
from yilu.people import queries
from yilu.people.models import DataRequest, Party


@pytest.fixture
def clerk(desk, people):
    return desk._one("包全员", "SERVICING", office_id=people.branch_a).client


def ask(clerk, people, kind="COPY", wish="给我一份"):
    clerk.post(f"/staff/customers/{people.lin}/data-request", {"kind": kind, "wish": wish})
    return DataRequest.objects.latest("pk").pk


def test_is_taken_in_at_the_counter_read_copied_and_answered(people, clerk, chen, kept_out):
    account = make.account(people.lin)
    asked = ask(clerk, people)
    place = f"/staff/data-requests/{asked}"
    kept_out(place)
    assert chen.get(place).status_code == 403  # an assessor registers nobody

    page = clerk.get(place).content.decode()
    assert "给我一份" in page
    assert "删除全部个人资料" not in page
    whole = queries.get_payment_details(people.lin, account).number
    assert whole not in page
    assert clerk.post(f"{place}/copy").status_code == 200
    assert Event.objects.filter(kind="people.personal_data_exported").count() == 1

    clerk.post(f"{place}/answer", {"do": "done", "answer": "已当面交给本人"})
    assert DataRequest.objects.get().state == "DONE"
    assert clerk.post(f"{place}/copy").status_code == 404
    assert "已当面交给本人" in clerk.get(place).content.decode()


def test_declining_without_a_reason_and_erasing_a_holder_change_nothing(people, clerk):
    make.policy(people.branch_a, holder_id=people.lin)
    place = f"/staff/data-requests/{ask(clerk, people, 'DELETE')}"
    for told in ({"do": "decline", "answer": " "}, {"do": "erase", "answer": "已删除"}):
        assert clerk.post(f"{place}/answer", told).url == place
    assert DataRequest.objects.get().state == "OPEN"
    assert not Party.objects.exclude(erased_at=None).exists()
    assert "不能整体删除" in clerk.get(place).content.decode()
