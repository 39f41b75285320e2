"""yuan …"""

from decimal import Decimal

import pytest

from yilu.kernel.money import yuan


@pytest.mark.parametrize("text", ["0", "12.5", "-3.10", "+7", "999999999999.99", "5."])
def test_reads_plain_digits(text):
    assert yuan(text) == Decimal(text)
    assert yuan(text).as_tuple().exponent == -2


@pytest.mark.parametrize(
    "text",
    ["", " ", "1e5", "1E+3", "1_000", "１２", "٣", "²", "NaN", "sNaN", "Infinity", "-inf", "0x1F", "1,000",
     "1.005", "1000000000000", "9" * 5000, ".5", "1 ", "--1", "1\n"],
)  # fmt: skip
def test_refuses_what_is_no_amount(text):
    with pytest.raises(ValueError, match="amount"):
        yuan(text)


def test_refuses_numbers_that_are_not_money():
    for number in (Decimal("NaN"), Decimal("Infinity"), Decimal("0.001"), Decimal("1e30")):
        with pytest.raises(ValueError, match="amount"):
            yuan(number)
    with pytest.raises(TypeError):
        yuan(0.1)
