"""Decision tables: strict to write, equal to the plain reading, honest about gaps."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.kernel.cells import ANYTHING, CellError, Column, Kind, read_condition, read_value
from yilu.kernel.tables import Hit, Table, TableError, check_table, compile_table

AMOUNT = Column("amount", "金额", Kind.NUMBER)
KIND = Column("kind", "险种", Kind.CHOICE, ("A", "B", "C"))
NAME = Column("name", "名称", Kind.TEXT)
CLEAN = Column("clean", "清晰", Kind.BOOL)
DAY = Column("day", "日期", Kind.DATE)
LANE = Column("lane", "通道", Kind.CHOICE, ("GREEN", "YELLOW", "RED"))
WHY = Column("why", "理由", Kind.TEXT)
SHARE = Column("share", "比例", Kind.NUMBER)


def table(*rows, inputs=(AMOUNT, KIND), outputs=(LANE,), hit=Hit.FIRST, complete=True):
    return Table("demo", 3, inputs, outputs, tuple(rows), hit, complete)


def problems(*rows, **given):
    return [str(p) for p in check_table(table(*rows, **given))]


# -- what a cell means --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "inside", "outside"),
    [
        (">= 3000 and < 10000", ["3000", "9999.99"], ["2999.99", "10000"]),
        (">=3000 且 <10000", ["3000"], ["10000"]),
        ("≥ 3000", ["3000"], ["2999"]),
        ("[3000..10000)", ["3000"], ["10000"]),
        ("（3000..10000］", ["10000"], ["3000"]),
        ("[..5]", ["-1", "5"], ["5.01"]),
        ("(5..]", ["6"], ["5"]),
        ("1, 2, [5..7]", ["1", "2", "6"], ["1.5", "8"]),
        ("1，2", ["2"], ["3"]),
        ("not 3", ["2"], ["3", "3.00"]),
        ("not [1..5]", ["0", "6"], ["1", "5"]),
        ("= 7", ["7"], ["8"]),
        ("< 0, > 10", ["-1", "11"], ["5"]),
        ("-", ["0"], []),
    ],
)
def test_a_number_cell_means_what_it_says(cell, inside, outside):
    condition = read_condition(AMOUNT, cell)
    assert all(condition.holds(Decimal(v)) for v in inside)
    assert not any(condition.holds(Decimal(v)) for v in outside)


def test_the_other_kinds_of_cells():
    assert read_condition(KIND, "A, B").holds("B")
    assert read_condition(KIND, "not A，B").holds("C")
    assert not read_condition(KIND, "not A").holds("A")
    assert read_condition(NAME, '"甲,乙", 丙').holds("甲,乙")
    assert read_condition(CLEAN, "是").holds(True)
    assert read_condition(DAY, "[2026-01-01..2026-12-31]").holds(date(2026, 5, 1))
    assert read_condition(NAME, "-") is ANYTHING
    assert read_value(CLEAN, "否") is False
    assert read_value(SHARE, "0.05") == Decimal("0.05")


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        (AMOUNT, "", "单元格为空"),
        (AMOUNT, "> > 3", "不是数值"),
        (AMOUNT, "3..5", "不是数值"),
        (AMOUNT, "[5..3]", "不含任何值"),
        (AMOUNT, "(5..5]", "不含任何值"),
        (AMOUNT, "> 10 and < 5", "不含任何值"),
        (AMOUNT, "> 10 and 5", "不是比较"),
        (AMOUNT, "1,,2", "空的部分"),
        (AMOUNT, "1e5", "不是数值"),
        (AMOUNT, "NaN", "不是数值"),
        (AMOUNT, "not -", "取反"),
        (KIND, "D", "不在可选值内"),
        (KIND, "A, A", "写了两次"),
        (KIND, "> A", "不能比较大小"),
        (KIND, "A,", "空的部分"),
        (CLEAN, "也许", "是"),
        (DAY, "2026-02-30", "不是日期"),
        (NAME, '"甲', "引号"),
    ],
)
def test_a_malformed_cell_is_an_error_with_its_reason(column, cell, reason):
    with pytest.raises(CellError, match=reason):
        read_condition(column, cell)


# -- answers ------------------------------------------------------------------------------------


def test_first_takes_the_first_row_and_says_where():
    compiled = compile_table(
        table(("< 100", "A", "GREEN"), ("< 1000", "-", "YELLOW"), ("-", "-", "RED"))
    )
    decision = compiled.decide({"amount": Decimal("50"), "kind": "A"})
    assert decision.outputs == {"lane": "GREEN"}
    assert (decision.table, decision.version, decision.rows) == ("demo", 3, (1,))
    assert compiled.decide({"amount": 50, "kind": "B"}).rows == (2,)
    assert compiled.decide({"amount": Decimal("1000"), "kind": "A"}).rows == (3,)


def test_collect_gives_every_row():
    rows = [("< 100", "-", "GREEN"), ("-", "A", "RED"), ("> 5", "B", "YELLOW")]
    compiled = compile_table(table(*rows, hit=Hit.COLLECT))
    decision = compiled.decide({"amount": Decimal("50"), "kind": "A"})
    assert decision.outputs == {"lane": ("GREEN", "RED")}
    assert decision.rows == (1, 2)
    assert compiled.decide({"amount": Decimal("500"), "kind": "C"}).outputs == {"lane": ()}


def test_unique_refuses_two_rows_and_none():
    compiled = compile_table(
        table(("< 100", "-", "GREEN"), ("> 50", "A", "RED"), hit=Hit.UNIQUE, complete=False)
    )
    with pytest.raises(TableError, match="第 1、2 行"):
        compiled.decide({"amount": Decimal("70"), "kind": "A"})
    with pytest.raises(TableError, match="没有适用的行：amount=100，kind=B"):
        compiled.decide({"amount": Decimal("100"), "kind": "B"})


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"kind": "A"}, "“金额”列：缺少输入"),
        ({"amount": 1.5, "kind": "A"}, "“金额”列：应为数值.*float"),
        ({"amount": True, "kind": "A"}, "“金额”列：应为数值.*bool"),
        ({"amount": None, "kind": "A"}, "“金额”列：应为数值"),
        ({"amount": Decimal("NaN"), "kind": "A"}, "“金额”列：应为数值"),
        ({"amount": Decimal("1"), "kind": "D"}, "“险种”列：“D”不在可选值内"),
        ({"amount": Decimal("1"), "kind": "A", "colour": "x"}, "“colour”列：表中没有这一列"),
    ],
)
def test_a_wrong_input_is_an_error_that_names_it(inputs, reason):
    compiled = compile_table(table(("-", "-", "GREEN")))
    with pytest.raises(TableError, match=reason):
        compiled.decide(inputs)


def test_a_malformed_table_names_row_and_column():
    with pytest.raises(TableError) as refused:
        compile_table(table(("-", "-", "GREEN"), (">> 3", "X", "BLUE")))
    assert [str(p) for p in refused.value.problems] == [
        "决策表 demo（第 3 版），第 2 行，“金额”列：“> 3”不是数值",
        "决策表 demo（第 3 版），第 2 行，“险种”列：“X”不在可选值内：A、B、C",
        "决策表 demo（第 3 版），第 2 行，“通道”列：“BLUE”不在可选值内：GREEN、YELLOW、RED",
    ]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (table(), "没有行"),
        (table(("-", "GREEN")), "应有 3 格，实有 2 格"),
        (table(("-", "-", "GREEN"), inputs=(AMOUNT, AMOUNT)), "列名重复"),
        (
            table(("-", "-", "x"), inputs=(AMOUNT, Column("k", "险种", Kind.CHOICE))),
            "没有列出可选值",
        ),
        (table(("GREEN",), inputs=()), "至少需要"),
    ],
)
def test_a_misshapen_table_is_refused(broken, reason):
    with pytest.raises(TableError, match=reason):
        compile_table(broken)


# -- gaps, overlaps, dead rows ------------------------------------------------------------------


def test_a_gap_is_described():
    assert problems(("< 100", "-", "GREEN"), ("> 100", "A, B", "RED")) == [
        "决策表 demo（第 3 版）：没有任何一行覆盖：金额 100",
        "决策表 demo（第 3 版）：没有任何一行覆盖：金额 > 100，险种 C",
    ]


def test_an_overlap_is_described():
    found = problems(("<= 100", "-", "GREEN"), (">= 100", "-", "RED"), hit=Hit.UNIQUE)
    assert found == ["决策表 demo（第 3 版），第 2 行：与第 1 行重叠：金额 100，险种 A"]


def test_a_row_hidden_by_several_earlier_ones_is_found():
    found = problems(
        ("< 100", "-", "GREEN"), (">= 100", "A", "RED"), ("-", "A", "RED"), ("-", "-", "RED")
    )
    assert found == ["决策表 demo（第 3 版），第 3 行：前面的行已覆盖全部情形，本行永远不会命中"]


def test_texts_no_cell_mentions_are_a_gap_of_their_own():
    found = problems(("甲", "GREEN"), ("乙", "RED"), inputs=(NAME,))
    assert found == ["决策表 demo（第 3 版）：没有任何一行覆盖：名称 其他值"]
    assert problems(("甲", "GREEN"), ("not 甲", "RED"), inputs=(NAME,), hit=Hit.UNIQUE) == []


def test_a_large_complete_table_is_checked():
    rows = [
        (f"[{100 * i}..{100 * (i + 1)})", kind, "GREEN")
        for i in range(60)
        for kind in ("A", "not A")
    ]
    rows += [("< 0", "-", "RED"), (">= 6000", "-", "RED")]
    assert problems(*rows, hit=Hit.UNIQUE) == []
    missing = problems(*rows[:50], *rows[51:], hit=Hit.UNIQUE)
    assert missing == ["决策表 demo（第 3 版）：没有任何一行覆盖：金额 2500，险种 A"]


# -- compiled is the same as plain --------------------------------------------------------------

numbers = st.integers(0, 6).map(str)


@st.composite
def number_cells(draw):
    a, b = sorted(draw(st.tuples(st.integers(0, 6), st.integers(0, 6))))
    return draw(
        st.sampled_from(
            [
                "-",
                str(a),
                f"not {a}",
                f">= {a}",
                f"< {b + 1}",
                f"[{a}..{b}]",
                f"({a}..{b + 1})",
                f"{a}, [{b}..]",
                f"not [{a}..{b}]",
                f">= {a} and < {b + 1}",
            ]
        )
    )


choice_cells = st.sampled_from(["-", "A", "B", "A, C", "not A", "not B, C"])
text_cells = st.sampled_from(["-", "甲", "乙, 丙", "not 甲"])
bool_cells = st.sampled_from(["-", "是", "否", "not 是"])
rows = st.tuples(number_cells(), choice_cells, text_cells, bool_cells)
questions = st.fixed_dictionaries({
    "amount": st.integers(-1, 14).map(lambda n: Decimal(n) / 2),
    "kind": st.sampled_from(KIND.choices),
    "name": st.sampled_from(["甲", "乙", "丙", "丁"]),
    "clean": st.booleans(),
})  # fmt: skip
INPUTS = (AMOUNT, KIND, NAME, CLEAN)
NUMBERED = Column("row", "行", Kind.NUMBER)


def numbered(cells, hit):
    return table(
        *((*row, str(i)) for i, row in enumerate(cells, 1)),
        inputs=INPUTS,
        outputs=(NUMBERED,),
        hit=hit,
    )


def plainly(cells, question):
    """Rows that apply, read one by one with the cells' own conditions."""
    return [
        i
        for i, row in enumerate(cells, 1)
        if all(
            read_condition(column, cell).holds(question[column.name])
            for column, cell in zip(INPUTS, row, strict=True)
        )
    ]


@settings(max_examples=120, deadline=None)
@given(st.lists(rows, min_size=1, max_size=12), questions)
def test_compiled_answers_as_a_plain_reading_would(cells, question):
    expected = plainly(cells, question)

    collected = compile_table(numbered(cells, Hit.COLLECT)).decide(question)
    assert list(collected.rows) == expected
    assert list(collected.outputs["row"]) == expected
    for hit in (Hit.FIRST, Hit.UNIQUE):
        compiled = compile_table(numbered(cells, hit))
        if (hit is Hit.FIRST and expected) or len(expected) == 1:
            assert compiled.decide(question).rows == (expected[0],)
        else:
            with pytest.raises(TableError):
                compiled.decide(question)


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, min_size=1, max_size=6), questions)
def test_the_analysis_agrees_with_the_answers(cells, question):
    compiled = compile_table(numbered(cells, Hit.COLLECT))
    expected = plainly(cells, question)
    if not expected:
        assert compiled.gaps()
    if len(expected) > 1:
        assert (expected[0], expected[1]) in {(a, b) for a, b, _ in compiled.overlaps(limit=99)}
    if expected:
        assert expected[0] not in compiled.unreachable()
