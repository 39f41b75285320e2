import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.kernel import short_texts
from yilu.kernel.short_texts import count_segments, decoded, encode_as, split


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts"),
    [
        ("", "GSM7", 0, 1), ("a" * 160, "GSM7", 160, 1), ("a" * 161, "GSM7", 161, 2), ("a" * 306, "GSM7", 306, 2),
        ("a" * 307, "GSM7", 307, 3), ("€" * 80, "GSM7", 160, 1), ("€" * 81, "GSM7", 162, 2),
        ("a" * 152 + "€" * 5, "GSM7", 162, 2), ("长" * 70, "UCS2", 70, 1), ("长" * 71, "UCS2", 71, 2),
        ("长" * 134, "UCS2", 134, 2), ("长" * 135, "UCS2", 135, 3), ("😀" * 35, "UCS2", 70, 1),
        ("长" * 66 + "😀" * 3, "UCS2", 72, 2), ("a`", "UCS2", 2, 1), ("a\t", "UCS2", 2, 1),
    ],
)  # fmt: skip
def test_counts_as_operators_do(text, alphabet, units, parts):
    counted = count_segments(text)
    assert (counted.alphabet, counted.units, counted.parts) == (alphabet, units, parts)


@settings(max_examples=50)
@given(st.text(st.sampled_from("ab€[长😀\n~"), max_size=400))
def test_the_parts_are_the_text_and_each_fits(text):
    parts, alphabet = split(text), count_segments(text).alphabet
    assert "".join(parts) == text
    limit = (
        (160 if len(parts) == 1 else 153)
        if alphabet == "GSM7"
        else (140 if len(parts) == 1 else 134)
    )
    for part in parts:
        content = encode_as(part, alphabet)
        assert len(content) <= limit
        assert decoded(content, alphabet) == part


def test_more_parts_than_can_be_numbered_are_refused():
    with pytest.raises(ValueError, match="255"):
        split("长" * (67 * 255 + 1))
    assert len(split("长" * 67 * 255)) == 255


def test_strange_bytes_become_question_marks():
    assert short_texts.decoded(b"a\xff\x1b\x00", "GSM7") == "a??"
