"""Journeys as data: what holds together is read, everything else refused with file, line and reason."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.journeys.book import known
from yilu.journeys.operations import shipped
from yilu.journeys.rules import checks
from yilu.journeys.rules.buckets import bucket_of, median_of, middle_of
from yilu.journeys.rules.definition import DefinitionError
from yilu.journeys.rules.reading import read_journey

SOUND = """\
code = "visit"
name = "上门"
subject = "claim"
owner_queue = "claims.review"
owner_role = "TEAM_LEAD"
roll_back = "关闭即可"

[[step]]
code = "begin"
name = "开始"
words = "我们已收到"
touchpoint = "PAGE"
enter = ["claims.claim_reported"]
standard = "2 days"
next = ["done"]

[[step]]
code = "done"
name = "完成"
words = "办好了"
touchpoint = "DESK"
enter = ["claims.claim_closed"]
outcome = "DONE"
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as refused:
        read_journey(text, "visit.toml", known())
    return [str(each) for each in refused.value.mistakes]


def test_a_sound_definition_is_read():
    journey = read_journey(SOUND, "visit.toml", known())
    assert journey.edges == {("begin", "done")}
    assert journey.step("begin").standard.minutes == 2880


def test_what_is_shipped_holds_together():
    for code, text, _digest in shipped():
        journey = read_journey(text, f"{code}.toml", known())
        assert journey.code == code
        said = checks.run(journey, continues=lambda kind, severity: True, has_earlier=False)
        assert [each.check for each in said if not each.passed] == []


@pytest.mark.parametrize(
    ("before", "after", "line", "reason"),
    [
        ('next = ["done"]\n', "", 8, "断头路"),
        ('next = ["done"]', 'next = ["gone"]', 15, "没有这个环节：gone"),
        ("claims.claim_reported", "claims.claim_dreamt", 13, "没有这种事件：claims.claim_dreamt"),
        (
            '["claims.claim_reported"]', '[{ on = "claims.claim_reported", when = { mood = "good" } }]',
            13, "没有这一项：mood",
        ),
        ('owner_queue = "claims.review"\n', "", 1, "缺少责任人"),
        ("claims.review", "claims.nobody", 4, "没有这个工作队列"),
        ("TEAM_LEAD", "KING", 5, "没有这个岗位"),
        ('standard = "2 days"\n', "", 8, "没有标准时间"),
        ("2 days", "soon", 14, "时间应写成"),
        ('"PAGE"', '"MOON"', 12, "没有这个触点"),
        ('outcome = "DONE"', 'outcome = "DONE"\nnext = ["begin"]', 24, "已是结果"),
        ('code = "done"', 'code = "begin"', 18, "同一代码"),
        ('outcome = "DONE"', 'next = ["begin"]\nstandard = "1 days"', 15, "怎么走都没有结果"),
        ('enter = ["claims.claim_closed"]\n', "", 17, "没有进入的事件"),
        ("subject =", "subjekt =", 3, "不认识的字段：subjekt"),
        ("name =", "name", 2, "不是有效的 TOML"),
    ],
    ids=lambda value: value[:18] if isinstance(value, str) else "",
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(before, after, line, reason):
    told = mistakes(SOUND.replace(before, after, 1))
    assert any(each.startswith(f"visit.toml:{line}: ") and reason in each for each in told), told


def test_a_step_nobody_reaches_is_a_mistake():
    lost = SOUND + SOUND[SOUND.index("[[step]]") : SOUND.rindex("[[step]]")].replace(
        "begin", "lost"
    )
    assert any("从开头走不到" in each for each in mistakes(lost))


def test_a_break_needs_a_place_and_a_kind():
    broken = (
        SOUND + '\n[[break]]\nkind = "BAD_MOOD"\non = "claims.payout_failed"\nstep = "nowhere"\n'
    )
    told = "\n".join(mistakes(broken))
    assert "没有这种断点：BAD_MOOD" in told
    assert "没有这个环节：nowhere" in told


def test_every_mistake_is_said_at_once():
    assert len(mistakes(SOUND.replace("2 days", "soon").replace('"PAGE"', '"MOON"'))) >= 2


@pytest.mark.parametrize(
    "text", ["", "[[step]]\n", "step = 3\n", 'code = "x"\n[[step]]\nnext = 5\nenter = 7\nby = 1\n']
)
def test_anything_else_is_refused_and_never_a_crash(text):
    assert mistakes(text)


def test_words_with_codes_or_jargon_do_not_pass_the_check_of_texts():
    journey = read_journey(SOUND.replace("办好了", "已转 REVIEW"), "visit.toml", known())
    said = {c.check: c for c in checks.run(journey, continues=lambda k, s: True, has_earlier=True)}
    assert not said["readable"].passed
    assert "REVIEW" in said["readable"].why


def test_a_break_without_continuation_does_not_pass_the_check():
    journey = read_journey(SOUND, "visit.toml", known())
    said = {c.check: c for c in checks.run(journey, continues=lambda k, s: False, has_earlier=True)}
    assert not said["continuation"].passed


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=20))
@settings(max_examples=50)
def test_a_median_of_buckets_is_within_three_per_cent(times):
    counts: dict[int, int] = {}
    for each in times:
        counts[bucket_of(each)] = counts.get(bucket_of(each), 0) + 1
    exact = sorted(times)[(len(times) - 1) // 2]
    assert abs(median_of(counts) - exact) <= 0.03 * exact + 0.05


@given(st.floats(0, 1e8))
@settings(max_examples=50)
def test_the_middle_of_a_bucket_lies_in_it(seconds):
    bucket = bucket_of(seconds)
    assert bucket == 0 or bucket_of(middle_of(bucket)) == bucket
