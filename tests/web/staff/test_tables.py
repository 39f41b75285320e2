"""Decision tables: read, compared, taken to Excel."""

import io

import python_calamine

from tests import make
from yilu.standards import operations

TRIAGE = "/staff/tables/claims.triage"


def test_only_those_who_keep_the_standards_see_them(desk, kept_out, chen):
    for url in ("/staff/tables", TRIAGE, f"{TRIAGE}/compare", f"{TRIAGE}/export"):
        kept_out(url)
        assert chen.get(url).status_code == 403
        assert desk.editor.client.get(url).status_code == 200


def test_the_list_names_each_table_with_its_version_in_force(desk):
    page = desk.editor.client.get("/staff/tables").content.decode()

    assert "理赔案件分级（红黄绿）" in page
    assert "第 1 版" in page
    assert "有草稿" not in page


def test_a_version_is_read_in_words(desk):
    page = desk.editor.client.get(TRIAGE).content.decode()

    assert "预估赔付金额" in page
    assert "小额快赔" in page
    assert "重大疾病、伤残、保费豁免" in page
    assert "恰好一万元仍是绿色" in page


def test_an_unknown_table_or_version_is_not_found(desk):
    for url in ("/staff/tables/no.such", f"{TRIAGE}?version=99", f"{TRIAGE}/export?draft=1"):
        assert desk.editor.client.get(url).status_code == 404


def test_a_comparison_shows_what_changed(desk):
    draft(desk)
    operations.put_cells(
        code="claims.triage", cells={(13, "amount"): "<= 8000"}, revision=0,
        actor=desk.editor.ref, at=make.NOON,
    )  # fmt: skip
    operations.remove_row(
        code="claims.triage", position=12, revision=1, actor=desk.editor.ref, at=make.NOON
    )

    page = desk.editor.client.get(f"{TRIAGE}/compare?old=1&new=2").content.decode()

    assert "y-row-gone" in page
    assert "y-cell-changed" in page
    assert "&lt;= 8000" in page


def test_an_export_is_a_workbook_with_rows_and_cases(desk):
    answer = desk.editor.client.get(f"{TRIAGE}/export")

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["规则", "测试用例"]
    assert len(book.get_sheet_by_name("规则").to_python()) == 2 + 14
    assert "claims.triage.xlsx" in answer.headers["Content-Disposition"]


def draft(desk):
    operations.make_draft(code="claims.triage", note="试点", actor=desk.editor.ref, at=make.NOON)
