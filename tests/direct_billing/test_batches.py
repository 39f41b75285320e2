"""A file of visits: whatever is wrong with half of it, the other half is settled, and each once."""

import csv
import io
import itertools
import json

import pytest
import xlsxwriter

from tests import make
from yilu.claims.models import Claim
from yilu.claims.operations import bulk
from yilu.direct_billing import jobs, operations, queries, spreadsheets
from yilu.direct_billing.models import Batch, BatchRow, Visit
from yilu.direct_billing.rules import sheet
from yilu.payments.models import Payout

_count = itertools.count(1)
HEAD = [names[0] for names in sheet.COLUMNS.values()]


def line(person, number, **given):
    """A line of a file; no two bills look alike."""
    extra = next(_count)
    return {
        "number": number, "name": "林客户", "identity_number": person.number,
        "policy_number": person.policy, "kind": "住院", "on": "2026-03-01", "discharged_on": "2026-03-03",
        "department": "内科", "code": "33060126", "invoice": f"9{number[-7:]:0>9}", "check_code": "a1b2c3",
        "issued_on": "2026-03-03", "total": f"{2000 + extra}.00", "fund_paid": "1000.00", "other_paid": "",
        "lines": f"床位费:A:800.00；检查费:A:{1200 + extra}.00",
    } | given  # fmt: skip


def as_csv(rows, encoding="utf-8-sig", head=HEAD):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow(row.values())
    return out.getvalue().encode(encoding)


def as_xlsx(rows):
    return spreadsheets.workbook(HEAD, [list(r.values()) for r in rows])


def under_a_title(rows):
    """As hospitals write it: a title over merged cells, an empty row, then the heading."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.merge_range(0, 0, 0, len(HEAD) - 1, "三月直付清单")
        for n, row in enumerate([HEAD, *(list(r.values()) for r in rows)], 2):
            page.write_row(n, 0, row)
    return out.getvalue()


def as_json(rows):
    return json.dumps({"visits": rows}, ensure_ascii=False).encode()


def send(hospital, content, filename="visits.csv"):
    batch_id, is_new = operations.receive_batch(
        partner_id=hospital.id,
        filename=filename,
        content=content,
        actor=hospital.actor,
        at=make.NOON,
    )
    return batch_id, is_new


def run(hospital, content, filename="visits.csv"):
    batch_id, _ = send(hospital, content, filename)
    jobs.run_batch(batch_id)
    return queries.batch_for_partner(hospital.id, batch_id)


@pytest.fixture
def lines(hospital):
    return [line(hospital.patient(), f"MZ{n:07d}") for n in range(3)]


class TestFormats:
    @pytest.mark.parametrize(
        ("make_file", "name"),
        [
            (as_csv, "a.csv"), (lambda rows: as_csv(rows, "gb18030"), "b.csv"), (as_xlsx, "c.xlsx"),
            (as_json, "d.json"), (under_a_title, "e.xlsx"),
        ],
    )  # fmt: skip
    def test_each_is_read_and_settled(self, hospital, lines, make_file, name):
        view = run(hospital, make_file(lines), name)

        assert (view.state, view.settled, view.bad) == ("DONE", 3, 0), queries.batch_problems(
            view.id
        )
        assert Payout.objects.filter(to_party_id=hospital.party).count() == 3

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "空的"), (b"\xff\xfe\xfd\x81", "编码"), (b"PK\x03\x04 broken", "Excel"),
            (b"{not json", "JSON"), (b'{"rows": []}', "visits"), (b"a,b\n1,2\n", "缺少"),
            (as_csv([]), "没有内容"), (b"[" * 50_000, "JSON"),
        ],
    )  # fmt: skip
    def test_what_is_no_list_is_said_to_be_none(self, hospital, content, says):
        view = run(hospital, content)
        assert view.state == "UNREADABLE"
        assert says in view.problem
        assert not BatchRow.objects.exists()

    def test_half_a_character_in_one_line_holds_up_no_other(self, hospital):
        broken = line(hospital.patient(), "B0000001", department="内科\ud83d")
        view = run(hospital, json.dumps({"visits": [broken]}).encode(), "a.json")
        assert BatchRow.objects.count() == 1
        assert view.state != "UNREADABLE"


class TestHalfOfIt:
    def test_the_good_half_is_settled_and_each_fault_has_its_line_and_column(self, hospital):
        good = [line(hospital.patient(), f"A{n:07d}") for n in range(3)]
        someone = hospital.patient()
        bad = [
            line(someone, "B0000001", total="1.00"),
            line(someone, "B0000002", on="昨天"),
            line(someone, "B0000003", kind="体检"),
            line(someone, "B0000004", fund_paid="-1"),
            line(someone, "B0000005", lines="没有金额"),
            line(someone, "B0000006", discharged_on=""),
            line(someone, "", name="林客户"),
            line(someone, "A0000001"),
            line(someone, "B0000009", on="2027-01-01", discharged_on="2027-01-02"),
        ]
        unknown = [
            line(hospital.patient(agreed=False), "C0000001"),
            line(hospital.patient(), "C0000002", policy_number="P404"),
        ]
        view = run(hospital, as_csv([*good, *bad, *unknown]))

        assert (view.state, view.total, view.settled, view.bad) == ("DONE", 14, 3, 11)
        told = {n: (place, problem) for n, _, place, problem in queries.batch_problems(view.id)}
        assert [told[n][0] for n in range(5, 14)] == [
            "费用明细", "就诊日期", "类别", "统筹支付", "费用明细", "出院日期", "就诊编号", "就诊编号", "就诊日期",
        ]  # fmt: skip
        assert told[14] == told[15]
        assert "没有找到可以直付的患者" in told[14][1]
        assert Visit.objects.count() == Claim.objects.count() == 3
        assert not any(bytes(r.content) for r in BatchRow.objects.all())

    def test_what_is_doubtful_goes_to_people(self, hospital):
        person = hospital.patient()
        rows = [
            line(person, f"D{n:07d}", on=f"2026-02-0{n + 1}", discharged_on=f"2026-02-0{n + 2}")
            for n in range(4)
        ]
        view = run(hospital, as_csv(rows))
        assert (view.settled, view.in_review) == (2, 2), (
            "the third report within ninety days is looked at"
        )
        assert Visit.objects.filter(state="IN_DOUBT").count() == 2


class TestTwice:
    def test_the_same_file_is_the_same_batch(self, hospital, lines):
        first, is_new = send(hospital, as_csv(lines))
        jobs.run_batch(first)
        again = send(hospital, as_csv(lines))
        jobs.run_batch(first)

        assert (is_new, again) == (True, (first, False))
        assert (Batch.objects.count(), Claim.objects.count()) == (1, 3)

    def test_the_same_visits_in_another_file_are_known(self, hospital, lines):
        run(hospital, as_csv(lines))
        view = run(hospital, as_xlsx(lines), "again.xlsx")

        assert (view.state, view.settled, view.known, view.bad) == ("DONE", 0, 3, 0)
        assert "没有重复办理" in queries.batch_problems(view.id)[0][3]
        assert queries.batch_problems(view.id, states=("BAD",)) == []
        assert queries.batch_problem_kinds(view.id) == [], "nothing for the hospital to correct"
        assert (Visit.objects.count(), Claim.objects.count(), Payout.objects.count()) == (3, 3, 3)

    def test_an_order_settled_by_call_is_known(self, hospital, lines):
        person = hospital.patient()
        number = hospital.admit(person, number="MZ9")
        hospital.settle(number)
        view = run(hospital, as_csv([*lines, line(person, "MZ9")]))
        assert (view.settled, view.known) == (3, 1)


class TestInterrupted:
    def test_killed_while_settling_it_goes_on_and_settles_each_once(
        self, hospital, lines, monkeypatch
    ):
        batch_id, _ = send(hospital, as_csv(lines))
        real, calls = operations.settle_chunk, []

        def dying(**given):
            calls.append(1)
            done = real(**given, limit=2)
            if len(calls) == 1:
                raise KeyboardInterrupt
            return done

        monkeypatch.setattr(operations, "settle_chunk", dying)
        with pytest.raises(KeyboardInterrupt):
            jobs.run_batch(batch_id)
        assert queries.batch_for_partner(hospital.id, batch_id).settled == 2
        jobs.run_batch(batch_id)

        view = queries.batch_for_partner(hospital.id, batch_id)
        assert (view.state, view.settled) == ("DONE", 3)
        assert Claim.objects.count() == 3
        assert queries.count_visits([hospital.office]) == (0, 3)

    def test_killed_while_reading_it_stages_each_row_once(self, hospital, lines):
        batch_id, _ = send(hospital, as_csv(lines))
        operations.begin_reading(batch_id=batch_id, total=3, at=make.NOON)
        rows = sheet.read_rows([(2, lines[0])], make.NOON.date(), payee="第一人民医院")
        operations.stage_rows(batch_id=batch_id, rows=rows, at=make.NOON)

        jobs.run_batch(batch_id)

        assert BatchRow.objects.count() == 3
        assert queries.batch_for_partner(hospital.id, batch_id).settled == 3

    def test_where_somebody_was_quicker_the_chunk_goes_singly(self, hospital, lines, monkeypatch):
        def overtaken(*args, **given):
            raise bulk.Overtaken

        monkeypatch.setattr(bulk, "settle_plain", overtaken)
        assert run(hospital, as_csv(lines)).settled == 3

    def test_a_lost_job_is_taken_up_again(self, hospital, lines):
        from datetime import timedelta

        send(hospital, as_csv(lines))
        assert operations.resume_batches(before=make.NOON) == 0
        assert operations.resume_batches(before=make.NOON + timedelta(minutes=6)) == 1


class TestCancel:
    def test_what_is_settled_stays_and_the_rest_is_not(self, hospital, lines):
        batch_id, _ = send(hospital, as_csv(lines))
        source = queries.batch_source(batch_id)
        jobs._stage(batch_id, source)
        operations.settle_chunk(batch_id=batch_id, at=make.NOON, limit=1)
        told = {
            "partner_id": hospital.id,
            "batch_id": batch_id,
            "actor": hospital.actor,
            "at": make.NOON,
        }

        assert operations.cancel_batch(**told) == 2
        assert operations.cancel_batch(**told) == 0
        jobs.run_batch(batch_id)

        view = queries.batch_for_partner(hospital.id, batch_id)
        assert (view.state, view.settled, view.cancelled) == ("CANCELLED", 1, 2)
        assert Claim.objects.count() == 1

        again, is_new = send(hospital, as_csv(lines))
        jobs.run_batch(again)
        assert (again, is_new) == (batch_id, True)
        assert Claim.objects.count() == 3

    def test_what_is_done_cannot_be_cancelled_and_a_strangers_is_not_found(self, hospital, lines):
        view = run(hospital, as_csv(lines))
        told = {"batch_id": view.id, "actor": hospital.actor, "at": make.NOON}
        with pytest.raises(operations.BatchOver):
            operations.cancel_batch(**told, partner_id=hospital.id)
        with pytest.raises(operations.BatchNotFound):
            operations.cancel_batch(**told, partner_id=hospital.id + 1)


class TestCalls:
    def test_a_file_is_sent_followed_and_its_faults_fetched(self, hospital, lines):
        content = as_csv([*lines, line(hospital.patient(agreed=False), "X1")])
        sent = hospital.call("batches?name=march.csv", body=content)
        assert sent.status_code == 202, sent.content.decode()
        jobs.run_batch(sent.json()["id"])

        state = hospital.call(f"batches/{sent.json()['id']}").json()
        faults = hospital.call(f"batches/{sent.json()['id']}/problems").json()
        again = hospital.call("batches?name=march.csv", body=content)

        assert (state["state"], state["settled"], state["bad"]) == ("DONE", 3, 1)
        assert faults[0]["line"] == 5
        assert (again.status_code, again.json()["is_new"]) == (200, False)
