"""Ranking, confidence and the shipped entries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yilu.knowledge import shipped
from yilu.knowledge.rules import confidence
from yilu.knowledge.rules.entries import Entry
from yilu.knowledge.rules.ranking import Evidence, Index
from yilu.knowledge.rules.text import units

ROOT = Path(__file__).resolve().parents[2]

WORDS = st.sampled_from(
    (
        "",
        "？",
        "理赔要多少天",
        "怎么借款",
        "保单退多少",
        "多少天 abc 1",
        "理赔",
        "怎么理赔",
        "abc",
        "天天天",
    )
)


def shipped_index() -> tuple[Index, tuple[Entry, ...]]:
    index, known = Index(), shipped.entries()
    for key, entry in enumerate(known):
        index.put(key, (entry.asked, *entry.phrasings), entry.answer)
    return index, known


def test_shipped_entries_are_many_distinct_and_have_their_source():
    known = shipped.entries()
    assert len(known) >= 120
    assert len({entry.code for entry in known}) == len(known)
    every = [text for entry in known for text in (entry.asked, *entry.phrasings)]
    assert len(set(every)) == len(every), "a phrasing belongs to one question"
    for entry in known:
        assert entry.source, entry.code
        assert len(entry.phrasings) >= 3, entry.code
        assert 10 <= len(entry.answer) <= 600, entry.code


def test_what_is_asked_as_it_is_written_is_found():
    index, known = shipped_index()
    model = shipped.model()
    sure = 0
    for key, entry in enumerate(known):
        hits = index.search(entry.asked)
        assert hits[0].key == key, entry.asked
        sure += model.chance(index.evidence(entry.asked, hits)) >= model.sure
    assert sure > 0.9 * len(known)


def test_nobody_is_surely_answered_what_we_know_nothing_of():
    index, _known = shipped_index()
    model = shipped.model()
    asked = shipped.strangers()
    sure = [t for t in asked if model.chance(index.evidence(t, index.search(t))) >= model.sure]
    assert len(sure) < 0.1 * len(asked), sure


def test_synonyms_are_made_one():
    assert units("如何索赔") == units("怎么理赔")
    assert units("ＶＩＰ客户１２") == ["vip", "客", "户", "12"]


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 5), st.lists(WORDS, max_size=3), WORDS), max_size=8), WORDS
)
def test_an_index_is_the_same_however_it_came_to_be(puts, asked):
    grown, kept = Index(), {}
    for key, phrasings, answer in puts:
        grown.put(key, phrasings, answer)
        kept[key] = (phrasings, answer)
    fresh = Index()
    for key, (phrasings, answer) in kept.items():
        fresh.put(key, phrasings, answer)
    assert [(h.key, round(h.score, 9)) for h in grown.search(asked)] == [
        (h.key, round(h.score, 9)) for h in fresh.search(asked)
    ]
    for key in list(kept):
        grown.drop(key)
    assert grown.search(asked) == ()


@settings(max_examples=30)
@given(WORDS)
def test_evidence_stays_within_bounds(asked):
    index = Index()
    index.put(1, ["理赔多少天"], "三十天")
    found = index.evidence(asked, index.search(asked))
    assert all(0 <= value <= 1 + 1e-9 for value in replace(found, lead=abs(found.lead)).row())


def test_learning_tells_good_evidence_from_bad():
    good = Evidence(1, 1, 1, 1, 0, 1, 1, 1, 1, 1)
    bad = Evidence(0.1, 0.1, 0.2, 0, 0.8, 1, 0, 0, 0, 0)
    weights, bias = confidence.learn([good, bad] * 5, [True, False] * 5)
    model = confidence.Model(weights, bias, 0.5, 0.5)
    assert model.chance(good) > 0.9 > 0.1 > model.chance(bad)


def test_the_limit_is_the_lowest_that_keeps_the_promise():
    chances, right = [0.9, 0.8, 0.7, 0.6], [True, True, False, True]
    assert confidence.limit_for(chances, right, 1.0) == 0.8
    assert confidence.limit_for(chances, right, 0.75) == 0.6
    assert confidence.limit_for([0.9], [False], 0.5) == 1.0


def test_the_curve_says_what_every_limit_would_do():
    chances, right = [0.9, 0.8, 0.7, 0.6], [True, True, False, True]
    curve = confidence.curve_of(chances, right, [0.65, 0.85, 0.95])
    assert [(p.precision, p.coverage) for p in curve] == [(2 / 3, 0.75), (1.0, 0.25), (1.0, 0.0)]


def test_the_limit_in_use_keeps_what_was_declared():
    model = shipped.model()
    nearest = min(model.curve, key=lambda point: abs(point.limit - model.sure))
    assert nearest.precision >= model.least_sure - 0.02
    assert model.offer < model.sure


def test_nothing_to_be_measured_with_was_learned_from():
    lines = (ROOT / "bench" / "answers_of_ours.tsv").read_text(encoding="utf-8").splitlines()
    measured = {line.split("\t")[0] for line in lines if not line.startswith("#")}
    codes = {entry.code for entry in shipped.entries()}
    known = {text for entry in shipped.entries() for text in (entry.asked, *entry.phrasings)}
    practised = {text for text, _code in shipped.practice()}
    assert not practised & (measured | known)
    assert {code for _text, code in shipped.practice()} - {""} <= codes


def test_another_subject_is_seen_though_the_words_are_alike():
    index = Index()
    index.put(1, ["赔款多久到账"], "三十天")
    asked = "借款几天到账"
    found = index.evidence(asked, index.search(asked))
    assert (found.subjects, found.wanted) == (0.0, 1.0)
    assert index.evidence("赔款到账要几天", index.search("赔款到账要几天")).subjects == 1.0
