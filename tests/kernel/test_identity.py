"""What identity numbers must look like, and what they tell."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.kernel import identity
from yilu.kernel.identity import Malformed, read_identity

TODAY = date(2026, 3, 4)
REGIONS = st.sampled_from(sorted(identity.REGIONS))
BIRTHS = st.dates(date(1900, 1, 1), TODAY)
SAMPLE = "11010519491231002X"


@st.composite
def resident_numbers(draw, regions=REGIONS):
    body = f"{draw(regions)}{draw(st.integers(101, 9999)):04d}{draw(BIRTHS):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + identity.check_character(body)


@given(resident_numbers())
def test_a_right_number_tells_date_sex_and_region(number):
    read = read_identity("RESIDENT_ID", number, today=TODAY)

    assert read.number == number
    assert f"{read.birth_date:%Y%m%d}" == number[6:14]
    assert read.sex == ("MALE" if int(number[16]) % 2 else "FEMALE")
    assert read.region == identity.REGIONS[number[:2]]


@given(resident_numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(number, place, change):
    wrong = list(number)
    wrong[place] = str((int(wrong[place]) + change) % 10)

    with pytest.raises(Malformed):
        read_identity("RESIDENT_ID", "".join(wrong), today=TODAY)


@given(resident_numbers(), st.integers(0, 15))
def test_two_neighbours_exchanged_never_pass(number, place):
    wrong = list(number)
    wrong[place], wrong[place + 1] = wrong[place + 1], wrong[place]
    if wrong == list(number):
        return

    with pytest.raises(Malformed):
        read_identity("RESIDENT_ID", "".join(wrong), today=TODAY)


@given(st.text(max_size=30), st.sampled_from([*identity.KINDS, "LIBRARY_CARD"]))
def test_any_text_is_read_or_refused_and_never_repeated(text, kind):
    said = ""
    try:
        read_identity(kind, text, today=TODAY)
    except Malformed as problem:
        said = str(problem)
    assert len(text) < 8 or text not in said


@pytest.mark.parametrize(
    "written",
    [SAMPLE, "11010519491231002x", "110105 1949 1231 002X", "１１０１０５１９４９１２３１００２Ｘ"],
)
def test_every_writing_of_a_number_reads_the_same(written):
    assert read_identity("RESIDENT_ID", written, today=TODAY).number == SAMPLE


def test_a_fifteen_digit_number_is_the_eighteen_digit_one():
    read = read_identity("RESIDENT_ID", "110105491231002", today=TODAY)

    assert read.number == SAMPLE
    assert read.birth_date == date(1949, 12, 31)


def test_a_fifteen_digit_number_of_somebody_born_in_the_1800s():
    assert identity.in_eighteen_digits("110105981231997")[6:10] == "1898"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("", "请填写"),
        ("11010519491231002", "18位"),
        ("110105194912310021", "校验位"),
        ("990105194912310026", "地区码"),
        ("110105194913310025", "出生日期不存在"),
        ("110105203001010021", "不可能"),
        ("110105194902300026", "出生日期不存在"),
    ],
)
def test_a_wrong_number_is_refused_with_its_reason(number, says):
    with pytest.raises(Malformed, match=says):
        read_identity("RESIDENT_ID", number, today=TODAY)


@pytest.mark.parametrize("region", ["81", "82", "83"])
def test_a_residence_permit_is_read_and_is_no_resident_card(region):
    body = f"{region}000019900101001"
    number = body + identity.check_character(body)

    read = read_identity("RESIDENCE_PERMIT", number, today=TODAY)

    assert (read.birth_date, read.sex) == (date(1990, 1, 1), "MALE")
    with pytest.raises(Malformed):
        read_identity("RESIDENT_ID", number, today=TODAY)


def test_a_foreigners_card_is_read_in_its_old_and_new_form():
    body = "93115619900101002"
    new = body + identity.check_character(body)

    assert read_identity("FOREIGN_RESIDENT_ID", "CAN110182081401", today=TODAY).birth_date is None
    read = read_identity("FOREIGN_RESIDENT_ID", new, today=TODAY)
    assert (read.birth_date, read.sex) == (date(1990, 1, 1), "FEMALE")


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("PASSPORT", "E12345678", "E1234"),
        ("HK_MACAO_PASS", "H12345678", "X12345678"),
        ("HK_MACAO_PASS", "M1234567801", "M123456780"),
        ("TAIWAN_PASS", "12345678", "1234567"),
        ("BIRTH_CERTIFICATE", "S310012345", "310012345"),
        ("MILITARY_ID", "军字第1234567号", "1234567"),
    ],
)
def test_other_documents_are_checked_by_their_shape(kind, right, wrong):
    assert read_identity(kind, right.lower(), today=TODAY).number == right
    with pytest.raises(Malformed):
        read_identity(kind, wrong, today=TODAY)


@given(
    st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9),
    st.integers(100000, 999999),
)
def test_a_credit_code_passes_with_its_own_check_character_only(tail, region):
    body = f"91{region}{tail}"
    right = identity.credit_check_character(body)

    assert identity.read_credit_code(body + right) == body + right
    for other in "0123456789ABCDEFGHJKLMNPQRTUWXY".replace(right, ""):
        with pytest.raises(Malformed):
            identity.read_credit_code(body + other)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "9135 0100 m000 100y43"])
def test_a_published_sample_credit_code_passes(code):
    assert identity.read_credit_code(code) == "91350100M000100Y43"


@pytest.mark.parametrize(
    "code",
    ["", "91350100M000100Y4", "91350100M000100YO3", "B1350100M000100Y43", "91A50100M000100Y43"],
)
def test_a_malformed_credit_code_is_refused(code):
    with pytest.raises(Malformed):
        identity.read_credit_code(code)
