"""Other words for an approved answer are used only if they say the same."""

from __future__ import annotations

import pytest

from yilu.knowledge import shipped
from yilu.knowledge.rules.phrasing import says_the_same

ANSWER = "资料齐全后，法律要求五个工作日内作出核定，情形复杂的最长三十日。依据《保险法》第二十三条，不另收费。"


def test_the_same_words_say_the_same():
    for entry in shipped.entries():
        assert says_the_same(entry.answer, entry.answer), entry.code


def test_other_words_may():
    assert says_the_same(
        ANSWER, ANSWER.replace("资料齐全后，", "资料交齐以后，").replace("作出核定", "给出核定")
    )


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("五个", "三个"), ("三十日", "二十日"), ("第二十三条", "第二十四条"), ("《保险法》", "法律"),
        ("不另收费", "另收费"), ("情形复杂的最长三十日", "复杂的久一点"), ("。依据", "，详见 http://x.cn。依据"),
    ],
)  # fmt: skip
def test_a_changed_figure_law_or_negation_does_not(was, becomes):
    assert not says_the_same(ANSWER, ANSWER.replace(was, becomes))


@pytest.mark.parametrize("other", ["", "好的", ANSWER * 2])
def test_neither_does_much_more_or_much_less(other):
    assert not says_the_same(ANSWER, other)
