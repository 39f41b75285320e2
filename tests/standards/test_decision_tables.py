"""decide, and the way of a table from draft to publication."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
import xlsxwriter

from yilu.journal.models import Event
from yilu.kernel.tables import TableError
from yilu.standards import operations, queries
from yilu.standards.models import TableVersion

from .conftest import ALICE, BOB, NOON

pytestmark = pytest.mark.django_db
CODE = "claims.sampling"
LATER = NOON + timedelta(days=10)


def draft(**cells):
    operations.make_draft(code=CODE, note="提高比例", actor=ALICE, at=NOON)
    return put({(1, "share"): cells.get("share", "0.2")}, 0)


def put(cells, revision, actor=ALICE):
    return operations.put_cells(code=CODE, cells=cells, revision=revision, actor=actor, at=NOON)


def expect(share, revision):
    cases = [{"name": "快赔", "inputs": {"programme": "FAST"}, "expect": {"share": share}}]
    return operations.put_cases(code=CODE, cases=cases, revision=revision, actor=ALICE, at=NOON)


def share(at=NOON):
    return queries.decide(CODE, {"programme": "FAST"}, at).outputs["share"]


# -- decide -------------------------------------------------------------------------------------


def test_decide_names_table_version_and_row(catalogue):
    decision = queries.decide(
        "claims.authority", {"claim_type": "DEATH", "amount": Decimal("5000")}, NOON
    )
    assert decision.outputs["role"] == "ASSESSOR"
    assert (decision.table, decision.version, decision.rows) == ("claims.authority", 1, (7,))


def test_decide_reads_the_database_once(catalogue, django_assert_num_queries):
    share()
    with django_assert_num_queries(0):
        share()


def test_decide_refuses_an_unknown_table_and_a_wrong_input(catalogue):
    with pytest.raises(queries.UnknownTable):
        queries.decide("no.such.table", {}, NOON)
    with pytest.raises(queries.UnknownTable):
        queries.decide(CODE, {"programme": "FAST"}, NOON.replace(year=2019))
    with pytest.raises(TableError, match="缺少输入"):
        queries.decide(CODE, {}, NOON)


# -- draft --------------------------------------------------------------------------------------


def test_a_draft_changes_nothing_in_force(catalogue):
    draft()
    assert share() == Decimal("0.05")
    assert queries.get_table(CODE, draft=True).rows[0] == ("FAST", "0.2")


def test_make_draft_refuses_a_second_one_and_an_unknown_table(catalogue):
    draft()
    with pytest.raises(operations.DraftExists):
        operations.make_draft(code=CODE, actor=BOB, at=NOON)
    with pytest.raises(queries.UnknownTable):
        operations.make_draft(code="none", actor=BOB, at=NOON)
    assert TableVersion.objects.filter(table__code=CODE).count() == 2


def test_put_cells_refuses_a_malformed_cell_by_name_and_saves_nothing(catalogue):
    revision = draft()
    with pytest.raises(operations.MalformedTable, match=r"第 1 行，“抽样比例”列：“很多”不是数值"):
        put({(1, "share"): "很多", (2, "share"): "0.3"}, revision)
    with pytest.raises(operations.MalformedTable, match="没有这一格"):
        put({(9, "share"): "1"}, revision)

    assert queries.get_table(CODE, draft=True).rows[1] == ("DISASTER", "0.10")


def test_put_cells_refuses_to_save_over_a_colleague(catalogue):
    revision = draft()
    put({(1, "share"): "0.3"}, revision, actor=BOB)
    with pytest.raises(operations.StaleDraft):
        put({(1, "share"): "0.4"}, revision)

    assert queries.get_table(CODE, draft=True).rows[0][1] == "0.3"


def test_edits_without_a_draft_are_refused(catalogue):
    with pytest.raises(operations.NoDraft):
        put({(1, "share"): "0.4"}, 0)
    with pytest.raises(operations.NoDraft):
        operations.discard_draft(code=CODE, actor=ALICE, at=NOON)


def test_rows_are_added_moved_and_removed(catalogue):
    revision = draft()
    revision = operations.add_row(
        code=CODE, position=1, cells={"share": "1"}, revision=revision, actor=ALICE, at=NOON
    )
    assert queries.get_table(CODE, draft=True).rows[0] == ("-", "1")
    revision = operations.move_row(
        code=CODE, position=1, to=4, revision=revision, actor=ALICE, at=NOON
    )
    assert queries.get_table(CODE, draft=True).rows[3] == ("-", "1")
    operations.remove_row(code=CODE, position=4, revision=revision, actor=ALICE, at=NOON)
    assert len(queries.get_table(CODE, draft=True).rows) == 3


def test_discard_draft_makes_room_for_another(catalogue):
    draft()
    operations.discard_draft(code=CODE, actor=ALICE, at=NOON)
    assert operations.make_draft(code=CODE, actor=BOB, at=NOON) == 2


# -- publish ------------------------------------------------------------------------------------


def test_publish_puts_the_draft_in_force_and_keeps_the_past(catalogue):
    revision = expect("0.2", draft())

    number = operations.publish(
        code=CODE, revision=revision, effective_from=LATER, actor=BOB, at=NOON
    )

    assert number == 2
    assert share(NOON) == Decimal("0.05")
    assert share(LATER) == Decimal("0.2")
    event = Event.objects.get(kind="standards.table_published")
    assert event.facts["author"] == "staff:1"
    assert event.actor == "staff:2"


def test_publish_refuses_the_author(catalogue):
    revision = expect("0.2", draft())
    with pytest.raises(operations.SameHands):
        operations.publish(code=CODE, revision=revision, actor=ALICE, at=NOON)

    assert share(LATER) == Decimal("0.05")


def test_whoever_edits_becomes_the_author(catalogue):
    revision = expect("0.3", draft())
    revision = put({(1, "share"): "0.3"}, revision, actor=BOB)
    with pytest.raises(operations.SameHands):
        operations.publish(code=CODE, revision=revision, actor=BOB, at=NOON)


def test_publish_refuses_failing_cases_and_no_cases(catalogue):
    revision = draft()
    with pytest.raises(operations.CasesFail, match=r"应为 0.05，第 1 行给出 0.2"):
        operations.publish(code=CODE, revision=revision, actor=BOB, at=NOON)
    revision = operations.put_cases(code=CODE, cases=[], revision=revision, actor=ALICE, at=NOON)
    with pytest.raises(operations.CasesFail, match="没有测试用例"):
        operations.publish(code=CODE, revision=revision, actor=BOB, at=NOON)

    assert share(LATER) == Decimal("0.05")


def test_publish_refuses_gaps_and_overlaps(catalogue):
    revision = expect("0.2", draft())
    revision = put({(3, "programme"): "STANDARD, FAST"}, revision)
    with pytest.raises(operations.MalformedTable) as refused:
        operations.publish(code=CODE, revision=revision, actor=BOB, at=NOON)

    assert "没有任何一行覆盖：理赔项目 COMPLEX" in refused.value.message
    assert "第 3 行：与第 1 行重叠：理赔项目 FAST" in refused.value.message


def test_publish_refuses_a_draft_edited_since(catalogue):
    revision = expect("0.2", draft())
    with pytest.raises(operations.StaleDraft):
        operations.publish(code=CODE, revision=revision - 1, actor=BOB, at=NOON)


def test_the_draft_s_screen_says_what_keeps_it_from_publication(catalogue):
    put({(3, "programme"): "STANDARD"}, draft())
    view = queries.get_table(CODE, draft=True)
    assert any("没有任何一行覆盖" in text for text in view.problems)
    card = next(c for c in queries.list_tables(NOON) if c.code == CODE)
    assert (card.version, card.row_count, card.has_draft) == (1, 3, True)


# -- Excel --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["claims.sampling", "claims.triage", "claims.authority"])
def test_a_workbook_comes_back_as_it_went(catalogue, code):
    before = queries.get_table(code)
    operations.make_draft(code=code, actor=ALICE, at=NOON)

    operations.import_xlsx(
        code=code, content=queries.export_table(code), revision=0, actor=ALICE, at=NOON
    )

    after = queries.get_table(code, draft=True)
    assert after.rows == before.rows
    assert after.cases == before.cases
    assert after.problems == after.failing_cases == ()


def workbook(*rows, names=("programme", "share"), sheet="规则"):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet(sheet)
        for n, row in enumerate([["项目", "比例"], names, *rows]):
            page.write_row(n, 0, row)
    return out.getvalue()


def test_import_reads_numbers_that_excel_made_of_text(catalogue):
    draft()
    content = workbook(["FAST", 0.1], ["not FAST", 1])
    operations.import_xlsx(code=CODE, content=content, revision=1, actor=ALICE, at=NOON)
    assert queries.get_table(CODE, draft=True).rows == (("FAST", "0.1"), ("not FAST", "1"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "不是可以读取的"),
        (b"PK\x03\x04 broken", "不是可以读取的"),
        (b"x" * (2 * 1024 * 1024 + 1), "超过 2 MB"),
        (workbook(["FAST", 1], sheet="别的"), "缺少工作表"),
        (workbook(["FAST", 1], names=("share", "programme")), "列名应依次为"),
        (workbook(["FAST", 1, "x"]), "列数多于 2"),
        (workbook(["快", 1]), "第 1 行，“理赔项目”列"),
        (workbook(), "没有行"),
    ],
)
def test_import_refuses_what_is_no_such_workbook(catalogue, content, reason):
    draft()
    with pytest.raises(operations.MalformedTable, match=reason):
        operations.import_xlsx(code=CODE, content=content, revision=1, actor=ALICE, at=NOON)

    assert queries.get_table(CODE, draft=True).rows[0] == ("FAST", "0.2")
