"""Whoever else paid a part of a bill: counted once, however the bill prints it."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.documents.test_rules import at, named, read
from yilu.documents.recognition import catalogue, xml_invoice
from yilu.documents.rules import invoices, layouts, settling
from yilu.documents.rules.payers import AID, FURTHER, SOCIAL

yuan = st.decimals(min_value="0.01", max_value="9999.99", places=2)
BILL = {
    "code": "31060226", "number": "0012345678", "issued_on": "2026-05-18", "payer_name": "林小雨",
}  # fmt: skip


def bill(source="XML", **paid):
    lines = (invoices.Line("药", Decimal(paid["total"])),)
    return named(read(**BILL, **{k: str(v) for k, v in paid.items()}, lines=lines, source_=source))


@given(st.dictionaries(st.sampled_from(FURTHER), yuan, min_size=1), yuan, yuan)
def test_money_printed_beside_the_fund_is_counted_with_it(further, fund, own):
    total = fund + own + sum(further.values())
    found = bill(total=total, fund_paid=fund, own_paid=own, **further)

    social = sum((further.get(n, Decimal(0)) for n in SOCIAL), Decimal(0))
    assert Decimal(found.value("fund_paid")) == fund + social
    assert Decimal(found.value("other_paid") or 0) == further.get(AID, 0)
    assert all("PAYMENTS" in found.values[n].witnesses for n in ("total", "own_paid", *further))
    assert settling.judge("INVOICE", found).settled


@given(st.dictionaries(st.sampled_from(FURTHER), yuan, min_size=1), yuan, yuan, yuan)
def test_money_that_is_part_of_the_others_is_counted_once_and_the_funds_moves_over(
    further, fund, own, rest
):
    other = sum(further.values()) + rest
    found = bill(
        total=fund + own + other, fund_paid=fund, own_paid=own, other_paid=other, **further
    )

    social = sum((further.get(n, Decimal(0)) for n in SOCIAL), Decimal(0))
    assert Decimal(found.value("fund_paid")) == fund + social
    assert Decimal(found.value("other_paid")) == other - social


@given(yuan, yuan, yuan, yuan)
def test_where_the_parts_do_not_come_to_the_total_a_person_tells(fund, own, illness, more):
    total = fund + own + illness + more
    assume(more != illness)
    found = bill(total=total, fund_paid=fund, own_paid=own, illness_paid=illness)

    assert "PAYERS_UNCLEAR" in found.notes
    assert not settling.judge("INVOICE", found).settled
    assert Decimal(found.value("fund_paid")) == fund


def test_data_whose_payers_leave_something_open_never_settle_though_the_items_add_up():
    found = bill(total="500.00", fund_paid="200.00", own_paid="100.00")

    assert not settling.judge("INVOICE", found).settled


@pytest.mark.parametrize("own", ["300.00", "250.00"])  # the account beside the cash, or within it
def test_the_account_is_the_patients_money_however_it_is_counted(own):
    account = "50.00"
    total = "550.00" if own == "300.00" else "450.00"
    fund = "200.00"
    found = bill(total=total, fund_paid=fund, account_paid=account, own_paid=own)

    assert "PAYERS_UNCLEAR" not in found.notes
    assert found.value("fund_paid") == fund


def test_a_detail_that_nobody_bears_out_is_looked_at():
    """On a photo, a fund's money within the others' has no second witness."""
    found = bill("OCR", total="500.00", fund_paid="200.00", own_paid="200.00", other_paid="100.00",
                 illness_paid="60.00")  # fmt: skip

    assert "illness_paid" in settling.judge("INVOICE", found).open


def test_reads_the_names_that_bills_use():
    told = xml_invoice.from_names([
        ("附加支付", "1.00"), ("大病保险支付", "2.00"), ("公务员医疗补助", "3.00"), ("医疗救助", "4.00"),
        ("自付一", "5.00"), ("自付二", "6.00"),
    ])  # fmt: skip
    kept = SimpleNamespace(**told)

    assert (kept.attached_paid, kept.illness_paid, kept.servant_paid, kept.aid_paid) == (
        "1.00", "2.00", "3.00", "4.00",
    )  # fmt: skip
    assert (kept.own_burden, kept.classified_self_paid) == ("5.00", "6.00")


@pytest.mark.parametrize("form", ["fiscal_outpatient", "fiscal_inpatient"])
def test_tells_the_funds_of_a_printed_bill_apart(form):
    rows = (
        "医保统筹基金支付：200.00 大病保险基金支付：60.00 医疗救助基金支付：30.00",
        "附加基金支付：10.00 公务员医疗补助支付：5.00 其他支付：0.00",
        "个人账户支付：20.00 个人现金支付：75.00 自付一：40.00 自付二：15.00 个人自费：20.00",
    )
    segments = [at(part, 0.1 + 0.3 * i, 0.5 + 0.04 * row)
                for row, text in enumerate(rows) for i, part in enumerate(text.split())]  # fmt: skip
    told = {n: f.value for n, f in layouts.extract(catalogue.get(form), segments, "TEXT").items()}

    assert told == {
        "fund_paid": "200.00", "illness_paid": "60.00", "aid_paid": "30.00", "attached_paid": "10.00",
        "servant_paid": "5.00", "other_paid": "0.00", "account_paid": "20.00", "own_paid": "75.00",
        "own_burden": "40.00", "classified_self_paid": "15.00", "self_cost": "20.00",
    }  # fmt: skip
