"""Pure rules: what a message is for, how often it may disturb, what a reply means, the signature."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.make import NOON
from yilu.messaging import matrix, rules, templates

MOMENTS = st.lists(st.integers(0, 10 * 86400), max_size=80).map(
    lambda ago: [NOON - timedelta(seconds=s) for s in ago]
)


@settings(max_examples=50)
@given(st.sampled_from(rules.PURPOSES), MOMENTS)
def test_a_cap_is_kept_in_every_window_and_ends(purpose, sent):
    until = rules.capped_until(purpose, sent, NOON)
    if purpose not in rules.CAPS:
        assert until is None
        return
    for span, most in rules.CAPS[purpose]:
        inside = [m for m in sent if m > NOON - span]
        if until is None:
            assert len(inside) < most
    if until is not None:
        assert until > NOON
        assert rules.capped_until(purpose, sent, until) is None


def test_codes_money_and_law_know_no_cap():
    assert {"CODE", "PAYMENT", "STATUTORY"}.isdisjoint(rules.CAPS)
    assert rules.PRIORITIES["CODE"] < min(
        rules.PRIORITIES[p] for p in rules.PURPOSES if p != "CODE"
    )


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("TD", "OUT"), ("t", "OUT"), (" R ", "OUT"), ("退订", "OUT"), ("ＴＤ", "OUT"), ("“退订”", "OUT"), ("回复TD", "OUT"),
        ("TD退订", "OUT"), ("td。", "OUT"), ("stop", "OUT"), ("HF", "BACK"), ("恢复", "BACK"),
        ("我要退订保单", ""), ("TD是什么意思", ""), ("谢谢", ""), ("", ""), ("RR", ""),
    ],
)  # fmt: skip
def test_only_the_whole_word_is_a_wish(text, wish):
    assert rules.read_wish(text) == wish


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("您好。【一路人寿】", "【一路人寿】您好。"), ("【一路人寿】您好。", "【一路人寿】您好。"), ("您好", "【一路人寿】您好"),
        ("【一路人寿】【一路人寿】您好【一路人寿】", "【一路人寿】您好"), ("【别家】您好", "【一路人寿】【别家】您好"),
    ],
)  # fmt: skip
def test_the_signature_stands_in_front_once(text, signed):
    assert rules.with_signature(text, "一路人寿") == signed


@pytest.mark.parametrize(
    ("purpose", "verdict"),
    [("CODE", "LEAVE"), ("PAYMENT", "CALL"), ("STATUTORY", "NEXT"), ("SERVICE", "NEXT"), ("MARKETING", "LEAVE")],
)  # fmt: skip
def test_a_text_about_money_in_doubt_is_never_sent_again(purpose, verdict):
    assert rules.after_doubt(purpose) == verdict


def test_only_marketing_needs_consent_and_stops_by_a_keyword():
    for purpose in rules.PURPOSES:
        for agreed in (True, False):
            for opted_out in (True, False):
                may = rules.may_disturb(purpose, agreed=agreed, opted_out=opted_out)
                assert may == (purpose != "MARKETING" or (agreed and not opted_out))


@settings(max_examples=50)
@given(st.floats(0, 100), st.integers(-100, 10_000), st.floats(0.1, 1000))
def test_a_bucket_never_holds_more_than_it_may_nor_loses_by_a_clock_that_runs_back(
    tokens, seconds, rate
):
    full = rules.refill(tokens, NOON, NOON + timedelta(seconds=seconds), rate=rate, burst=100)
    assert tokens <= full <= 100


def test_the_matrix_and_the_templates_know_each_other():
    known = templates.catalogue()
    listed = [m.template for stage in matrix.stages() for m in stage.moments]
    assert len(listed) == len(set(listed))
    for stage in matrix.stages():
        for moment in stage.moments:
            assert moment.purpose in rules.PURPOSES
            assert known[moment.template].purpose == moment.purpose
    stages = {stage.code: {m.template for m in stage.moments} for stage in matrix.stages()}
    assert list(stages) == [
        "ISSUE",
        "IN_FORCE",
        "PREMIUM",
        "CLAIM",
        "BENEFIT",
        "CHANGE",
        "CARE",
        "OTHER",
    ]
    assert len(stages["CLAIM"]) >= 5  # a claim is accompanied by five messages and more
    for code in ("ISSUE", "PREMIUM", "CLAIM", "BENEFIT", "CHANGE"):
        assert any(known[name].agent for name in stages[code]), code
