"""The hotline's flow: what is refused before anybody calls, and that nobody who calls is lost."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.contact.rules import ivr
from yilu.contact.rules.hotlines import Hotline
from yilu.contact.rules.ivr_reading import BadFlow, read_flow

TEXT = (Path(__file__).parents[2] / "src/yilu/contact/catalogue/ivr.toml").read_text(
    encoding="utf-8"
)
FLOW = read_flow(TEXT)
TODAY = date(2026, 11, 22)
OPEN, CLOSED = ivr.Around(True, TODAY), ivr.Around(False, TODAY, from_when="，明天 08:00 开始有人")
KEYS = st.one_of(
    st.sampled_from(["", "1", "2", "3", "8", "9", "0", "0#", "#", "123456", "12345*", "19880501", "99999999"]),
    st.text("0123456789*#", max_size=12),
)  # fmt: skip

LINES = st.builds(
    Hotline, entrance=st.sampled_from(["", "nowhere", *FLOW.entrances]),
    language=st.sampled_from(["zh", "en"]),
)  # fmt: skip


def walk(step, keys, around, outcome="ok"):
    """Go on through what is asked for, until a key is needed or the call is over."""
    seen = [step]
    for key in keys:
        while FLOW.nodes[step.state.node].kind in ("check", "tell") and not step.state.done:
            step = ivr.told(FLOW, step.state, outcome, around)
            seen.append(step)
        if step.state.done:
            break
        step = ivr.hear(FLOW, step.state, key, around)
        seen.append(step)
    return seen


@settings(max_examples=50, deadline=None)
@given(st.lists(KEYS, max_size=90), st.booleans(), st.sampled_from(["ok", "wrong"]), LINES)
def test_every_path_ends_and_silence_too(keys, is_open, outcome, line):
    around = OPEN if is_open else CLOSED
    seen = walk(ivr.begin(FLOW, around, line), [*keys, *[""] * 80], around, outcome)
    assert seen[-1].state.done == "ENDED" or (is_open and seen[-1].state.done == "QUEUED")
    assert all(step.says for step in seen if step.listen)


@settings(max_examples=50, deadline=None)
@given(st.lists(KEYS.filter(lambda k: k not in ("0", "0#")), max_size=30), st.booleans())
def test_zero_is_a_person_or_an_honest_word_wherever_keys_are_heard(keys, is_open):
    around = OPEN if is_open else CLOSED
    last = walk(ivr.begin(FLOW, around), keys, around)[-1]
    if last.state.done or last.listen is None:
        return
    step = ivr.hear(FLOW, last.state, "0", around)
    if is_open:
        assert step.state.done == "QUEUED"
        assert ivr.Ask("person") in step.asks
    else:
        assert any("没有人值班，明天 08:00" in text or "Nobody" in text for _p, text in step.says)


def test_three_wrong_identities_are_a_person_and_the_words_never_differ():
    keys = ["2", "123456", "19880501"]
    step = walk(ivr.begin(FLOW, OPEN), keys, OPEN)[-1]
    assert step.asks[-1] == ivr.Ask("check", "123456", "1988-05-01")
    said = []
    for _n in range(3):
        step = ivr.told(FLOW, step.state, "wrong", OPEN)
        said.append(step.says[0][1])
        if not step.state.done:
            step = walk(step, ["123456", "19880501"], OPEN, "")[-1]
    assert said == ["没有核对上，请再输一次。"] * 2 + ["没有核对上，为您转人工核对。"]
    assert step.state.done == "QUEUED"
    assert not step.state.kept


def test_who_was_checked_once_is_not_asked_again():
    step = walk(ivr.begin(FLOW, OPEN), ["2", "12345*", "19880501"], OPEN)[-1]
    assert step.asks[-1].first == "12345X"
    step = ivr.told(FLOW, step.state, "ok", OPEN)
    step = ivr.told(FLOW, step.state, "said", OPEN)
    step = walk(step, ["8", "3"], OPEN)[-1]
    assert step.asks[-1] == ivr.Ask("tell", "my_policies")


def test_what_was_keyed_goes_along_to_the_seat():
    seen = walk(ivr.begin(FLOW, OPEN), ["1", "2", "20261120"], OPEN)
    asks = [ask for step in seen for ask in step.asks]
    assert ivr.Ask("note", "claim_type", "ACCIDENT") in asks
    assert ivr.Ask("note", "loss_date", "2026-11-20") in asks
    assert ivr.Ask("reason", "REPORT", "accident") in asks
    assert asks[-1] == ivr.Ask("person")


def test_the_disasters_word_comes_first():
    step = ivr.begin(FLOW, replace(OPEN, green="台风来袭，报案不用材料。"))
    assert step.says[0] == ("green_notice", "台风来袭，报案不用材料。")
    step = ivr.hear(FLOW, step.state, "1", OPEN)
    assert step.asks[-1] == ivr.Ask("person")


def test_who_waits_may_be_called_back_instead():
    step = ivr.hear(FLOW, ivr.begin(FLOW, OPEN).state, "0", OPEN)
    assert ivr.hear(FLOW, step.state, "5", OPEN).state.done == "QUEUED"
    assert ivr.hear(FLOW, step.state, "1", OPEN).asks == (ivr.Ask("callback"), ivr.Ask("end"))


@pytest.mark.parametrize(
    ("shape", "digits", "read"),
    [
        ("tail", "12345*", "12345X"), ("tail", "12345", ""), ("tail", "*23456", ""),
        ("birth", "19880501", "1988-05-01"), ("birth", "19880231", ""), ("date", "20261123", ""),
        ("date", "18990101", ""), ("date", "2026112#", ""), ("other", "1", ""),
    ],
)  # fmt: skip
def test_keys_are_read_strictly(shape, digits, read):
    assert ivr.read_keys(shape, digits, TODAY) == read


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('next = "policy_check"', 'next = "nowhere"', "nodes.policy_birth：通往“nowhere”，没有这一处"),
        ('say = "感谢来电，再见。"', 'say = ""', "nodes.bye：没有写播报的文字"),
        ('en = "Thank you for calling. Goodbye."', "", "nodes.bye：没有写播报的文字"),
        ('kind = "language"', 'kind = "tongue"', "nodes.english：没有“tongue”这一类"),
        ('to = "en"', 'to = "en"\ncolour = "red"', "nodes.english：没有 colour 这一项"),
        ("keys = { 1 = \"bye\"", "keys = { 0 = \"bye\"", "nodes.after：按键 0：只能是 1 到 9、* 和 #；0 总是转人工"),
        ('sub_reason = "illness"', 'sub_reason = "boredom"', "nodes.report_illness：没有 REPORT.boredom 这个来访事由"),
        ('keep = "loss_date"', 'keep = "shoe_size"', "nodes.report_day：坐席页面上没有“shoe_size”这项信息"),
        ('what = "premium_due"', 'what = "secrets"', "nodes.premium_tell：没有“secrets”可以告知"),
        ('start = "greeting"', 'start = "gone"', "flow.start：没有“gone”这一处"),
        ('locked = "locked"', 'locked = "locked"\nspeed = 3', "flow：没有 speed 这一项"),
        ('"agents_line", ', '"bye", ', "flow.entrances：没有“bye”这个菜单"),
        ('"agents_line", ', '', "nodes.agents_line：没有一处通往这里"),
        ('to = "en"', 'to = 3', "nodes.english：to 的写法不对"),
        ('start = "greeting"', 'start = ["greeting"]', "flow.start：没有“['greeting']”这一处"),
        ('keys = { 1 = "bye"', 'keys = { 1 = 7', "nodes.after：keys 的写法不对"),
        ('[nodes.bye]', '[nodes.lonely]\nkind = "end"\nsay = "x"\nen = "x"\n[nodes.bye]', "nodes.lonely：没有一处通往这里"),
        ('to = "en"\nnext = "greeting"', 'to = "en"\nnext = "english"', "nodes.english：断头路：从这里走不到人工、回电或结束"),
        ('next = "claim_tail"', 'next = "claim_again"', "nodes.claim_again：断头路：从这里走不到人工、回电或结束"),
    ],
)  # fmt: skip
def test_a_flow_in_which_somebody_could_be_lost_is_refused_with_place_and_reason(old, new, reason):
    assert old in TEXT
    with pytest.raises(BadFlow) as refused:
        read_flow(TEXT.replace(old, new))
    assert reason in refused.value.problems


def test_a_fourth_level_of_menus_is_refused():
    deep = TEXT.replace(
        '8 = "greeting" }\n\n[nodes.report_illness]',
        '7 = "deep", 8 = "greeting" }\n\n[nodes.report_illness]',
    )
    menu = '\n[nodes.{}]\nkind = "menu"\nsay = "x"\nen = "x"\nkeys = {{ 1 = "{}" }}\n'
    with pytest.raises(BadFlow, match=r"nodes\.deeper：在第 3 层菜单以下"):
        read_flow(deep + menu.format("deep", "deeper") + menu.format("deeper", "bye"))


def test_what_is_no_table_is_refused():
    for text in ("not = = toml", "nodes = 3", "[nodes]\ngreeting = 1"):
        with pytest.raises(BadFlow):
            read_flow(text)


def test_the_main_menu_of_a_hotline_is_its_own_until_the_caller_asks_for_the_national_one():
    line = Hotline(entrance="claims_line", greeting="您好。")
    step = ivr.begin(FLOW, replace(OPEN, green="受灾客户优先。"), line)
    assert [name for name, _text in step.says] == ["green_notice", ivr.GREETING, "green"]
    where = []
    for key in (
        "2",
        "1",
        "8",
        "9",
        "1",
        "8",
        "8",
        "1",
        "8",
    ):  # back from the green route, from a report, in English
        step = ivr.hear(FLOW, step.state, key, OPEN)
        where.append(step.state.node)
    assert where == [
        "claims_line", "report", "claims_line", "claims_line", "report", "claims_line", "greeting",
        "report", "greeting",
    ]  # fmt: skip
    assert step.state.language == "en"
