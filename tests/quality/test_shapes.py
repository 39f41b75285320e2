"""Texts in versions: written back as they are read, told apart field by field, refused with the place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.quality.books import courses as shipped_courses
from yilu.quality.books import drills, inspections, standards
from yilu.quality.rules import clients, courses, manners, sampling, scenarios, scoring, wording
from yilu.quality.rules import standards as standard_rules
from yilu.quality.rules.scenarios import BadScenario

BOOKS = inspections.shipped()
EVERY = [
    *((courses.shape(roles={}, drills={}), text) for text in shipped_courses.shipped().values()),
    *((scenarios.SHAPE, text) for text in drills.shipped().values()),
    *((standard_rules.SHAPE, text) for text in standards.shipped().values()),
    *((scoring.SHAPE, text) for book, text in BOOKS.items() if book.startswith("form.")),
    (sampling.shape(roles={}, offices={}), BOOKS["plan"]), (wording.SHAPE, BOOKS["phrases"]),
    (clients.SHAPE, BOOKS["clients"]), (manners.SHAPE, BOOKS["manner"]),
]  # fmt: skip
SLOW = drills.shipped()["slow_claim"]


def test_every_shipped_text_reads_the_same_after_it_was_written_back():
    for shape, text in EVERY:
        assert shape.read(shape.write(shape.read(text))) == shape.read(text)
        assert shape.differences(text, shape.write(shape.read(text))) == []


def _kept(typed: str) -> str:
    return typed.replace("\x7f", "").strip()  # the one sign a text of ours cannot hold


@given(st.text(min_size=1, max_size=80).filter(_kept))
@settings(max_examples=50, deadline=None)
def test_whatever_is_typed_comes_back(typed):
    told = scenarios.SHAPE.read(SLOW) | {"customer": typed}
    again = scenarios.SHAPE.read(scenarios.SHAPE.write(told))
    assert again["customer"] == _kept(typed)


def test_a_row_moved_is_the_same_row_and_a_changed_word_is_one_difference():
    told = scenarios.SHAPE.read(SLOW)
    told["fact"] = [told["fact"][1], told["fact"][0], *told["fact"][2:]]
    assert scenarios.SHAPE.differences(SLOW, scenarios.SHAPE.write(told)) == []
    (found,) = scenarios.SHAPE.differences(SLOW, SLOW.replace('"病历"]', '"病历", "回复"]'))
    assert (found.place, found.was, found.now) == ("要说清的事 2", "", "回复")


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [("patience = 48", "patience = 4", "", "5 到 95"), ('any = ["医院", "病历"]', "any = []", "fact.1", "要说清的事 2"),
     ("turns = 12", 'turns = "很多"', "", "最多说几句"), ('code = "why"', 'code = "where"', "", "同一个编号"),
     ("minutes = 15", "minutes = 15\nmood = 1", "", "mood"), ("title = ", "title =", "", ""),
     ("pass_mark = 75", "pass_mark = 75\n[points]\nopening = 99", "points", "现在是 99")],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(old, new, place, says):
    assert old in SLOW
    text = SLOW.replace(old, new, 1)
    if "points" in place:
        text = SLOW + "\n[points]\nopening = 99\n"
    if old == "title = ":
        text = "title ="
    with pytest.raises(BadScenario) as refused:
        scenarios.read(text)
    assert refused.value.place == place
    assert says in refused.value.hint


@pytest.mark.parametrize(
    ("old", "new"),
    [("irritable_from = 30", "irritable_from = 60"), ("forbidden = -25", "forbidden = 25"), ("fact = 6", "fact = -1"),
     ("{words}", "{word}"), ("“{words}”是什么意思", "“{words”是什么意思"), ("那到底什么时候", "{words}到底什么时候")],
)  # fmt: skip
def test_customers_to_practise_with_stay_customers(old, new):
    assert old in BOOKS["manner"]
    with pytest.raises(manners.BadManner):
        manners.read(BOOKS["manner"].replace(old, new, 1))
