"""The register of personal data protection at the workbench: read, written, approved, taken out."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make
from tests.house.html_check import problems_of
from tests.people.test_privacy_register import answers, new
from tests.web.signing import signed_in
from yilu.people import operations, queries
from yilu.people.models import PrivacyRecord

HOME = "/staff/privacy"


@pytest.fixture
def officers(people):
    found = []
    for n in range(2):
        access, ref = make.colleague(people.head, "PRIVACY_OFFICER", username=f"officer{n}")
        found.append((access, ref, signed_in(ref)))
    return found


def opened(officers, kind, **more):
    access, ref, _client = officers[0]
    return operations.open_privacy_record(
        new=new(kind, **more), access=access, actor=ref, at=timezone.now()
    )


def test_only_those_who_keep_or_check_the_register(desk, kept_out, chen, officers):
    made = opened(officers, "INCIDENT")
    for url in (HOME, f"{HOME}/{made}", f"{HOME}/export?kind=INCIDENT"):
        kept_out(url)
        assert chen.get(url).status_code == 403
        assert desk.auditor.client.get(url).status_code == 200
        assert officers[0][2].get(url).status_code == 200
    for url in (f"{HOME}/new?kind=AUDIT", f"{HOME}/{made}/edit"):
        kept_out(url)
        assert desk.auditor.client.get(url).status_code == 403
    refused = desk.auditor.client.post(f"{HOME}/{made}/act", {"do": "note", "note": "x"})
    assert refused.status_code == 403


@pytest.mark.parametrize("kind", queries.PRIVACY_FORMS)
def test_every_page_of_every_kind_is_whole_empty_and_full(officers, kind):
    _access, _ref, client = officers[0]
    empty = client.get(f"{HOME}?kind={kind}").content.decode()
    assert "这里还没有登记" in empty
    more = {}
    if kind == "PROCESSOR":
        basis = opened(officers, "ASSESSMENT", said=answers("ASSESSMENT", ground="HANDED_ON"))
        access, ref, _client = officers[1]
        operations.approve_privacy_record(
            record_id=basis, revision=1, access=access, actor=ref, at=timezone.now()
        )
        more = {"assessment_id": basis}
    made = opened(officers, kind, **more)
    for url in (
        f"{HOME}?kind={kind}",
        f"{HOME}/new?kind={kind}",
        f"{HOME}/{made}",
        f"{HOME}/{made}/edit",
    ):
        page = client.get(url).content.decode()
        assert not problems_of(page), url
        assert "短信服务" in page or "/new" in url


def test_written_by_one_and_approved_by_another(officers):
    (_a, _r, one), (_b, _s, two) = officers
    form = answers("ASSESSMENT") | {
        "kind": "ASSESSMENT", "title": "核保模型", "starts_on": "2027-01-01", "until": "2027-12-31",
    }  # fmt: skip
    lacking = one.post(f"{HOME}/new", form | {"risk": ""})
    assert lacking.status_code == 422
    assert "请填写：安全风险" in lacking.content.decode()
    assert 'value="核保模型"' in lacking.content.decode()
    assert not PrivacyRecord.objects.exists()

    page = one.post(f"{HOME}/new", form, follow=True).content.decode()
    made = PrivacyRecord.objects.get().pk
    assert "编制的人不能自己批准" in page
    act = f"{HOME}/{made}/act"
    assert one.post(act, {"do": "approve", "revision": 1}).status_code == 403
    assert two.post(act, {"do": "approve", "revision": 9}).status_code == 409
    assert two.post(act, {"do": "nonsense"}).status_code == 422
    done = two.post(act, {"do": "approve", "revision": 1}, follow=True).content.decode()
    assert "至少保存到" in done


def test_an_incident_from_the_first_hour_to_its_end(officers):
    (_a, _r, one), (_b, _s, two) = officers
    made = opened(officers, "INCIDENT")
    act = f"{HOME}/{made}/act"
    page = one.get(f"{HOME}/{made}").content.decode()
    assert "通知主管部门和个人之后" in page
    now = timezone.localtime(timezone.now()).strftime("%Y-%m-%dT%H:%M")
    early = (timezone.localtime(timezone.now()) - timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    tell = {"do": "tell", "addressee": "AUTHORITY", "note": "书面报告"}
    wrong = one.post(act, tell | {"told_at": early})
    assert wrong.status_code == 422
    assert "书面报告" in wrong.content.decode()
    assert one.post(act, tell | {"told_at": now}).status_code == 302
    assert one.post(act, {"do": "ask_not", "note": "已加密"}).status_code == 302
    assert "同意不通知" not in one.get(f"{HOME}/{made}").content.decode().split("h-steps")[2]
    assert two.post(act, {"do": "agree_not", "note": "同意，密钥安全"}).status_code == 302
    assert one.post(act, {"do": "end", "note": "整改报告"}).status_code == 302
    assert PrivacyRecord.objects.get().state == "ENDED"


def test_the_workbook_holds_every_entry_and_every_step(officers):
    import python_calamine

    opened(officers, "INCIDENT", title="=1+1")
    answer = officers[0][2].get(f"{HOME}/export?kind=INCIDENT")
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    entries, steps = (book.get_sheet_by_index(n).to_python() for n in (0, 1))
    assert entries[1][1] == "=1+1"
    assert entries[1][2] == "处理中"
    assert [row[1] for row in steps[1:]] == ["登记"]
    assert officers[0][2].get(f"{HOME}/export?kind=NONE").status_code == 404
