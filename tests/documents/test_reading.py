"""What the readers make of real public files and of the variants makers write."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from demo import papers as own

from tests.data import data_folder
from tests.documents.papers import joined, pdf, two_block_form
from tests.documents.test_recognise import clinic_bill
from yilu.documents.inspection import inspect
from yilu.documents.recognition import catalogue, ofd, reading, xml_invoice, xmltree
from yilu.documents.rules import settling

TODAY = date(2026, 5, 20)
ON = date(2026, 5, 18)


def read(content, filename, kind="INVOICE"):
    return reading.read_file(kind, inspect(filename, content).media_type, content, TODAY)


class TestRealFiles:
    def read(self, name, kind="INVOICE"):
        return read((data_folder("documents") / name).read_bytes(), name, kind)

    def test_a_real_invoice_as_ofd_is_read_whole_and_settles(self):
        found = self.read("fptpl.ofd")
        assert {
            n: found.value(n) for n in ("code", "number", "issued_on", "total", "check_code")
        } == {
            "code": "050001700111",
            "number": "12235358",
            "issued_on": "2020-08-05",
            "total": "10600.00",
            "check_code": "16630282980991510014",
        }
        assert "QR" in found.values["number"].witnesses
        assert "CAPITALS" in found.values["total"].witnesses
        assert settling.judge("INVOICE", found).settled

    def test_an_itinerary_lying_on_its_side_is_read_by_its_labels_and_its_code(self):
        found = self.read("flight_itinerary_fictional.pdf")
        assert found.value("number") == "9223372036854775807"
        assert found.value("issued_on") == "2021-07-28"
        assert found.value("total") == "620.00"
        assert all("QR" in found.values[n].witnesses for n in ("number", "issued_on", "total"))
        assert not settling.judge("INVOICE", found).settled  # no items, and no medical bill

    @pytest.mark.parametrize("name", ["keyword.ofd", "helloworld.ofd"])
    def test_an_ofd_that_is_no_invoice_goes_to_a_person(self, name):
        assert not settling.judge("INVOICE", self.read(name)).settled

    def test_the_text_of_an_ofd_stands_where_it_stands(self):
        runs = ofd.read((data_folder("documents") / "fptpl.ofd").read_bytes()).runs
        title = next(r for r in runs if "增值税" in r.text)
        assert title.box[1] < 0.2


class TestOwnPapers:
    @pytest.mark.parametrize("kind", ["FISCAL_OUTPATIENT", "FISCAL_INPATIENT", "VAT_DIGITAL"])
    @pytest.mark.parametrize("form", ["xml", "ofd", "pdf"])
    @pytest.mark.parametrize("seed", [1, 7])
    def test_every_form_of_every_kind_is_read_whole_and_settles(self, kind, form, seed):
        bill = own.make_bill("欧阳小雨", seed, kind=kind, issued_on=ON)
        found = read({"xml": own.xml, "ofd": own.ofd, "pdf": own.pdf}[form](bill), f"a.{form}")
        wanted = {
            "number": bill.number,
            "issued_on": "2026-05-18",
            "total": str(bill.total),
            "payer_name": "欧阳小雨",
        }
        if kind != "VAT_DIGITAL":
            wanted |= {"code": bill.code, "check_code": bill.check_code}
            wanted |= {"fund_paid": str(bill.fund_paid), "own_paid": str(bill.own_paid)}
        assert {n: found.value(n) for n in wanted} == wanted
        assert [(n.name, n.amount) for n in found.lines] == [(n.name, n.amount) for n in bill.lines]
        assert settling.judge("INVOICE", found).settled

    def test_attached_data_comes_before_the_print(self):
        found = read(own.pdf(clinic_bill(), with_xml=True), "a.pdf")
        assert found.source == "XML"
        assert found.values["total"].box is not None

    def test_a_print_that_says_otherwise_than_its_data_goes_to_a_person(self, monkeypatch):
        bill = clinic_bill()
        other = own.make_bill("林小雨", 9, issued_on=ON)
        making = import_module("demo.papers.pdf")
        monkeypatch.setattr(making, "xml", lambda _bill: own.fiscal_xml(other))
        found = read(own.pdf(bill, with_xml=True), "a.pdf")
        assert {"TEXT_DIFFERS", "QR_DIFFERS"} & set(found.notes)
        assert not settling.judge("INVOICE", found).settled

    def test_a_diagnosis_certificate_is_read_by_its_labels(self):
        found = read(own.diagnosis_pdf("林小雨", ON), "a.pdf", "DIAGNOSIS")
        assert found.value("patient_name") == "林小雨"
        assert found.value("diagnosis") in own.DIAGNOSES
        assert found.value("issued_on") == "2026-05-18"
        assert found.value("doctor") == "方知医"

    def test_the_same_seed_makes_the_same_bill(self):
        assert own.xml(clinic_bill()) == own.xml(clinic_bill())
        assert own.ofd(clinic_bill()) == own.ofd(clinic_bill())

    def test_a_bill_stays_within_its_largest_amount(self):
        for seed in range(30):
            bill = own.make_bill("林", seed, issued_on=ON, largest=Decimal(500))
            assert bill.total <= 500
            assert bill.own_paid == bill.self_paid + bill.self_cost
            assert bill.total == bill.fund_paid + bill.account_paid + bill.own_paid


class TestOtherForms:
    """A form that is not the demo's, as a customer nobody knows hands it in."""

    def test_two_blocks_with_remarks_are_read_whole_and_settle(self):
        found = read(two_block_form(), "a.pdf")
        assert [(n.name, str(n.amount), n.category) for n in found.lines] == [
            ("西药费", "286.40", "B"), ("化验费", "148.50", "A"), ("诊查费", "25.00", "A"),
            ("卫生材料费", "42.16", "OWN"), ("检查费", "360.00", "B"),
        ]  # fmt: skip
        assert found.value("payee_name") == "海州市第二人民医院"
        assert settling.judge("INVOICE", found).settled

    def test_full_width_digits_and_wide_and_rare_names_lose_nothing(self):
        wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
        form = two_block_form(
            "王　䶮", amounts="286.40 25.00 360.00 148.50 42.16".translate(wide),
            paid="512.30 120.00 229.76".translate(wide),
        )  # fmt: skip
        found = read(form, "a.pdf")
        assert found.value("payer_name") == "王䶮"
        assert found.value("fund_paid") == "512.30"
        assert found.value("own_paid") == "229.76"
        assert settling.judge("INVOICE", found).settled
        assert read(two_block_form("张𬭎"), "a.pdf").value("payer_name") == "张𬭎"

    def test_a_letter_before_the_bill_does_not_hide_its_code(self):
        found = read(joined(pdf(), two_block_form()), "a.pdf")
        assert "QR" in found.values["number"].witnesses
        assert settling.judge("INVOICE", found).settled

    def test_two_bills_in_one_file_are_for_a_person_and_nothing_of_either_stands(self):
        found = read(joined(two_block_form(), two_block_form(number="0583920148")), "a.pdf")
        judged = settling.judge("INVOICE", found)
        assert "SEVERAL_INVOICES" in found.notes
        assert not judged.settled
        assert not judged.accepted

    def test_the_list_behind_the_bill_counts_instead_of_its_items(self):
        behind = """#pagebreak()
            票据号码：0583920147
            #table(columns: 3, [项目名称], [金额（元）], [备注], [头孢克肟], [400.00], [甲],
              [小计], [400.00], [], [胸部CT], [462.06], [乙])"""
        found = read(two_block_form(behind=behind), "a.pdf")
        assert [n.name for n in found.lines] == ["头孢克肟", "胸部CT"]
        assert settling.judge("INVOICE", found).settled

    def test_a_bill_whose_payments_cannot_be_read_is_for_a_person(self):
        found = read(two_block_form(paid="见附页 见附页 见附页"), "a.pdf")
        assert settling.judge("INVOICE", found).missing == ("fund_paid",)


class TestXmlVariants:
    def test_takes_items_and_amounts_that_are_attributes(self):
        bill = clinic_bill()
        items = "".join(f'<Item ItemName="{n.name}" ItemAmount="{n.amount}"/>' for n in bill.lines)
        main = (
            f'<Main EInvoiceCode="{bill.code}" EInvoiceNumber="{bill.number}" IssueDate="{bill.issued_on}"'
            f' TotalAmount="{bill.total}" PayerPartyName="{bill.payer_name}" FundPayAmount="{bill.fund_paid}"/>'
        )
        found = read(f"<EInvoice>{main}<Details>{items}</Details></EInvoice>".encode(), "a.xml")
        assert [(n.name, n.amount) for n in found.lines] == [(n.name, n.amount) for n in bill.lines]
        assert settling.judge("INVOICE", found).settled

    def test_takes_names_without_their_spaces_and_hyphens(self):
        bill = own.make_bill("林小雨", 3, kind="VAT_DIGITAL", issued_on=ON)
        text = own.xml(bill).decode().replace("TotalTax-includedAmount", "TotalTaxIncludedAmount")
        assert read(text.encode(), "a.xml").value("total") == str(bill.total)

    def test_takes_namespaces_prefixes_and_gbk(self):
        text = own.fiscal_xml(clinic_bill()).decode()
        text = text.replace("<EInvoice>", '<f:EInvoice xmlns:f="http://x.example" xmlns="urn:y">')
        text = text.replace("</EInvoice>", "</f:EInvoice>").replace("UTF-8", "GB2312")
        found = read(text.encode("gb18030"), "a.xml")
        assert found.value("payer_name") == "林小雨"
        assert found.layout == "fiscal_outpatient"

    def test_takes_the_medical_extension_as_pairs_of_name_and_value(self):
        bill = clinic_bill()
        text = own.fiscal_xml(bill).decode()
        start, end = text.index("<MainExt>"), text.index("</MainExt>")
        pairs = "".join(
            f"<Ext><Name>{n}</Name><Value>{v}</Value></Ext>"
            for n, v in (
                ("医保统筹基金支付", bill.fund_paid), ("个人账户支付", bill.account_paid),
                ("个人现金支付", bill.own_paid), ("就诊日期", "2026-05-18"),
            )
        )  # fmt: skip
        found = read((text[: start + 9] + pairs + text[end:]).encode(), "a.xml")
        assert found.value("fund_paid") == str(bill.fund_paid)
        assert found.value("visited_on") == "2026-05-18"
        assert "PAYMENTS" in found.values["total"].witnesses

    def test_takes_items_inside_an_element_called_like_them(self):
        bill = own.make_bill("林小雨", 3, kind="VAT_DIGITAL", issued_on=ON)
        text = own.xml(bill).decode()
        start = text.index("<IssuItemInformation>")
        end = text.rindex("</IssuItemInformation>") + len("</IssuItemInformation>")
        nested = f"<IssuItemInformation>{text[start:end]}</IssuItemInformation>"
        assert len(read((text[:start] + nested + text[end:]).encode(), "a.xml").lines) == len(
            bill.lines
        )

    def test_takes_the_coarse_items_where_the_detailed_ones_do_not_add_up(self):
        bill = clinic_bill()
        text = own.fiscal_xml(bill).decode()
        first = text.index("<AuxItem>")
        text = text[:first] + text[text.index("</AuxItem>") + len("</AuxItem>") :]
        found = read(text.encode(), "a.xml")
        assert [n.name for n in found.lines] == [n.name for n in bill.lines]
        assert {n.category for n in found.lines} == {""}

    def test_knows_a_reversed_bill(self):
        text = own.fiscal_xml(clinic_bill()).replace(b"<Reversal>0", b"<Reversal>1")
        assert read(text, "a.xml").value("reversed") == "1"

    @pytest.mark.parametrize(
        "text", ["<a/>", "<EInvoice><Header/></EInvoice>", "<note>hello</note>"]
    )
    def test_other_xml_is_no_invoice(self, text):
        assert xml_invoice.read(text.encode()) is None
        assert read(text.encode(), "a.xml").source == "NONE"

    def test_parse_refuses_depth_without_end(self):
        with pytest.raises(xmltree.Unsafe):
            xmltree.parse(b"<a>" * 100 + b"</a>" * 100)


def test_every_layout_names_fields_that_have_a_label():
    from yilu.documents.rules.labels import LABELS

    assert len(catalogue.layouts()) >= 10
    for layout in catalogue.layouts():
        for rule in layout.fields:
            assert rule.name in LABELS, f"{layout.code}: {rule.name}"
