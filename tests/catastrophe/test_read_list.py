"""A casualty list is read in whatever form it comes, and what is wrong is said in a sentence."""

import io
from datetime import date

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yilu.catastrophe import spreadsheets
from yilu.catastrophe.rules import lists
from yilu.catastrophe.spreadsheets import UnreadableList

TODAY = date(2026, 3, 4)
CSV = "姓名,性别,年龄,身份证号,医院,状态\n王晓明,男,40,330106********1234,市一医院,受伤\n李静,女,,,,遇难\n"


def told(filename, content):
    sheet = spreadsheets.read(filename, content)
    return [
        row
        for line, cells in sheet.body()
        if (row := lists.read_row(line, cells, sheet.heading, TODAY)) is not None
    ]


def workbook(write):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    write(book.add_worksheet("名单"), book)
    book.close()
    return out.getvalue()


def refused(filename, content):
    with pytest.raises(UnreadableList) as problem:
        spreadsheets.read(filename, content)
    return problem.value.message


class TestSums:
    def test_the_sum_below_the_names_is_nobody(self):
        content = "姓名,性别\n王晓明,男\n合 计：,2人\n总计,\n合计明,女\n".encode()
        assert [row.name for row in told("a.csv", content)] == ["王晓明", "合计明"]


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16"])
    def test_a_csv_in_any_encoding_lists_come_in(self, encoding):
        text = CSV if encoding != "big5hkscs" else "姓名,年齡\n王小明,40\n"
        assert told("名单.csv", text.encode(encoding))[0].name in ("王晓明", "王小明")

    def test_an_unknown_encoding_is_said(self):
        assert refused("名单.csv", CSV.encode("utf-7").replace(b"+", b"\xff\xff")) in (
            "文件的文字编码无法识别", "没有找到“姓名”这一列",
        )  # fmt: skip

    def test_tabs_semicolons_and_the_apostrophe_of_text_cells(self):
        rows = told("a.csv", "姓名;身份证号\n王晓明;'330106198506151234\n".encode())
        assert rows[0].identity == "330106198506151234"


class TestUnreadable:
    @pytest.mark.parametrize("content", [b"", b"  \r\n\n", b"\x00\x00"])
    def test_an_empty_file(self, content):
        assert refused("名单.csv", content) == "文件是空的"

    def test_an_empty_workbook(self):
        assert refused("名单.xlsx", workbook(lambda sheet, book: None)) == "文件是空的"

    def test_no_column_of_names(self):
        assert refused("名单.csv", "编号,年龄\n1,40\n".encode()) == "没有找到“姓名”这一列"

    def test_only_a_heading(self):
        assert refused("名单.csv", "姓名,年龄\n,\n".encode()) == "名单只有列名，没有内容"

    def test_a_million_rows(self):
        content = b"\xe5\xa7\x93\xe5\x90\x8d\n" + b"a\n" * 1_000_000
        assert refused("名单.csv", content) == "名单有 1,000,001 行，最多 50,000 行"

    @pytest.mark.parametrize(
        ("filename", "content", "words"),
        [
            ("a.xlsx", b"hello", "扩展名是 Excel"), ("a.xlsx", b"PK\x03\x04broken", "Excel"),
            ("a.csv", b"%PDF-1.7 ...", "图片或 PDF"), ("a.jpg", b"\xff\xd8\xff\xe0", "图片或 PDF"),
            ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "Excel"),
        ],
    )  # fmt: skip
    def test_what_is_no_table(self, filename, content, words):
        assert words in refused(filename, content)


class TestWorkbooks:
    def test_a_title_above_the_heading_and_dates_as_dates(self):
        def write(sheet, book):
            sheet.write(0, 0, "某地事故伤亡名单（第一批）")
            sheet.write_row(2, 0, ["姓 名", "出生日期", "年龄"])
            sheet.write(3, 0, "王晓明")
            sheet.write_datetime(3, 1, __import__("datetime").datetime(1985, 6, 15))
            sheet.write(3, 2, 40)

        [row] = told("名单.xlsx", workbook(write))
        assert (row.line, row.birth_date, row.age) == (4, date(1985, 6, 15), 40)

    def test_merged_cells_of_a_hospital_count_for_every_row_they_span(self):
        def write(sheet, book):
            sheet.write_row(0, 0, ["姓名", "医院"])
            sheet.write_column(1, 0, ["王晓明", "李静"])
            sheet.merge_range(1, 1, 2, 1, "市一医院")

        content = workbook(write)
        assert [row.hospital for row in told("名单.xlsx", content)] == ["市一医院", "市一医院"]
        assert "合并的单元格" in spreadsheets.read("名单.xlsx", content).warnings[0]

    def test_a_merged_name_is_a_problem_of_its_row_only(self):
        def write(sheet, book):
            sheet.write_row(0, 0, ["姓名", "年龄"])
            sheet.merge_range(1, 0, 2, 0, "王晓明")
            sheet.write_column(1, 1, [40, 41])

        first, second = told("名单.xlsx", workbook(write))
        assert first.problem == ""
        assert second.problem.startswith("没有姓名（合并的单元格请先取消合并")

    def test_formulas_count_by_their_kept_result_and_are_said(self):
        def write(sheet, book):
            sheet.write_row(0, 0, ["姓名", "年龄"])
            sheet.write_formula(1, 0, '="王"&"晓明"', value="王晓明")
            sheet.write_formula(2, 0, '="李"&"静"', value="")
            sheet.write_column(1, 1, [40, 30])

        content = workbook(write)
        first, second = told("名单.xlsx", content)
        assert first.name == "王晓明"
        assert "公式请先转换为数值" in second.problem
        assert any("公式" in warning for warning in spreadsheets.read("a.xlsx", content).warnings)

    def test_a_list_of_names_only_warns_that_names_are_leads(self):
        assert "只凭姓名" in spreadsheets.read("a.csv", "姓名\n王晓明\n".encode()).warnings[0]


class TestRows:
    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("1985-06-15", date(1985, 6, 15)), ("1985年6月15日", date(1985, 6, 15)),
            ("19850615", date(1985, 6, 15)), ("1985/6/15", date(1985, 6, 15)),
            ("31213", date(1985, 6, 15)), ("1985-06-15 00:00:00", date(1985, 6, 15)),
        ],
    )  # fmt: skip
    def test_birth_dates_in_their_writings(self, text, read):
        assert lists.read_day(text, TODAY) == (read, "")

    @pytest.mark.parametrize(
        "text", ["1985-02-30", "2027-01-01", "1850-01-01", "八五年", "15/06/85"]
    )
    def test_impossible_birth_dates_are_said(self, text):
        read, problem = lists.read_day(text, TODAY)
        assert read is None
        assert problem

    @pytest.mark.parametrize(
        ("text", "age"), [("40", 40), ("约40岁", 40), ("6个月", 0), ("不详", None)]
    )
    def test_ages(self, text, age):
        assert lists.read_age(text) == (age, "")

    @pytest.mark.parametrize("text", ["四十", "400", "-3"])
    def test_impossible_ages_are_said(self, text):
        assert lists.read_age(text)[1]

    @pytest.mark.parametrize("name", ["=1+1", "@cmd", "#N/A", "12", ""])
    def test_names_that_are_none(self, name):
        [row] = told("a.csv", f"姓名,年龄\n{name},40\n".encode())
        assert row.problem

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ("遇难", "DEAD"),
            ("重伤抢救中", "INJURED"),
            ("失联", "MISSING"),
            ("", "UNKNOWN"),
            ("平安", "SAFE"),
        ],
    )
    def test_conditions(self, words, code):
        assert lists.condition_of(words) == code

    def test_two_people_of_one_name_stay_two_and_the_same_line_counts_once(self):
        rows = told("a.csv", "姓名,年龄\n王晓明,40\n王晓明,52\n王晓明,40\n".encode())

        assert lists.say_duplicates(rows) == ["", "", "与第 2 行完全相同，只计一次"]
        assert lists.namesakes(rows) == {"王晓明": 2}

    @settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw loads Unicode's tables
    @given(st.lists(st.lists(st.text(max_size=12), max_size=8), max_size=12))
    def test_no_cells_break_the_reading(self, cells):
        heading = lists.find_heading([["姓名", "性别", "年龄", "出生日期", "身份证号", "电话"]])
        for line, row in enumerate(cells):
            lists.read_row(line, row, heading, TODAY)
