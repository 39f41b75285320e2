"""Price books take over from a moment on; estimates are checked against them line by line."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.make import NOON
from yilu.care import operations as care
from yilu.care import queries
from yilu.care.models import EstimateCheck, EstimateLine, Price, PriceBook
from yilu.care.queries import deviations
from yilu.care.rules import prices as rules
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db
CSV = "编码,名称,类别,单位,单价\nG01,前保险杠拆装,工时,次,120.00\nP01,前保险杠,配件,件,850.50\n"


def held_against(colleague, lines, **told):
    access, actor = colleague
    told = {"region": "浙江", "request_key": "a", "lines": lines, **told}
    return care.check_an_estimate(access=access, actor=actor, at=NOON, **told)


def answered(colleague, check, outcome, **told):
    access, actor = colleague
    care.answer_for_estimate(
        check_id=check.check_id, outcome=outcome, access=access, actor=actor, at=NOON, **told
    )


@pytest.fixture
def editor(db):
    return make.colleague(make.head_office(), "STANDARDS_EDITOR")


def publish(editor, text=CSV, region="浙江", filename="价目.csv", at=NOON):
    content = text if isinstance(text, bytes) else text.encode()
    return care.publish_prices(
        region=region, filename=filename, content=content, access=editor[0], actor=editor[1], at=at
    )


class TestPrices:
    def test_versions_take_over_from_a_moment_on(self, editor):
        later = NOON + timedelta(days=1)
        assert publish(editor) == 1
        assert publish(editor, CSV.replace("850.50", "900"), at=later) == 2
        assert queries.list_prices("浙江", NOON)[1].price == Decimal("850.50")
        assert queries.list_prices("浙江", later)[1].price == Decimal("900.00")
        assert [b.number for b in queries.list_books(later)] == [2]

    def test_negative_and_other_wrong_prices_are_said_line_by_line_and_nothing_counts(self, editor):
        text = "编码,名称,单价\nA,甲,-1\nB,乙,abc\nC,丙,1.234\nD,丁,\nE,戊,5\nE,己,6\n,庚,7\nF,,8\nG,辛,NaN\n"
        with pytest.raises(care.BadPrices) as problem:
            publish(editor, text)
        said = dict(problem.value.problems)
        assert said[2] == "单价不能为负数"
        assert said[3] == "单价不是数字"
        assert said[7] == "编码与第 6 行重复"
        assert set(said) == {2, 3, 4, 5, 7, 8, 9, 10}
        assert not PriceBook.objects.exists()
        assert not Price.objects.exists()

    def test_comes_from_excel_as_well(self, editor):
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"in_memory": True})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编码", "名称", "单价"])
        sheet.write_row(1, 0, ["A", "甲", 12.5])
        book.close()
        publish(editor, out.getvalue(), filename="价目.xlsx")
        assert Price.objects.get().price == Decimal("12.50")

    @pytest.mark.parametrize(
        "content", [b"", b"a,b\n1,2\n", b"PK\x03\x04broken", "编码,名称,单价\n".encode()]
    )
    def test_unreadable_lists(self, editor, content):
        with pytest.raises(care.BadPrices):
            publish(editor, content)

    def test_only_by_somebody_who_edits_standards(self, editor):
        with pytest.raises(NotAllowed):
            publish(make.colleague(make.head_office(), "ASSESSOR"))

    def test_an_estimate_is_checked_with_reasons(self, editor):
        publish(editor)
        lines = [
            rules.Estimated("G01", Decimal(1), Decimal("120")),
            rules.Estimated("P01", Decimal(2), Decimal("900")),
            rules.Estimated("P01", Decimal(1), Decimal("850.50")),
            rules.Estimated("X99", Decimal(1), Decimal("10")),
            rules.Estimated("G01", Decimal(0), Decimal("10")),
        ]
        checked = held_against(editor, lines)
        found = checked.findings
        assert [f.found for f in found] == ["OK", "OVER", "DOUBLED", "UNKNOWN", "BAD"]
        assert found[1].over == Decimal("99.00")
        assert "高出 49.50 元" in found[1].reason
        assert checked.outcome == "OPEN"
        assert [each.found for each in EstimateLine.objects.order_by("pk")] == [
            each.found for each in found
        ]
        with pytest.raises(care.NoPriceBook):
            held_against(editor, lines, region="西藏", request_key="b")
        for wrong in ({"lines": []}, {"request_key": ""}):
            with pytest.raises(care.BadEstimate):
                held_against(editor, **{"lines": lines, **wrong})

    def test_the_same_form_again_is_one_check(self, editor):
        publish(editor)
        lines = [rules.Estimated("G01", Decimal(1), Decimal("130"))]

        first, again = held_against(editor, lines), held_against(editor, lines)

        assert first.check_id == again.check_id
        assert EstimateLine.objects.count() == 1

    def test_what_is_above_the_book_is_answered_for_once_and_by_who_checked(self, editor):
        publish(editor)
        check = held_against(editor, [rules.Estimated("G01", Decimal(1), Decimal("130"))])
        with pytest.raises(care.OverNeedsReason):
            answered(editor, check, "KEPT", reason="贵")
        with pytest.raises(care.BadEstimate):
            answered(editor, check, "FREE")
        with pytest.raises(care.CheckNotFound):
            answered(make.colleague(make.head_office(), "ASSESSOR"), check, "CUT")
        assert EstimateCheck.objects.get().outcome == "OPEN"

        answered(editor, check, "KEPT", reason="当地只有这一家有货")

        assert EstimateCheck.objects.get().reason == "当地只有这一家有货"
        with pytest.raises(care.CheckSettled):
            answered(editor, check, "CUT")

    def test_the_report_sums_by_shop_part_and_colleague_of_ones_offices(self, editor):
        publish(editor)
        over = rules.Estimated("G01", Decimal(1), Decimal("130"))
        fine = rules.Estimated("P01", Decimal(1), Decimal("850.50"))
        kept = held_against(editor, [over, fine], shop="甲修理厂", request_key="1")
        answered(editor, kept, "KEPT", reason="当地只有这一家有货")
        held_against(editor, [over], shop="乙修理厂", request_key="2")
        mine, day = {editor[0].office_id}, day_of(NOON)

        def by(name, offices=mine, since=day, until=day):
            found = deviations.deviations(offices, by=name, since=since, until=until)
            return [(d.name, d.lines, d.above, d.over, d.kept, d.open) for d in found]

        ten, none = Decimal("10.00"), Decimal(0)
        assert by("shop") == [
            ("乙修理厂", 1, 1, ten, none, ten),
            ("甲修理厂", 2, 1, ten, ten, none),
        ]
        assert by("part")[0] == ("G01 前保险杠拆装", 2, 2, 2 * ten, ten, ten)
        assert len(by("staff")) == 1
        assert by("shop", offices={make.office()}) == []
        assert by("shop", since=day + timedelta(days=1), until=day + timedelta(days=2)) == []
        assert [row.shop for row in deviations.lines_above(mine, since=day, until=day)] == [
            "乙修理厂", "甲修理厂",
        ]  # fmt: skip

    @given(
        st.lists(
            st.tuples(st.sampled_from("AB"), st.integers(1, 9), st.integers(0, 500)), max_size=12
        )
    )
    def test_what_is_allowed_is_never_more_than_asked_or_booked(self, lines):
        book = {"A": rules.PriceLine(0, "A", "甲", "PART", "", Decimal("100.00"))}
        for one in rules.check_estimate(
            [rules.Estimated(c, Decimal(q), Decimal(p)) for c, q, p in lines], book
        ):
            assert one.allowed <= one.asked or one.found == "BAD"
            assert one.over >= 0
