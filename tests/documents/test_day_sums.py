"""Sums of a day: what the figures of accuracy are read from instead of every field there ever was."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents import papers
from tests.documents.conftest import ANNA, CLAIM, CLERK, NOON
from tests.documents.test_recognise import clinic_bill, hand_in, photo_reading
from yilu.documents import jobs, operations, queries
from yilu.documents.models import DaySum, Field, Reading, Upload
from yilu.documents.operations.forgetting import forget
from yilu.documents.rules import summing
from yilu.kernel import tx

DAY = NOON.date()
SETTLED = NOON + timedelta(days=summing.SETTLED_DAYS + 1)
EVER = queries.Span(date(2000, 1, 1), date(2100, 1, 1))


@pytest.fixture
def photo(db):
    """An invoice photo that a person must look at."""
    upload_id = hand_in(papers.picture(), "photo.png")
    operations.record_reading(upload_id=upload_id, read=photo_reading(clinic_bill()), at=NOON)
    return upload_id


def correct(upload_id, name, value):
    operations.correct_field(
        upload_id=upload_id, name=name, value=value, actor=CLERK, at=NOON,
        version=queries.get_upload(upload_id).version,
    )  # fmt: skip


def confirm(upload_id):
    operations.confirm_document(
        upload_id=upload_id, version=queries.get_upload(upload_id).version, actor=CLERK, at=NOON
    )


def counts(**asked):
    """What the sums say, as plain figures by kind, engine and field."""
    rows = queries.recognition_accuracy(EVER, **asked)
    return {
        (r.kind, r.engine, r.field): (
            r.counts.read, r.counts.unasked, r.counts.confirmed, r.counts.corrected, r.counts.missed,
        )
        for r in rows
    }  # fmt: skip


def test_what_people_confirmed_changed_and_filled_in_before_it_settled(photo):
    correct(photo, "payer_name", "林小雪")
    correct(photo, "department", "内科")
    confirm(photo)
    assert operations.sum_readings(at=SETTLED - timedelta(days=1)) == 0  # not yet
    assert operations.sum_readings(at=SETTLED) == 1
    rows = {row.field: row for row in queries.recognition_accuracy(EVER, kind="INVOICE")}
    assert (rows["payer_name"].counts.corrected, rows["payer_name"].counts.accuracy) == (1, 0.0)
    assert (rows["total"].counts.confirmed, rows["total"].counts.accuracy) == (1, 100.0)
    assert (rows["department"].counts.missed, rows["department"].counts.read) == (1, 0)
    assert queries.recognition_accuracy(EVER, kind="ID_CARD") == ()


def test_what_is_changed_afterwards_stays_as_it_was_counted(photo):
    confirm(photo)
    assert jobs.sum_settled(SETTLED) == 1
    before = counts()
    correct(photo, "payer_name", "林小雪")
    assert jobs.sum_settled(SETTLED + timedelta(days=100)) == 0
    assert counts() == before


def test_killed_between_marking_and_adding_nothing_is_marked(photo, monkeypatch):
    def killed(statement, given):
        assert [row[0] for row in tx_rows(statement, given)] == [1]
        raise KeyboardInterrupt

    tx_rows = tx.rows
    with monkeypatch.context() as patch:
        patch.setattr(operations.summing.tx, "rows", killed)
        with pytest.raises(KeyboardInterrupt):
            operations.sum_readings(at=SETTLED)
    assert not DaySum.objects.exists()
    assert Reading.objects.filter(summed=False).count() == 1
    assert operations.sum_readings(at=SETTLED) == 1
    assert counts(field="total") == {("INVOICE", "test", "total"): (1, 0, 0, 0, 0)}


def test_what_was_read_from_somebody_who_is_forgotten_is_counted_before_it_goes(photo):
    correct(photo, "payer_name", "林小雪")
    correct(photo, "department", "内科")
    confirm(photo)
    tx.use_case(forget)([ANNA])
    assert Reading.objects.get().summed
    [row] = queries.recognition_accuracy(EVER, field="payer_name")
    assert (row.counts.corrected, row.counts.confirmed) == (1, 0)
    asked = {"kind": "INVOICE", "engine": row.engine, "field": "payer_name"}
    assert queries.misreadings(EVER, **asked) == ()
    # Its day is not whole: nobody reads figures of it yet.
    assert queries.accuracy_reach(NOON) == queries.Reach(None, None, None)


def test_cases_are_the_newest_with_names_masked(photo):
    correct(photo, "payer_name", "林小雪")
    correct(photo, "department", "内科")
    operations.sum_readings(at=SETTLED)
    engine = Reading.objects.get().engine
    [case] = queries.misreadings(EVER, kind="INVOICE", engine=engine, field="payer_name")
    assert (case.upload_id, case.about, case.day) == (photo, CLAIM, DAY)
    assert (case.read, case.right, case.missed) == ("**雨", "**雪", False)
    [case] = queries.misreadings(EVER, kind="INVOICE", engine=engine, field="department")
    assert (case.read, case.right, case.missed) == ("", "内科", True)
    yesterday = queries.Span(EVER.since, DAY - timedelta(days=1))
    assert queries.misreadings(yesterday, kind="INVOICE", engine=engine, field="department") == ()


ONE_FIELD = st.tuples(
    st.sampled_from(["total", "number"]),
    st.sampled_from(["unseen", "unasked", "confirmed", "corrected", "missed"]),
)
ONE_READING = st.tuples(
    st.integers(0, 3),
    st.sampled_from(["INVOICE", "ID_CARD"]),
    st.sampled_from(["ofd", "rapidocr"]),
    st.lists(ONE_FIELD, max_size=2, unique_by=lambda told: told[0]),
)
ROWS = {
    "unseen": {},
    "unasked": {"accepted_by": "MACHINE"},
    "confirmed": {"accepted_by": "STAFF"},
    "corrected": {"accepted_by": "STAFF", "corrected_from": "1.00"},
    "missed": {"accepted_by": "STAFF", "corrected_from": "", "source": "STAFF"},
}
MEANS = {
    "unseen": ("read",), "unasked": ("read", "unasked"), "confirmed": ("read", "confirmed"),
    "corrected": ("read", "corrected"), "missed": ("missed",),
}  # fmt: skip
PARTS = ("read", "unasked", "confirmed", "corrected", "missed")


@pytest.mark.django_db
@settings(max_examples=15, deadline=None)
@given(readings=st.lists(ONE_READING, max_size=6), batch=st.integers(1, 4))
def test_sums_are_what_counting_by_hand_gives_in_batches_of_any_size(readings, batch):
    for table in (DaySum, Field, Reading, Upload):
        table.objects.all().delete()
    expected, wrong = Counter(), Counter()
    for n, (days_ago, kind, engine, told) in enumerate(readings):
        day = DAY - timedelta(days=days_ago)
        _make(n, day, kind, engine, told)
        for name, became in told:
            expected.update((day, kind, engine, name, part) for part in MEANS[became])
            wrong[day, kind, engine, name] += became in {"corrected", "missed"}
    taken = []
    while not taken or taken[-1]:
        taken.append(operations.sum_readings(at=SETTLED, limit=batch))
    assert sum(taken) == len(readings)
    assert max(taken) <= batch
    found = Counter()
    for row in DaySum.objects.all():
        key = (row.day, row.kind, row.engine, row.field)
        found.update({(*key, part): getattr(row, part) for part in PARTS})
        assert len(set(row.cases)) == wrong[key]
    assert +found == expected
    assert operations.sum_readings(at=SETTLED, limit=batch) == 0


def _make(n, day, kind, engine, told):
    upload = Upload.objects.create(
        subject=f"claim:{n + 1}", party_id=ANNA, kind=kind, media_type="image/png", sha256=f"{n:064}",
        size=1, handed_in_by="party:1", received_at=NOON,
    )  # fmt: skip
    Reading.objects.create(
        upload=upload, source="OCR", engine=engine, engine_version="1", seconds=1,
        read_at=NOON + (day - DAY),
    )  # fmt: skip
    for name, became in told:
        row = {"source": "OCR", "value": "2.00"} | ROWS[became]
        Field.objects.create(upload=upload, name=name, confidence=Decimal(1), **row)


@pytest.mark.django_db
def test_a_sum_keeps_the_newest_cases_and_no_more(monkeypatch):
    monkeypatch.setattr(operations.summing, "CASES_KEPT", 2)
    for n in range(5):
        _make(n, DAY, "INVOICE", "ofd", [("total", "corrected")])
    newest = list(Upload.objects.order_by("-id").values_list("id", flat=True)[:2])
    while operations.sum_readings(at=SETTLED, limit=2):
        pass
    [row] = DaySum.objects.all()
    assert (row.corrected, row.cases) == (5, newest)


@pytest.mark.django_db
def test_a_trend_goes_by_week_and_by_month_and_by_one_field():
    for n, (days_ago, became) in enumerate(
        [(0, "confirmed"), (1, "corrected"), (7, "confirmed"), (30, "missed")]
    ):
        _make(n, DAY - timedelta(days=days_ago), "INVOICE", "ofd", [("total", became)])
    operations.sum_readings(at=SETTLED)
    weeks = queries.accuracy_trend(EVER, "week", kind="INVOICE", engine="ofd", field="total")
    assert [(day, c.accuracy) for day, c in weeks] == [
        (date(2026, 4, 20), 0.0), (date(2026, 5, 11), 100.0), (date(2026, 5, 18), 50.0),
    ]  # fmt: skip
    months = queries.accuracy_trend(EVER, "month")
    assert [(day, c.looked_at) for day, c in months] == [
        (date(2026, 4, 1), 1), (date(2026, 5, 1), 3),
    ]  # fmt: skip
    assert queries.accuracy_trend(EVER, "month", field="number") == ()


@pytest.mark.parametrize(
    ("first", "oldest", "expected"),
    [
        (None, None, (None, None, None)),
        (None, NOON, (None, None, DAY + timedelta(days=15))),  # the first figures are to come
        (
            DAY - timedelta(days=90),
            None,
            (DAY - timedelta(days=90), DAY - timedelta(days=15), None),
        ),
        (  # as every day: what was read a fortnight ago comes in tomorrow
            DAY - timedelta(days=90),
            NOON - timedelta(days=14),
            (DAY - timedelta(days=90), DAY - timedelta(days=15), DAY + timedelta(days=1)),
        ),
        (  # the job is behind: no day is shown that is not whole
            DAY - timedelta(days=90),
            NOON - timedelta(days=40),
            (DAY - timedelta(days=90), DAY - timedelta(days=41), DAY),
        ),
        (DAY, NOON - timedelta(days=5), (None, None, DAY + timedelta(days=10))),  # counted early
    ],
)
def test_the_figures_reach_as_far_as_every_reading_is_in_them(first, oldest, expected):
    assert summing.reach(first, oldest, NOON) == summing.Reach(*expected)


@pytest.mark.parametrize(
    ("name", "read", "right", "shown"),
    [
        ("total", "100.00", "108.00", ("100.00", "108.00")),
        ("payer_name", "林晓雨", "林小雨", ("*晓*", "*小*")),
        ("payer_name", "李四", "张三", ("李*", "张*")),
        ("payer_name", "林小雨", "欧阳林小雨", ("林**", "欧****")),
        ("payer_name", "", "林小雨", ("", "林**")),
    ],
)
def test_of_names_only_the_characters_mixed_up_are_shown(name, read, right, shown):
    assert summing.beside(name, read, right) == shown
