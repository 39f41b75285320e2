import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.letters import desk
from yilu.kernel import tx
from yilu.letters import operations, queries, rules
from yilu.letters.models import IssuedLetter

pytestmark = pytest.mark.django_db


def test_orders_a_letter_in_one_statement(django_assert_num_queries):
    party_id = make.party(make.office())
    with django_assert_num_queries(3):
        letter_id = desk.order(party_id=party_id)
    (letter,) = queries.list_letters(desk.CLAIM)
    assert (letter.id, letter.state, letter.kind) == (letter_id, "PENDING", "DECISION")
    assert letter.number == f"JD2026{letter_id:010d}"
    assert len(letter.code) == 19  # four groups of four


@pytest.mark.parametrize("kind", rules.SHAPES)
@pytest.mark.parametrize("fault", ["missing", "surplus", "empty"])
def test_refuses_wrong_facts_before_anything_is_ordered(kind, fault):
    needed = next(n for n, of in rules.SHAPES[kind].needed.items() if of == "text")
    given_ = {"surplus": {"mood": "x"}, "empty": {needed: " "}, "missing": {}}[fault]
    facts = desk.facts(kind, 1, **given_)
    if fault == "missing":
        del facts[needed]
    with pytest.raises(operations.WrongFacts):
        tx.use_case(operations.issue)(
            kind=kind, about=desk.CLAIM, party_id=1, facts=facts, actor=desk.CLERK, at=make.NOON
        )
    assert not IssuedLetter.objects.exists()


@pytest.mark.parametrize(
    "given_",
    [
        {"amount": "12.345"}, {"amount": 5}, {"decided_on": "4 March"}, {"basis": []}, {"basis": "x"},
        {"basis": [1]}, {"insured_id": "1"}, {"insured_id": 0}, {"insured_id": True},
        {"pay_by": "2026-03-06T10:00:00"}, {"event": "x" * 4001},
    ],
)  # fmt: skip
def test_refuses_facts_of_another_kind(given_):
    with pytest.raises(rules.BadFacts):
        rules.check_facts("DECISION", desk.facts("DECISION", 1, **given_))


@pytest.mark.parametrize(
    "lines",
    [[], [{"label": "x", "amount": "1.00"}], [{"label": "x", "amount": "one", "explanation": ""}], [5],
     [{"label": "x", "amount": "1.00", "explanation": "", "extra": ""}]],
)  # fmt: skip
def test_refuses_rows_that_are_not_whole(lines):
    with pytest.raises(rules.BadFacts):
        rules.check_facts("STATEMENT", desk.facts("STATEMENT", 1, lines=lines))


def test_refuses_an_unknown_kind():
    with pytest.raises(rules.BadFacts):
        rules.check_facts("POEM", {})


@given(st.binary(min_size=10, max_size=16))
def test_a_code_reads_back_however_it_is_typed(random):
    code = rules.code_from(random)
    assert len(code) == rules.CODE_LENGTH
    assert not set(code) & set("01OI")
    assert rules.tidy_code(f" {rules.grouped(code).lower()} ") == code


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_two_numbers_never_share_a_code(one, other):
    assert (rules.code_from(one) == rules.code_from(other)) == (one == other)


@pytest.mark.parametrize("text", ["", "ABC", "O" * 16, "一" * 16, "A" * 17])
def test_what_cannot_be_a_code_is_none(text):
    assert rules.tidy_code(text) == ""


@given(st.text(max_size=40))
def test_without_rare_names_every_character_it_leaves_out(text):
    shown, missing = rules.without_rare(text, lambda c: c < "\u9fff")
    assert shown.count(rules.MISSING_GLYPH) - text.count(rules.MISSING_GLYPH) == len(missing)
    assert all(name.startswith("U+") for name in missing)
