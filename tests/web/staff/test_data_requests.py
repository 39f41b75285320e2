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
    assert "整体删除" not in page
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
    wrong = (
        {"do": "decline", "answer": " "}, {"do": "propose_erasure", "why": "本人要求删除"},
        {"do": "confirm_erasure", "why": "本人要求删除"},
    )  # fmt: skip
    for told in wrong:
        assert clerk.post(f"{place}/answer", told).url == place
    assert DataRequest.objects.get().state == "OPEN"
    assert not Party.objects.exclude(erased_at=None).exists()
    page = clerk.get(place).content.decode()
    assert "现在不能整体删除" in page
    assert "保险法第八十七条" in page or "办结为止" in page
    assert 'value="propose_erasure"' not in page


def test_one_proposes_to_erase_and_another_agrees(desk, people, clerk, kept_out):
    place = f"/staff/data-requests/{ask(clerk, people, 'DELETE')}"
    other = desk._one("包二员", "SERVICING", office_id=people.branch_a).client
    page = clerk.get(place).content.decode()
    assert all(words in page for words in ("将删除", "依法留下", "会计档案管理办法"))

    clerk.post(f"{place}/answer", {"do": "propose_erasure", "why": "本人到场要求"})
    page = clerk.get(place).content.decode()
    assert "等另一位同事复核" in page
    assert 'value="confirm_erasure"' not in page
    clerk.post(f"{place}/answer", {"do": "confirm_erasure", "why": "自己复核自己"})
    assert not Party.objects.exclude(erased_at=None).exists()
    assert "本人到场要求" in other.get(place).content.decode()
    Party.objects.filter(pk=people.lin).update(keep_until="2020-01-01")
    page = other.get(place).content.decode()
    assert "名下的情况有变化" in page
    assert 'value="confirm_erasure"' not in page
    Party.objects.filter(pk=people.lin).update(keep_until=None)

    other.post(f"{place}/answer", {"do": "confirm_erasure", "why": "证件已核对"})
    assert Party.objects.get(pk=people.lin).erased_at is not None
    page = clerk.get(place).content.decode()
    assert "已删除" in page
    assert "整体删除" not in page
