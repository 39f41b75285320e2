"""A form adds up to a hundred; a fatal item is nothing; what does not apply falls to the rest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.quality.books import inspections as shipped
from yilu.quality.rules import auditing, recovering, scoring, wording
from yilu.quality.rules.books import BOOKS
from yilu.quality.rules.scoring import Answer, BadForm, BadScores
from yilu.quality.rules.wording import BadPhrases

TEXT = shipped.shipped()["form.claim"]
FORM = scoring.read(TEXT)


def full(form=FORM, **other):
    answers = {code: Answer(item.full) for code, item in form.items.items()}
    return answers | other


answers = st.fixed_dictionaries(
    {
        code: st.one_of(st.none(), st.integers(0, item.full)).map(lambda n: Answer(n, "看到了"))
        for code, item in FORM.items.items()
    }
)


@given(answers, st.sampled_from(sorted(FORM.items)))
@settings(max_examples=120)
def test_a_score_is_0_to_100_never_falls_with_more_points_and_is_0_where_something_is_fatal(
    given_, code
):
    told = scoring.score(FORM, given_)
    assert 0 <= told.score <= 100
    broken = [c for c, i in FORM.items.items() if i.fatal and given_[c].given == 0]
    assert (told.fatal, told.score == 0 or not broken) == (tuple(broken), True)
    assert told.passed == (not broken and told.score >= FORM.pass_mark)
    item = FORM.items[code]
    if given_[code].given is not None:
        better = scoring.score(FORM, {**given_, code: Answer(item.full)})
        assert better.score >= told.score
        assert code not in better.missed
    if given_[code].given == item.full and not item.fatal:
        without = scoring.score(FORM, {**given_, code: Answer(None)})
        assert without.score <= told.score


def test_what_does_not_apply_falls_to_the_rest():
    half = full(asked_once=Answer(10, "要了两次"), in_time=Answer(None))
    assert scoring.score(FORM, full()).score == 100
    assert scoring.score(FORM, half).score == 88  # 70 of 80
    assert scoring.score(FORM, half).missed == ("asked_once",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"asked_once": Answer(21)}, {"asked_once": Answer(-1, "x")}, {"asked_once": Answer(5)}, {"no_leak": Answer(0)},
        {"asked_once": Answer(5, "x" * 301)}, {"asked_once": Answer(20, "", "第三句")}, {"more": Answer(1)},
        {c: Answer(None) for c, i in FORM.items.items() if not i.fatal},
    ],
)  # fmt: skip
def test_a_form_not_filled_in_is_refused_with_the_item(wrong):
    with pytest.raises(BadScores) as refused:
        scoring.check(FORM, full(**wrong))
    assert refused.value.hint


def test_an_item_left_out_is_refused_and_evidence_is_a_turn_or_a_time():
    with pytest.raises(BadScores):
        scoring.check(FORM, {c: a for c, a in full().items() if c != "in_time"})
    scoring.check(
        FORM, full(in_time=Answer(3, "晚了", "#12"), asked_once=Answer(3, "x", "1:03:25"))
    )


@pytest.mark.parametrize("book", [b for b in BOOKS if b.startswith("form.")])
def test_shipped_forms_are_forms_whose_points_are_a_hundred(book):
    form = scoring.read(shipped.shipped()[book])
    assert sum(item.points for item in form.items.values()) == 100
    assert any(item.fatal for item in form.items.values())


@pytest.mark.parametrize(
    "text",
    [
        "title =", "x" * 40_001, TEXT.replace("points = 10", "points = 11", 1), TEXT.replace("pass_mark = 85", "pass_mark = 101"),
        TEXT.replace('"in_time"', '"asked_once"'), TEXT.replace('"in_time"', '"In time"'), TEXT.replace("fatal = true", "fatal = 1", 1),
        TEXT.replace("fatal = true", "fatal = true\npoints = 5", 1), TEXT.replace("points = 20", "points = 0", 1),
        TEXT.replace("points = 20", 'points = "20"', 1), TEXT + "\n[more]\n", 'title = "空"\npass_mark = 85\n',
        TEXT.replace('name = "时效"', 'name = ""'),
    ],
)  # fmt: skip
def test_a_broken_form_is_refused_with_what_to_mend(text):
    with pytest.raises(BadForm) as refused:
        scoring.read(text)
    assert refused.value.hint


PHRASES = shipped.shipped()["phrases"]


@pytest.mark.parametrize(
    "change",
    [
        ('say = ["不清楚"]', 'say = ["不"]'), ('say = ["不清楚"]', ""), ('code = "say_clearly"', 'code = "not_clear"'),
        ("{0,12}(收益", "*(收益"), ("(肯定|一定|绝对|百分之百|保证)(", "((肯定|一定){0,9}){0,9}("), ("{0,12}(收益", "{0,}(收益"),
        ("(收益|回报|利息|分红)\"\nunless", "(收益|回报\"\nunless"), ('where = "first"', 'where = "second"'), ("least = 2", "least = 0"),
        ('near = ["赔"]\n', ""), ("[complaint]", "[complaints]"), ('label = "首句问候"', 'label = ""'), ("[[forbidden]]", "[forbidden", ),
    ],
)  # fmt: skip
def test_a_broken_list_of_phrases_is_refused_and_slow_patterns_with_it(change):
    assert change[0] in PHRASES
    wording.read(PHRASES)
    with pytest.raises(BadPhrases) as refused:
        wording.read(PHRASES.replace(*change, 1))
    assert refused.value.hint


def test_a_recovery_does_not_end_empty():
    from datetime import date

    days = [date(2026, 3, n) for n in (2, 3, 4)]
    assert recovering.lacks("CONTENT", [])
    assert recovering.lacks("DONE", [("PHONE", True, days[0])])
    assert recovering.lacks("CONTENT", [("PHONE", False, days[0])])
    assert not recovering.lacks("CONTENT", [("PHONE", True, days[0])])
    assert recovering.lacks("UNREACHED", [("PHONE", False, day) for day in days])
    assert recovering.lacks("UNREACHED", [("LETTER", False, days[0])] * 3)
    written = [("PHONE", False, days[0]), ("PHONE", False, days[1]), ("LETTER", False, days[2])]
    assert not recovering.lacks("UNREACHED", written)


def test_a_third_partys_row_is_read_or_says_why_not():
    heading = ["序号", "机构", "触点", "检查 内容", "结果", "说明", "责任人", "整改期限"]
    at, columns = auditing.find_heading([["某某评测"], heading])
    assert at == 1
    good = ["1", "SH", "柜面", "工牌在左胸", "不符合", "没戴", "fu.wu", "2026/4/1"]
    line = auditing.read_row(good, columns)
    assert (line.touchpoint, line.result, line.due.isoformat()) == ("counter", "FAIL", "2026-04-01")
    for n, wrong in ((1, ""), (2, "食堂"), (3, "x" * 201), (4, "大概"), (5, ""), (5, "x" * 301), (7, "下周"),
                     (7, "2026-13-01")):  # fmt: skip
        assert isinstance(auditing.read_row([*good[:n], wrong, *good[n + 1 :]], columns), str)
    assert auditing.find_heading([["机构", "结果"]]) is None
    assert auditing.score(["KEPT", "FAIL", "NA", "KEPT"]) == 67
    assert auditing.score(["NA"]) is None
