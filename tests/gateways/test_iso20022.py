"""pain.001 out, pain.002 and camt.053 in: held against our definition, and that against the schemas."""

from __future__ import annotations

import importlib.util
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gateways import bank_files as files
from yilu.gateways import iso20022
from yilu.gateways.iso20022 import checking

AT = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
PAYER = iso20022.PayerAccount(
    "一路人寿保险股份有限公司", "1001234509876543210", "102", "中国工商银行"
)


def transfer(n=1, amount="810.00", name="林客户", remark="一路人寿 claim:42", **given):
    told = {
        "instruction_id": str(n), "end_to_end_id": f"{n:032x}", "amount": Decimal(amount), "bank_code": "102",
        "bank_name": "中国工商银行", "account_number": "6222020000000000017", "holder_name": name,
        "remark": remark,
    }  # fmt: skip
    return iso20022.Transfer(**{**told, **given})


def batch(*transfers):
    return iso20022.TransferFile("YL20260304000001", AT, date(2026, 3, 4), PAYER, transfers)


@cache
def schema(package, file):
    """The published schema that a package for developers carries; only there to be compared with."""
    import xmlschema

    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        pytest.skip(f"{package} is not installed")
    return xmlschema.XMLSchema(str(Path(found.origin).parent / file))


def of(name):
    return {
        "pain.001.001": lambda: schema("pain001", "templates/pain.001.001.09/pain.001.001.09.xsd"),
        "pain.002.001": lambda: schema("pain001", "pain002/schemas/pain.002.001.12.xsd"),
        "camt.053.001": lambda: schema("camt053", "xsd/camt.053.001.08.xsd"),
    }[name]()


def refused(content, name):
    try:
        checking.read(content, name)
    except iso20022.FileRefused:
        return True
    return False


class TestOut:
    def test_is_what_the_published_schema_wants(self):
        made = iso20022.write_transfers(batch(transfer(1), transfer(2, "0.01", "𠮷田𡈽")))
        of("pain.001.001").validate(made.decode())
        text = made.decode()
        assert "<NbOfTxs>2</NbOfTxs><CtrlSum>810.01</CtrlSum>" in text
        assert '<InstdAmt Ccy="CNY">0.01</InstdAmt>' in text
        assert "𠮷田𡈽" in text

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(
            st.tuples(st.text(max_size=200), st.text(max_size=300), st.integers(1, 10**11)),
            min_size=1, max_size=4,
        )
    )  # fmt: skip
    def test_any_name_and_remark_makes_a_message_the_schema_takes(self, people):
        made = iso20022.write_transfers(
            batch(
                *(
                    transfer(n, Decimal(fen) / 100, f"甲{name}", remark)
                    for n, (name, remark, fen) in enumerate(people)
                )
            )
        )
        of("pain.001.001").validate(made.decode())

    def test_an_empty_batch_and_a_key_too_long_do_not_leave(self):
        with pytest.raises(iso20022.FileRefused):
            iso20022.write_transfers(batch())
        with pytest.raises(iso20022.FileRefused, match="35"):
            iso20022.write_transfers(batch(transfer(end_to_end_id="x" * 36)))

    def test_more_than_two_places_are_no_amount(self):
        with pytest.raises(ValueError, match="two places"):
            iso20022.write_transfers(batch(transfer(amount="1.001")))

    def test_shows_nobody_in_its_own_words(self):
        shown = repr(batch(transfer()))
        assert "林客户" not in shown
        assert "6222020000000000017" not in shown


class TestIn:
    def test_what_we_take_the_schema_takes(self):
        of("pain.002.001").validate(files.report(version="12").decode())
        of("camt.053.001").validate(files.statement().decode())

    @pytest.mark.parametrize("version", ["10", "12"])
    def test_reads_a_status_report(self, version):
        read = iso20022.read_status_report(
            files.report(
                ("a" * 32, "ACSC", "", "810.00"), ("b" * 32, "RJCT", "AC04", None), version=version
            )
        )
        assert read.original_message_id == "YL20260304000001"
        assert [(t.end_to_end_id[0], t.status, t.reason, t.amount) for t in read.transactions] == [
            ("a", "ACSC", "", Decimal("810.00")), ("b", "RJCT", "AC04", None),
        ]  # fmt: skip

    def test_reads_a_statement(self):
        read = iso20022.read_statement(
            files.statement(
                files.entry("R1", "810.00", end_to_end="a" * 32),
                files.entry(
                    "R2", "50.00", credit=True, payer="林客户", remark="还款 RF74 0000000001"
                ),
            )
        )
        assert (read.account_number, read.on) == ("1001234509876543210", date(2026, 3, 4))
        assert [(e.reference, e.amount, e.is_credit) for e in read.entries] == [
            ("R1", Decimal("810.00"), False), ("R2", Decimal("50.00"), True),
        ]  # fmt: skip
        assert read.entries[1].details[0].payer_name == "林客户"

    @pytest.mark.parametrize(
        ("what", "content", "says"),
        [
            ("nothing", b"", "空"),
            ("no XML", "不是报文".encode(), "XML"),
            ("a bomb", b'<!DOCTYPE x [<!ENTITY a "b">]><Document>&a;</Document>', "XML"),
            ("another message", b"<Document xmlns='urn:x'/>", "不是"),
            ("too large", b" " * 5 + b"x" * (iso20022.BYTES_MAX + 1), "MB"),
            ("too old a version", files.statement().replace(b"053.001.08", b"053.001.02"), "版本"),
        ],
    )
    def test_refuses(self, what, content, says):
        with pytest.raises(iso20022.FileRefused, match=says):
            iso20022.read_statement(content)

    @pytest.mark.parametrize(
        ("what", "content", "says"),
        [
            ("opening and entries that are not the closing", files.statement(closing="1.00"), "期末余额"),
            ("two statements", files.statement(times=2), "只能有一个"),
            ("dollars", files.statement().replace(b'Ccy="CNY"', b'Ccy="USD"'), "人民币"),
            ("a total that is not the sum", files.statement(total="1.00"), "合计"),
            ("a count that is not so", files.statement(count=7), "7"),
            ("no closing balance", files.statement().replace(b"CLBD", b"ITBD"), "期末余额"),
            (
                "parts that do not make the entry",
                files.statement(files.entry("R1", "810.00", end_to_end="a" * 32, parts=("1.00", "2.00"))),
                "明细金额",
            ),
            ("three places", files.statement(files.entry("R1", "1.001", end_to_end="a" * 32)), "两位小数"),
        ],
    )  # fmt: skip
    def test_refuses_a_statement_with(self, what, content, says):
        with pytest.raises(iso20022.FileRefused, match=says):
            iso20022.read_statement(content)

    def test_refuses_a_report_that_counts_itself_wrong(self):
        content = files.report(("a" * 32, "ACSC", "", None), per_status=(("ACSC", 2),))
        with pytest.raises(iso20022.FileRefused, match="2 笔"):
            iso20022.read_status_report(content)

    def test_reads_every_character_of_names(self):
        read = iso20022.read_statement(
            files.statement(
                files.entry("R2", "50.00", credit=True, payer="㐂𠮷·买买提", remark="还")
            )
        )
        assert read.entries[0].details[0].payer_name == "㐂𠮷·买买提"


SAMPLES = {
    "pain.001.001": iso20022.write_transfers(batch(transfer(1), transfer(2))),
    "pain.002.001": files.report(
        ("a" * 32, "ACSC", "", "810.00"), ("b" * 32, "RJCT", "AC04", None), version="12"
    ),
    "camt.053.001": files.statement(
        files.entry("R1", "810.00", end_to_end="a" * 32),
        files.entry("R2", "50.00", credit=True, payer="林", remark="还款"),
    ),
}


@st.composite
def spoiled(draw):
    """A good message with one thing changed: an element gone, twice, elsewhere, renamed, of other text."""
    from xml.etree import ElementTree

    name = draw(st.sampled_from(sorted(SAMPLES)))
    root = ElementTree.fromstring(SAMPLES[name])
    inner = [e for e in root.iter() if len(e)]
    parent = draw(st.sampled_from(inner))
    n = draw(st.integers(0, len(parent) - 1))
    child = parent[n]
    how = draw(st.sampled_from(["gone", "twice", "moved", "renamed", "text", "attribute"]))
    if how == "gone":
        parent.remove(child)
    elif how == "twice":
        parent.insert(n, child)
    elif how == "moved":
        parent.remove(child)
        parent.insert(draw(st.integers(0, len(parent))), child)
    elif how == "renamed":
        child.tag += "X"
    elif how == "text":
        leaf = draw(st.sampled_from([e for e in root.iter() if not len(e)]))
        leaf.text = draw(
            st.sampled_from(
                [
                    "",
                    "x" * 36,
                    "x" * 141,
                    "-1",
                    "1.123456",
                    "2026-02-30",
                    "RJCT",
                    "TRF",
                    "12",
                    "0.5",
                ]
            )
        )
    else:
        child.set("Ccy", "CNY")
    return name, ElementTree.tostring(root, encoding="utf-8")


@settings(max_examples=150, deadline=None)
@given(spoiled())
def test_our_description_and_the_published_schema_say_the_same(given):
    name, content = given
    assert refused(content, name) == (not of(name).is_valid(content.decode()))
