"""Telephone numbers have one writing each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.kernel.phones import is_mobile, read_phone


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "+8613812345678",
        "008613812345678",
        "１３８１２３４５６７８",
    ],
)
def test_every_writing_of_a_mobile_reads_the_same(written):
    assert read_phone(written) == "+8613812345678"


@pytest.mark.parametrize(
    ("written", "read", "mobile"),
    [
        ("021-62345678", "+862162345678", False),
        ("010 8888 8888", "+861088888888", False),
        ("+852 5123 4567", "+85251234567", True),
    ],
)
def test_landlines_and_numbers_abroad_are_read_too(written, read, mobile):
    assert read_phone(written) == read
    assert is_mobile(read) is mobile


@pytest.mark.parametrize("wrong", ["", "1381234567", "12812345678", "abc", "138123456789", "+1"])
def test_what_cannot_be_a_number_is_refused(wrong):
    with pytest.raises(ValueError, match="格式不正确"):
        read_phone(wrong)


@given(st.text(max_size=25))
def test_any_text_is_read_or_refused(text):
    try:
        read = read_phone(text)
    except ValueError:
        return
    assert read_phone(read) == read
