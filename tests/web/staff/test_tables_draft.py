"""The grid: cells saved one by one, rows, test cases, Excel, four eyes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from yilu.standards import operations, queries

DRAFT = "/staff/tables/claims.triage/draft"
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def editor(desk):
    operations.make_draft(code="claims.triage", actor=desk.editor.ref, at=make.NOON)
    return desk.editor.client


def table():
    return queries.get_table("claims.triage", draft=True)


def test_nobody_else_touches_a_draft(desk, editor, kept_out, chen):
    kept_out(DRAFT)
    for part in ("cells", "rows", "cases", "import", "publish", "discard"):
        kept_out(f"{DRAFT}/{part}", method="post")
        assert chen.post(f"{DRAFT}/{part}", {"revision": 0}).status_code == 403
    assert table().revision == 0


def test_make_begins_a_draft_and_goes_on_with_one_that_is_there(desk):
    first = desk.editor.client.post("/staff/tables/claims.triage/make", {"note": "试点"})
    again = desk.second_editor.client.post("/staff/tables/claims.triage/make", {"note": "x"})

    assert first.headers["Location"] == again.headers["Location"] == DRAFT
    assert table().note == "试点"


def test_the_grid_has_a_labelled_cell_for_everything(editor):
    page = " ".join(editor.get(DRAFT).content.decode().split())

    assert 'name="cell:13:amount" value="&lt;= 10000"' in page
    assert "第 13 行 预估赔付金额" in page
    assert "您是编制人" in page


def test_a_cell_is_saved_and_the_checks_are_fresh(editor):
    answer = editor.post(f"{DRAFT}/cells", {"cell:13:amount": "<= 12000", "revision": 0}, **HX)

    assert answer.status_code == 200
    assert table().rows[12][0] == "<= 12000"
    page = answer.content.decode()
    assert 'name="revision" value="1"' in page
    assert "hx-swap-oob" in page
    assert "1 个用例没有通过" in page  # 一万元零一分转人工


def test_a_cell_that_cannot_be_read_is_refused_beside_it_and_nothing_is_saved(editor):
    answer = editor.post(f"{DRAFT}/cells", {"cell:13:amount": "一万", "revision": 0}, **HX)

    assert answer.status_code == 422
    assert "<b>“一万”不是数值</b>" in answer.content.decode()
    assert table().revision == 0


def test_a_stale_cell_is_refused_with_what_to_do(editor, desk):
    editor.post(f"{DRAFT}/cells", {"cell:1:reason": "甲", "revision": 0}, **HX)

    answer = desk.second_editor.client.post(
        f"{DRAFT}/cells", {"cell:1:reason": "乙", "revision": 0}, **HX
    )

    assert answer.status_code == 409
    assert "Yilu-Says" in answer.headers
    assert table().rows[0][-1] == "甲"


def test_a_pasted_block_is_one_change(editor):
    block = {f"cell:{row}:reason": f"理由{row}" for row in (1, 2, 3)}

    answer = editor.post(f"{DRAFT}/cells", block | {"revision": 0}, HTTP_HX_TARGET="grid", **HX)

    assert answer.status_code == 200
    assert [row[-1] for row in table().rows[:3]] == ["理由1", "理由2", "理由3"]
    assert table().revision == 1
    assert 'id="grid"' in answer.content.decode()


@pytest.mark.parametrize(
    "given",
    [{"revision": 0}, {"cell:99:amount": "1", "revision": 0}, {"cell:1:nothing": "1", "revision": 0},
     {"cell:1:amount": "1"}],
)  # fmt: skip
def test_a_cell_that_is_not_there_is_refused(editor, given):
    assert editor.post(f"{DRAFT}/cells", given, **HX).status_code == 422
    assert table().revision == 0


def test_rows_are_copied_moved_and_removed(editor):
    before = table().rows

    assert editor.post(f"{DRAFT}/rows", {"act": "add", "row": 1, "revision": 0}).status_code == 200
    assert table().rows[1] == before[0]
    editor.post(f"{DRAFT}/rows", {"act": "down", "row": 2, "revision": 1})
    assert table().rows[2] == before[0]
    answer = editor.post(f"{DRAFT}/rows", {"act": "remove", "row": 3, "revision": 2})

    assert table().rows == before
    assert 'data-focus="2"' in answer.content.decode()
    assert editor.post(f"{DRAFT}/rows", {"act": "up", "row": 1, "revision": 3}).status_code == 422
    assert editor.post(f"{DRAFT}/rows", {"act": "burn", "row": 1, "revision": 3}).status_code == 422


def test_a_gap_is_shown_where_it_is(editor):
    answer = editor.post(f"{DRAFT}/rows", {"act": "remove", "row": 14, "revision": 0})

    assert "没有任何一行覆盖" in answer.content.decode()


def test_cases_are_changed_added_and_removed(editor):
    editor.post(f"{DRAFT}/cases", {"case:1:lane": "RED", "revision": 0}, **HX)
    assert table().cases[0]["expect"]["lane"] == "RED"
    assert "小额医疗" in table().failing_cases[0]
    editor.post(f"{DRAFT}/cases", {"case:1:lane": "", "revision": 1}, **HX)
    assert "lane" not in table().cases[0]["expect"]
    editor.post(f"{DRAFT}/cases", {"act": "add", "case": 1, "revision": 2}, **HX)
    assert table().cases[-1]["inputs"] == table().cases[0]["inputs"]
    editor.post(f"{DRAFT}/cases", {"act": "remove", "case": 7, "revision": 3}, **HX)

    assert len(table().cases) == 6
    for wrong in ({"case:9:lane": "RED"}, {"case:1:nothing": "x"}, {"act": "burn"}):
        assert editor.post(f"{DRAFT}/cases", wrong | {"revision": 4}, **HX).status_code == 422
    assert table().revision == 4


def test_a_workbook_comes_back_as_it_went(editor):
    content = queries.export_table("claims.triage", draft=True)

    answer = editor.post(
        f"{DRAFT}/import", {"revision": 0, "file": SimpleUploadedFile("t.xlsx", content)}
    )

    assert answer.status_code == 302
    assert table().revision == 1


@pytest.mark.parametrize("content", [b"", b"PK not a workbook", b"x" * (2 * 1024 * 1024 + 1)])
def test_a_file_that_is_no_such_workbook_is_refused(editor, content):
    answer = editor.post(
        f"{DRAFT}/import", {"revision": 0, "file": SimpleUploadedFile("t.xlsx", content)}
    )

    assert answer.status_code == 422
    assert table().revision == 0


def test_the_author_cannot_publish(editor):
    answer = editor.post(f"{DRAFT}/publish", {"revision": 0})

    assert answer.status_code == 403
    assert "编制人不能发布自己的版本" in answer.content.decode()


def test_a_second_person_publishes_what_they_saw(editor, desk):
    second = desk.second_editor.client
    assert "我已核对，发布" in second.get(DRAFT).content.decode()
    editor.post(f"{DRAFT}/cells", {"cell:1:reason": "更明白的理由", "revision": 0}, **HX)

    stale = second.post(f"{DRAFT}/publish", {"revision": 0})
    wrong_time = second.post(f"{DRAFT}/publish", {"revision": 1, "effective_from": "明天"})
    answer = second.post(f"{DRAFT}/publish", {"revision": 1, "effective_from": "2026-03-05T08:00"})

    assert stale.status_code == 409
    assert wrong_time.status_code == 422
    assert answer.status_code == 302
    assert queries.get_table("claims.triage").version == 2
    page = second.get("/staff/tables/claims.triage").content.decode()
    assert "苏标准" in page
    assert "唐复核" in page


def test_a_draft_whose_cases_fail_is_not_published(editor, desk):
    editor.post(f"{DRAFT}/cells", {"cell:13:amount": "<= 1", "revision": 0}, **HX)

    answer = desk.second_editor.client.post(f"{DRAFT}/publish", {"revision": 1})

    assert answer.status_code == 422
    assert queries.get_table("claims.triage").version == 1


def test_a_draft_is_given_up(editor):
    assert editor.post(f"{DRAFT}/discard").status_code == 302
    assert editor.get(DRAFT).status_code == 404
