"""How well the machine reads: figures over time, and the cases to learn from."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.make import NOON
from yilu.documents import operations
from yilu.documents.models import Field, Reading, Upload

URL = "/staff/accuracy"
CASES = f"{URL}/cases?kind=INVOICE&engine=rapidocr&field=payer_name"
READ_AT = NOON - timedelta(days=20)


@pytest.fixture
def read():
    """A bill's payer was read, and corrected by a person where it says to what."""

    def made(claim_id, value, right=None, at=READ_AT):
        upload = Upload.objects.create(
            subject=f"claim:{claim_id}", party_id=1, kind="INVOICE", media_type="image/png",
            sha256=f"{Upload.objects.count():064}", size=1, handed_in_by="party:1", received_at=at,
        )  # fmt: skip
        Reading.objects.create(
            upload=upload,
            source="OCR",
            engine="rapidocr",
            engine_version="1",
            seconds=1,
            read_at=at,
        )
        Field.objects.create(
            upload=upload, name="payer_name", source="OCR", confidence=Decimal(1), accepted_by="STAFF",
            value=right or value, corrected_from=value if right else None,
        )  # fmt: skip
        operations.sum_readings(at=NOON)
        return upload.pk

    return made


def words(answer):
    return " ".join(answer.content.decode().split())


def test_only_those_who_see_claims_come_in(desk, kept_out, chen):
    for url in (URL, CASES, f"{URL}/chart/worst", f"{URL}/chart/trend"):
        kept_out(url)
        assert desk.operator.client.get(url).status_code == 403
        assert chen.get(url).status_code == 200


def test_it_says_when_there_is_nothing_yet_and_when_there_will_be(chen, read):
    assert "还没有识别记录" in words(chen.get(URL))
    assert chen.get(f"{URL}?kind=NONSENSE&days=12").status_code == 200
    assert chen.get(f"{URL}/chart/worst").json()["names"] == []
    assert chen.get(f"{URL}/chart/trend").json()["names"] == []
    read(1, "林小雨", at=NOON)
    assert "第一批数字 2026-03-19 出来" in words(chen.get(URL))
    read(1, "林小雨")
    assert "这段时间没有识别记录" in words(chen.get(f"{URL}?kind=ID_CARD"))


def test_fields_are_counted_by_what_people_changed_over_the_days_asked_for(chen, read):
    for right in (None, None, None, "林小雪"):
        read(1, "林小雨", right)
    read(1, "林小雨", "林小雪", at=NOON - timedelta(days=80))
    read(1, "林小雨", at=NOON - timedelta(days=2))

    page = words(chen.get(f"{URL}?days=30"))
    assert "75.0%" in page
    assert "统计 2026-01-19 至 2026-02-17 识别的资料" in page
    assert "下一批数字 2026-03-17 加入" in page
    assert "60.0%" in words(chen.get(URL))
    assert chen.get(f"{URL}/chart/worst?days=30").json()["series"][0]["data"] == [75.0]
    trend = chen.get(f"{URL}/chart/trend").json()
    assert trend["names"] == ["12-08", "02-09"]
    assert trend["series"][0]["data"] == [0.0, 75.0]
    assert chen.get(f"{URL}/chart/trend?days=365").json()["names"] == ["2025-12", "2026-02"]
    assert chen.get(f"{URL}/chart/other").status_code == 404


def test_a_row_leads_to_the_cases_one_may_see_and_no_others(chen, people, read):
    ours = make.reported_claim(office_id=people.branch_a)
    theirs = make.reported_claim(office_id=people.branch_b)
    seen = read(ours.claim_id, "林小雨", "林小雪")
    other = read(theirs.claim_id, "周大成", "周大城")
    page = chen.get(URL).content.decode()
    assert (
        "accuracy/cases?days=90&amp;kind=INVOICE&amp;engine=rapidocr&amp;field=payer_name" in page
    )

    page = words(chen.get(CASES))
    assert "**雨" in page
    assert "**雪" in page
    assert "林小雪" not in page
    assert f"/staff/uploads/{seen}" in page
    assert f"/staff/uploads/{other}" not in page
    assert "*城" not in page
    assert chen.get(f"/staff/uploads/{seen}").status_code == 200
    assert chen.get(f"/staff/uploads/{other}").status_code == 404
    Upload.objects.filter(pk=seen).update(subject=f"claim:{theirs.claim_id}")
    assert "都不在您能查看的赔案里" in words(chen.get(CASES))


def test_cases_of_nothing_are_not_there(chen):
    assert chen.get(f"{URL}/cases").status_code == 404
    assert chen.get(f"{URL}/cases?kind=NONSENSE&engine=x&field=y").status_code == 404
