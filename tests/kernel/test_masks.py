"""What is shown of personal data by default."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.kernel import masks


@pytest.mark.parametrize(
    ("mask", "whole", "shown"),
    [
        (masks.mask_name, "张三", "张*"),
        (masks.mask_name, "欧阳娜娜", "欧***"),
        (masks.mask_name, "李", "李*"),
        (masks.mask_name, "", ""),
        (masks.mask_phone, "+8613812341234", "138****1234"),
        (masks.mask_phone, "13812341234", "138****1234"),
        (masks.mask_phone, "+862112345678", "******5678"),
        (masks.mask_phone, "", ""),
        (masks.mask_identity, "110101199001011234", "110101********1234"),
        (masks.mask_identity, "E12345678", "E1*****78"),
        (masks.mask_identity, "", ""),
        (masks.mask_account, "6222021234561234", "6222 **** **** 1234"),
        (masks.mask_account, "12345678", "**** 5678"),
        (masks.mask_account, "", ""),
        (masks.mask_email, "zhangsan@example.com", "z***@example.com"),
        (masks.mask_email, "", ""),
    ],
)
def test_a_mask_shows_no_more_than_it_says(mask, whole, shown):
    assert mask(whole) == shown


@given(st.text(alphabet="0123456789", min_size=7, max_size=24))
def test_a_masked_number_never_shows_more_than_half_and_a_bit(number):
    for mask in (masks.mask_phone, masks.mask_identity, masks.mask_account):
        shown = sum(c.isdigit() for c in mask(number))
        assert shown <= max(10, len(number) - 4)
        assert shown < len(number)


@given(st.text(alphabet="张三李四王五赵六欧阳", min_size=2, max_size=10))
def test_a_masked_name_shows_its_first_character_only(name):
    assert masks.mask_name(name) == name[0] + "*" * (len(name) - 1)
