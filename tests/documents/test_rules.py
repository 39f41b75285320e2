from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.documents.rules import invoices, layouts, likeness, settling, tables, values, witnesses
from yilu.documents.rules.found import Found, Recognised
from yilu.documents.rules.segments import Segment, in_rows
from yilu.kernel.money import in_capitals

amounts = st.decimals(Decimal("0.01"), Decimal("9999999.99"), places=2)
days = st.dates(date(1990, 1, 1), date(2089, 12, 31))


class TestReadAmount:
    @given(amounts)
    def test_reads_back_every_way_of_writing(self, amount):
        for written in (
            f"{amount}",
            f"{amount:,}",
            f"￥{amount:,}元",
            f"¥ {amount}",
            f"CNY {amount}",
        ):
            assert values.read_amount(written) == amount

    @pytest.mark.parametrize(
        "text", ["", "abc", "1.234", "1.2.3", "12 34", "--1", "1e5", "９９９９９９９９９９９９９"]
    )
    def test_is_none_for_what_is_no_amount(self, text):
        assert values.read_amount(text) is None

    def test_mends_a_point_read_for_a_comma(self):
        assert values.read_amount("276.020.66") == Decimal("276020.66")
        assert values.read_amount("1,234,56") == Decimal("1234.56")


class TestReadDate:
    @given(days)
    def test_reads_back_every_way_of_writing(self, day):
        for written in (
            f"{day:%Y年%m月%d日}",
            f"{day:%Y-%m-%d}",
            f"{day:%Y%m%d}",
            f"{day.year}/{day.month}/{day.day}",
        ):
            assert values.read_date(written) == day

    def test_reads_the_two_ends_of_a_stay(self):
        assert values.read_dates("20210323-20210414") == [date(2021, 3, 23), date(2021, 4, 14)]

    @pytest.mark.parametrize("text", ["2021-13-01", "20210230", "123456789012", "1-2-3"])
    def test_is_none_for_no_day(self, text):
        assert values.read_date(text) is None


class TestCheckDigits:
    @given(st.text("0123456789", min_size=15, max_size=18))
    def test_exactly_one_last_digit_passes_luhn(self, body):
        if len(set(body)) > 1:
            assert sum(values.passes_luhn(f"62{body}"[:18] + d) for d in "0123456789") == 1

    def test_a_changed_digit_is_noticed(self):
        assert values.is_identity_number("110101199003072543")
        assert not values.is_identity_number("110101199003072553")


def read(**found):
    lines = found.pop("lines", ())
    made = {
        n: Found(n, v, found.get("source_", "OCR")) for n, v in found.items() if not n.endswith("_")
    }
    return Recognised(
        found.get("source_", "OCR"), "test", "1", found.get("layout_", "fiscal_outpatient"), made, lines,
        barcodes=found.get("barcodes_", ()), text=found.get("text_", ""),
    )  # fmt: skip


def named(recognised, segments=(), today=date(2026, 5, 20)):
    return witnesses.name_witnesses(recognised, segments, today)


class TestNameWitnesses:
    @given(amounts, amounts, amounts)
    def test_sums_speak_for_their_parts_only_when_they_agree(self, fund, own, error):
        right = named(read(total=str(fund + own), fund_paid=str(fund), own_paid=str(own)))
        assert all(
            "PAYMENTS" in right.values[n].witnesses for n in ("total", "fund_paid", "own_paid")
        )
        wrong = named(read(total=str(fund + own + error), fund_paid=str(fund), own_paid=str(own)))
        assert not any(f.witnesses for f in wrong.values.values())

    @given(amounts)
    def test_the_amount_in_words_speaks_for_the_total(self, total):
        assert (
            "CAPITALS"
            in named(read(total=str(total), capitals=in_capitals(total))).values["total"].witnesses
        )
        wrong = named(read(total=str(total), capitals=in_capitals(total + 1)))
        assert "WORDS_DIFFER" in wrong.notes
        assert not wrong.values["total"].witnesses

    def test_items_speak_for_the_total(self):
        lines = (invoices.Line("药", Decimal("1.00")), invoices.Line("检", Decimal("2.00")))
        assert (
            "LINES" in named(read(total="3.00", number="1", lines=lines)).values["total"].witnesses
        )
        assert "SUM_DIFFERS" in named(read(total="3.01", number="1", lines=lines)).notes

    def test_an_old_code_writes_the_amount_without_tax(self):
        code = "01,10,050001700111,12235358,10000.00,20200805,16630282980991510014,7257"
        found = named(read(total="10600.00", tax="600.00", number="12235358", barcodes_=(code,)))
        assert "QR" in found.values["number"].witnesses
        assert found.values["total"].witnesses == {"TAX"}  # net by the code, tax by the print
        assert "QR_DIFFERS" not in found.notes
        forged = named(read(total="90600.00", tax="600.00", number="12235358", barcodes_=(code,)))
        assert "QR_DIFFERS" in forged.notes

    def test_a_new_code_writes_it_with_tax(self):
        code = "01,32,,26332000000012345678,4449.00,20260518,,A1"
        found = named(read(total="4449.00", number="26332000000012345678", barcodes_=(code,)))
        assert found.values["total"].witnesses == {"QR"}
        forged = named(read(total="9449.00", number="26332000000012345678", barcodes_=(code,)))
        assert "QR_DIFFERS" in forged.notes
        assert not forged.values["total"].witnesses

    def test_a_code_alone_is_no_second_witness(self):
        found = named(read(barcodes_=("01,32,,26332000000012345678,4449.00,20260518,,A1",)))
        assert found.values["number"].value == "26332000000012345678"
        assert not found.values["number"].witnesses

    def test_a_code_mends_one_misread_digit_not_a_different_number(self):
        code = "01,32,,26332000000012345678,4449.00,20260518,,A1"
        near = named(read(number="26332000000012345673", barcodes_=(code,)))
        assert near.values["number"].value == "26332000000012345678"
        far = named(read(number="26339999999999999999", barcodes_=(code,)))
        assert "QR_DIFFERS" in far.notes

    def test_a_code_of_unknown_layout_speaks_for_what_it_contains(self):
        code = "https://check.example/?code=31060226&number=0012345678&amount=9.00&date=20260518"
        found = named(
            read(
                code="31060226",
                number="0012345678",
                total="9.00",
                issued_on="2026-05-18",
                barcodes_=(code,),
            )
        )
        assert all("QR" in f.witnesses for f in found.values.values())

    def test_a_day_in_the_future_is_noted(self):
        assert "FUTURE_DATE" in named(read(issued_on="2026-05-21")).notes
        assert "FUTURE_DATE" not in named(read(issued_on="2026-05-20")).notes

    def test_an_identity_number_speaks_for_birthday_and_sex(self):
        found = named(read(identity_number="110101199003072543", birth_date="1990-03-07", sex="女"))
        assert all(f.witnesses for f in found.values.values())

    @given(days, st.integers(1, 60))
    def test_days_in_hospital_speak_for_both_ends(self, admitted, stay):
        found = named(
            read(
                admitted_on=admitted.isoformat(),
                discharged_on=(admitted + timedelta(days=stay)).isoformat(),
                hospital_days=str(stay),
            ),
            today=date(2999, 1, 1),
        )
        assert all(f.witnesses for f in found.values.values())


class TestJudge:
    complete = {
        "code": "31060226", "number": "0012345678", "issued_on": "2026-05-18", "total": "9.00",
        "payer_name": "林小雨", "fund_paid": "0.00",
    }  # fmt: skip

    def test_data_that_adds_up_settles(self):
        lines = (invoices.Line("药", Decimal("9.00")),)
        assert settling.judge(
            "INVOICE", named(read(**self.complete, lines=lines, source_="XML"))
        ).settled

    def test_data_that_does_not_add_up_goes_to_a_person(self):
        lines = (invoices.Line("药", Decimal("8.00")),)
        judged = settling.judge("INVOICE", named(read(**self.complete, lines=lines, source_="XML")))
        assert not judged.settled
        assert "number" in judged.open

    def test_a_picture_without_witnesses_goes_to_a_person_with_the_open_fields(self):
        judged = settling.judge("INVOICE", named(read(**self.complete)))
        assert not judged.settled
        assert set(judged.open) == {"code", "number", "issued_on", "total"}

    @pytest.mark.parametrize("name", ["number", "code", "issued_on", "total", "payer_name"])
    def test_an_invoice_without_a_required_field_never_settles(self, name):
        lines = (invoices.Line("药", Decimal("9.00")),)
        rest = {k: v for k, v in self.complete.items() if k != name}
        judged = settling.judge("INVOICE", named(read(**rest, lines=lines, source_="XML")))
        assert not judged.settled
        assert name in judged.missing

    @pytest.mark.parametrize(
        ("more", "settles"),
        [
            ({"layout_": "fiscal_outpatient"}, False),
            ({"layout_": "vat_digital"}, True),
            ({"layout_": "vat_digital", "text_": "备注：医保统筹基金支付 6.00"}, False),
            (
                {"layout_": "fiscal_outpatient", "own_paid": "9.00"},
                True,
            ),  # nothing is left for a fund
            ({"layout_": "fiscal_outpatient", "own_paid": "3.00"}, False),
        ],
    )
    def test_a_bill_on_which_the_funds_share_was_not_read_never_settles(self, more, settles):
        lines = (invoices.Line("药", Decimal("9.00")),)
        rest = {k: v for k, v in self.complete.items() if k != "fund_paid"}
        judged = settling.judge("INVOICE", named(read(**rest, **more, lines=lines, source_="XML")))
        assert judged.settled == settles
        assert settles or "fund_paid" in judged.missing

    @pytest.mark.parametrize("note", ["SEVERAL_INVOICES", "TEXT_DIFFERS"])
    def test_of_two_that_are_mixed_up_no_value_stands(self, note):
        lines = (invoices.Line("药", Decimal("9.00")),)
        found = named(read(**self.complete, lines=lines, source_="XML"))
        assert not settling.judge("INVOICE", replace(found, notes=(note,))).accepted

    def test_a_bill_of_less_than_nothing_takes_another_one_back(self):
        lines = (invoices.Line("药", Decimal("-9.00")),)
        found = named(read(**{**self.complete, "total": "-9.00"}, lines=lines, source_="XML"))
        assert "REVERSED" in found.notes
        assert not settling.judge("INVOICE", found).settled

    def test_a_diagnosis_is_for_people_to_judge(self):
        found = named(
            read(patient_name="林", diagnosis="感冒", issued_on="2026-05-18", layout_="diagnosis")
        )
        assert not settling.judge("DIAGNOSIS", found).settled

    @given(st.sampled_from(sorted(settling.BLOCKING_NOTES)))
    def test_nothing_settles_with_a_blocking_note(self, note):
        lines = (invoices.Line("药", Decimal("9.00")),)
        found = named(read(**self.complete, lines=lines, source_="XML"))
        marked = Recognised("XML", "t", "1", found.layout, found.values, lines, notes=(note,))
        assert not settling.judge("INVOICE", marked).settled


class TestLikeness:
    @given(st.integers(-(1 << 63), (1 << 63) - 1), st.integers(0, 63), st.integers(0, 63))
    def test_looks_two_bits_apart_share_a_band(self, look, one, other):
        changed = look ^ (1 << one) ^ (1 << other)
        assert likeness.bits_apart(look, changed) <= 2
        assert set(likeness.look_bands(look)) & set(likeness.look_bands(changed))

    def test_the_same_bill_is_alike_and_another_of_its_form_is_not(self):
        form = "医疗门诊收费票据 票据代码 31060226 票据号码 {} 交款人 林小雨 西药费 {} 检查费 {} 合计 {} 收款单位"
        bill = form.format("0012345678", "120.55", "1500.20", "1620.75")
        blurred = form.format("0012345678", "120.55", "1500.20", "1620.75").replace(
            "检查", "检查查"
        )
        other = form.format("0099887766", "340.10", "2210.90", "2551.00")
        hashes = [likeness.text_hashes(t) for t in (bill, blurred, other)]
        assert likeness.likeness(hashes[0], hashes[1]) > likeness.SAME_TEXT
        assert likeness.likeness(hashes[0], hashes[2]) < likeness.SAME_TEXT
        assert set(likeness.text_bands(hashes[0])) & set(likeness.text_bands(hashes[1]))

    def test_a_page_with_hardly_a_word_is_like_nothing(self):
        assert likeness.text_hashes("你好") == []


def at(text, left, top, width=None, height=0.02):
    return Segment(text, (left, top, left + (width or 0.012 * len(text)), top + height))


LAYOUT = layouts.Layout(
    code="test", title="测试", kinds=("INVOICE",), marks=(("票据代码", 2),), threshold=2,
    fields=(
        layouts.FieldRule("code", ("票据代码",), "digits"),
        layouts.FieldRule("payer_code", ("交款人统一社会信用代码",), "identity"),
        layouts.FieldRule("payer_name", ("交款人",), "name"),
        layouts.FieldRule("total", ("(小写)",), "amount"),
        layouts.FieldRule("self_paid", ("个人自付",), "amount"),
        layouts.FieldRule("self_cost", ("个人自费",), "amount"),
        layouts.FieldRule("buyer", ("名称",), "name", occurrence=1),
        layouts.FieldRule("seller", ("名称",), "name", occurrence=-1),
        layouts.FieldRule("address", ("住址",), "text", glued=True, lines=2),
    ),
    stops=("医保类型",),
)  # fmt: skip


class TestExtract:
    def values(self, *segments):
        return {n: f.value for n, f in layouts.extract(LAYOUT, segments, "OCR").items()}

    def test_reads_behind_a_label_beside_it_and_between_two(self):
        assert self.values(
            at("票据代码：31060226", 0.1, 0.1),
            at("交款人：", 0.1, 0.2), at("林小雨", 0.2, 0.2),
            at("个人自付：12.50个人自费：3.00", 0.1, 0.3),
            at("（小写）￥1,234.50", 0.1, 0.4),
        ) == {
            "code": "31060226", "payer_name": "林小雨", "self_paid": "12.50", "self_cost": "3.00",
            "total": "1234.50",
        }  # fmt: skip

    def test_tells_a_short_label_from_a_longer_one_that_begins_like_it(self):
        assert self.values(at("交款人统一社会信用代码：110101199003072543", 0.1, 0.1)) == {
            "payer_code": "110101199003072543"
        }

    def test_does_not_reach_over_another_label(self):
        assert (
            self.values(
                at("交款人：", 0.1, 0.2), at("医保类型：", 0.2, 0.2), at("职工医保", 0.3, 0.2)
            )
            == {}
        )

    def test_tells_buyer_and_seller_by_their_order(self):
        assert self.values(at("名称：张三", 0.1, 0.2), at("名称：海州医院", 0.6, 0.205)) == {
            "buyer": "张三", "seller": "海州医院",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("printed", "name"),
        [
            ("买买提·吐尔逊", "买买提·吐尔逊"), ("阿依古丽・艾合买提", "阿依古丽・艾合买提"),
            ("李䶮", "李䶮"), ("王㛃", "王㛃"), ("张𬭎", "张𬭎"), ("陳麗華", "陳麗華"), ("陈 海 燕", "陈海燕"),
            ("李\ue863", "李䶮"),  # as GBK wrote it before Unicode had it
            ("周\ue5e5", "周\ue5e5"),  # nobody knows which: better odd than cut
            ("JOHN  SMITH", "JOHN SMITH"), ("Müller Anna", "Müller Anna"), ("张三 13800000005", "张三"),
            ("周\ufffd", ""), ("O’", ""),  # the rest of a name is another name
        ],
    )  # fmt: skip
    def test_a_name_is_read_whole_or_not_at_all(self, printed, name):
        assert layouts.normalise(printed, "name") == name

    def test_a_name_printed_wide_is_one(self):
        label = at("交款人：", 0.1, 0.2)
        assert self.values(label, at("王", 0.16, 0.2), at("伟", 0.2, 0.2)) == {"payer_name": "王伟"}
        apart = (at("王", 0.16, 0.2), at("伟", 0.2, 0.2), at("医保类型：", 0.22, 0.2))
        assert self.values(label, *apart) == {"payer_name": "王伟"}
        assert self.values(label, at("王大伟", 0.16, 0.2), at("女", 0.26, 0.2)) == {
            "payer_name": "王大伟"
        }

    @pytest.mark.parametrize(
        ("printed", "amount"),
        [("512. 30", "512.30"), ("1, 234. 50", "1234.50"), ("５１２．３０元", "512.30"), ("-20.00", "-20.00"),
         ("−20.00", "-20.00"), ("：20.00", "20.00"), ("512.30 0.00", "512.30")],
    )  # fmt: skip
    def test_an_amount_keeps_its_cents_and_its_sign(self, printed, amount):
        assert layouts.normalise(printed, "amount") == amount

    def test_a_value_behind_another_label_is_that_labels(self):
        rule = layouts.FieldRule("payee", ("收款单位",), "name", pattern="([\u4e00-\u9fff]+医院)")
        layout = replace(LAYOUT, fields=(rule,))
        typed = at("医保类型：三级甲等综合医院", 0.1, 0.1)
        assert layouts.extract(layout, [typed], "OCR") == {}
        seen = layouts.extract(layout, [typed, at("海州市医院", 0.1, 0.3)], "OCR")
        assert seen["payee"].value == "海州市医院"

    def test_two_numbers_are_two_invoices_and_one_printed_twice_is_one(self):
        first, again = at("票据号码：0012345678", 0.1, 0.1), at("票据号码：0012345678", 0.1, 0.5)
        assert layouts.numbers_on(LAYOUT, [first, again]) == ("0012345678",)
        following = at("票据号码：0012345679", 0.1, 0.5)
        assert len(layouts.numbers_on(LAYOUT, [first, following])) == 2
        ticket = at("发票号码：26329166631000123456", 0.1, 0.5)
        assert len(layouts.numbers_on(LAYOUT, [first, ticket])) == 2

    def test_goes_on_to_the_next_line(self):
        assert self.values(at("住址海州省海州市", 0.1, 0.2), at("演示路一号", 0.12, 0.23))[
            "address"
        ] == ("海州省海州市演示路一号")


class TestTables:
    def test_reads_three_blocks_side_by_side(self):
        segments = [
            *(at(t, x, 0.1) for x, t in ((0.1, "项目名称"), (0.25, "金额（元）"), (0.4, "项目名称"), (0.55, "金额（元）"))),
            at("床位费", 0.1, 0.13), at("8,100.00", 0.26, 0.13), at("检查费", 0.4, 0.13), at("8,809.00", 0.56, 0.13),
            at("西药费", 0.1, 0.16), at("20.50", 0.28, 0.16),
            at("金额合计（大写）壹万", 0.1, 0.3), at("16929.50", 0.5, 0.3),
        ]  # fmt: skip
        assert [(n.name, n.amount) for n in tables.read_lines(segments)] == [
            ("床位费", Decimal("8100.00")), ("检查费", Decimal("8809.00")), ("西药费", Decimal("20.50")),
        ]  # fmt: skip

    def test_takes_tax_into_the_amount_and_a_name_over_two_rows(self):
        header = (
            (0.1, "项目名称"),
            (0.5, "数量"),
            (0.6, "单价"),
            (0.7, "金额"),
            (0.8, "税率"),
            (0.9, "税额"),
        )
        segments = [
            *(at(t, x, 0.1) for x, t in header),
            at("*药品*阿莫西林", 0.1, 0.13), at("2", 0.51, 0.13), at("50.00", 0.6, 0.13),
            at("100.00", 0.7, 0.13), at("3%", 0.81, 0.13), at("3.00", 0.9, 0.13),
            at("克拉维酸钾片", 0.1, 0.152),
        ]  # fmt: skip
        [line] = tables.read_lines(segments)
        assert line.name == "阿莫西林克拉维酸钾片"
        assert (line.amount, line.quantity, line.price) == (Decimal("103.00"), "2", "50.00")

    def test_a_row_with_a_gap_and_a_header_over_two_rows_are_read_by_where_things_stand(self):
        header = (
            (0.05, "项目名称"), (0.38, "规格型号"), (0.49, "单位"), (0.53, "数量"), (0.59, "单价"),
            (0.73, "金额"), (0.82, "税率/征"), (0.89, "税额"),
        )  # fmt: skip
        row = (
            (0.05, "*医疗仪器器械*护理包"), (0.49, "包"), (0.53, "2"), (0.59, "26.1061946903"),
            (0.73, "52.21"), (0.82, "13%"), (0.89, "6.79"),
        )  # fmt: skip
        segments = [
            *(at(t, x, 0.1) for x, t in header), at("收率", 0.82, 0.122),
            *(at(t, x, 0.15) for x, t in row), at("合计", 0.23, 0.3), at("¥52.21", 0.73, 0.3),
        ]  # fmt: skip
        [line] = tables.read_lines(segments)
        assert (line.name, line.unit, line.price) == ("护理包", "包", "26.1061946903")
        assert line.amount == Decimal("59.00")

    def test_a_number_as_remark_is_no_part_of_the_amount(self):
        header = ((0.05, "项目名称"), (0.54, "数量/单位"), (0.64, "金额（元）"), (0.77, "备注"))
        segments = [
            *(at(t, x, 0.1) for x, t in header), at("西药费", 0.05, 0.13), at("2盒", 0.54, 0.13),
            at("172.70", 0.64, 0.13), at("86.3500", 0.77, 0.13),
        ]  # fmt: skip
        [line] = tables.read_lines(segments)
        assert (line.name, line.quantity, line.unit) == ("西药费", "2", "盒")
        assert line.amount == Decimal("172.70")

    def test_remarks_of_one_block_are_no_names_of_the_next(self):
        heads = ((0.05, "项目名称"), (0.2, "数量/单位"), (0.32, "金额（元）"), (0.43, "备注"))
        header = [at(t, x + block * 0.45, 0.1) for block in (0, 1) for x, t in heads]
        rows = [
            [(0.05, "西药费"), (0.22, "1/项"), (0.36, "286.40"), (0.42, "有自付"),
             (0.5, "化验费"), (0.67, "5/项"), (0.81, "148.50"), (0.87, "无自付")],
            [(0.05, "诊查费"), (0.22, "1/次"), (0.37, "25.00"),
             (0.5, "材料费"), (0.67, "3/个"), (0.82, "42.16"), (0.87, "全自付")],
            [(0.05, "检查费"), (0.22, "2/次"), (0.36, "360.00"), (0.42, "有自付")],
        ]  # fmt: skip
        cells = [at(t, x, 0.13 + n * 0.03) for n, row in enumerate(rows) for x, t in row]
        lines = tables.read_lines([*header, *cells])
        assert [(n.name, str(n.amount), n.category, n.quantity, n.unit) for n in lines] == [
            ("西药费", "286.40", "B", "1", "项"), ("化验费", "148.50", "A", "5", "项"),
            ("诊查费", "25.00", "", "1", "次"), ("材料费", "42.16", "OWN", "3", "个"),
            ("检查费", "360.00", "B", "2", "次"),
        ]  # fmt: skip

    def test_a_list_behind_the_bill_is_the_same_money_in_detail(self):
        def page(number, *rows):
            heads = [at("项目名称", 0.05, 0.1), at("金额", 0.4, 0.1), at("备注", 0.6, 0.1)]
            cells = [
                at(text, x, 0.13 + n * 0.03)
                for n, row in enumerate(rows)
                for x, text in zip((0.05, 0.4, 0.6), row, strict=False)
            ]
            return [replace(segment, page=number) for segment in (*heads, *cells)]

        bill = page(1, ("西药费", "30.00"), ("检查费", "70.00"))
        listed = page(2, ("阿莫西林", "30.00", "甲"), ("小计", "30.00"), ("胸片", "20.00", "乙"))
        rest = page(3, ("心电图", "50.00", "乙"), ("合计", "100.00"))
        names = [n.name for n in tables.read_lines([*bill, *listed, *rest], Decimal("100.00"))]
        assert names == ["阿莫西林", "胸片", "心电图"]
        short = tables.read_lines([*bill, *listed], Decimal("100.00"))  # a page of it is missing
        assert [n.name for n in short] == ["西药费", "检查费"]
        long = tables.read_lines([*bill, *listed], Decimal("150.00"))  # one bill on two pages
        assert len(long) == 4

    @given(st.floats(-0.004, 0.004))
    def test_rows_stay_rows_on_a_slightly_tilted_page(self, slope):
        segments = [
            at(f"{row}-{column}", column / 10, 0.1 + row * 0.025 + slope * column / 10)
            for row in range(8)
            for column in range(10)
        ]
        assert [len(row) for row in in_rows(segments)] == [10] * 8


class TestReadLines:
    @pytest.mark.parametrize("mark", ["甲", "甲类", "[甲]", "A", "无自付"])
    def test_reads_the_category_however_it_is_written(self, mark):
        [line] = invoices.read_lines([{"name": "药", "amount": "1.00", "category": mark}])
        assert line.category == "A"

    @given(st.lists(amounts, min_size=1, max_size=5))
    def test_reads_back_what_it_keeps(self, given_amounts):
        lines = tuple(invoices.Line("药", a, "B", self_paid=a) for a in given_amounts)
        assert tuple(invoices.Line.from_json(line.as_json()) for line in lines) == lines
