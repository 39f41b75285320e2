"""Ranking, confidence and the shipped entries."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.knowledge import shipped
from yilu.knowledge.rules import confidence
from yilu.knowledge.rules.entries import Entry
from yilu.knowledge.rules.ranking import Evidence, Index
from yilu.knowledge.rules.text import units

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


@settings(max_examples=50)
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
    assert all(0 <= value <= 1 + 1e-9 for value in found.row())


def test_learning_tells_good_evidence_from_bad():
    good, bad = Evidence(1, 1, 1, 1, 0, 1), Evidence(0.1, 0.1, 0.2, 0, 0.8, 1)
    weights, bias = confidence.learn([good, bad] * 5, [True, False] * 5)
    model = confidence.Model(weights, bias, 0.5, 0.5)
    assert model.chance(good) > 0.9 > 0.1 > model.chance(bad)


def test_the_limit_is_the_lowest_that_keeps_the_promise():
    chances, right = [0.9, 0.8, 0.7, 0.6], [True, True, False, True]
    assert confidence.limit_for(chances, right, 1.0) == 0.8
    assert confidence.limit_for(chances, right, 0.75) == 0.6
    assert confidence.limit_for([0.9], [False], 0.5) == 1.0
