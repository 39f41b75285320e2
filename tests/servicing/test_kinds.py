"""Every kind says what it does, who may ask, what is needed and how long it takes."""

import re
from pathlib import Path

import pytest

from yilu import standards
from yilu.servicing import frame
from yilu.servicing.kinds import KINDS
from yilu.servicing.models import Request
from yilu.servicing.operations import NotPossibleNow
from yilu.servicing.operations.holding import move
from yilu.servicing.rules.standing import OPEN, TRANSITIONS

LISTS = Path(standards.__file__).parent / "catalogue" / "checklists"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_there_are_as_many_as_were_asked_for():
    assert len(KINDS) >= 24


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_kind_is_complete(kind):
    assert re.fullmatch(r"[a-z_]{3,30}", kind.code)
    assert CHINESE.search(kind.name)
    assert len(kind.in_words) >= 12, "what it does, and what happens next"
    assert kind.group in frame.GROUPS
    assert kind.who <= {*frame.ROLES}
    assert kind.who or not kind.about_policy
    assert kind.clock in {"CHANGE", "SURRENDER"}
    assert kind.doors <= frame.DOORS
    assert (LISTS / f"servicing_{kind.code}.toml").exists() == kind.papers, "asked for by a list"
    names = [field.name for field in kind.fields]
    assert len(names) == len(set(names))
    for field in kind.fields:
        assert CHINESE.search(field.label)
        assert field.only_if is None or field.only_if[0] in names
    if kind.second_party:
        assert kind.second_party in (frame.INSURED, frame.HEIR)
        named = any(field.kind == frame.HEIRS for field in kind.fields)
        assert named == (kind.second_party == frame.HEIR)
    assert callable(kind.check)
    assert callable(kind.quote)
    assert callable(kind.apply)


def test_every_way_out_is_in_the_hall():
    """E42: ending a contract is not hidden: at the customer's door, on a shelf like the others."""
    for code in ("surrender", "partial_surrender", "cooling_off"):
        assert frame.CUSTOMER in KINDS[code].doors, code
    assert KINDS["surrender"].clock == "SURRENDER"


def test_every_open_state_has_a_way_on_and_every_end_none():
    for state, following in TRANSITIONS.items():
        assert bool(following) == (state in OPEN), state


def test_only_a_persons_review_ends_in_a_refusal():
    assert [s for s, after in TRANSITIONS.items() if "REFUSED" in after] == ["IN_REVIEW"]


@pytest.mark.parametrize("state", TRANSITIONS)
def test_a_request_goes_only_where_its_state_leads(state):
    for to in TRANSITIONS:
        row = Request(state=state)
        if to in TRANSITIONS[state]:
            move(row, to)
            assert row.state == to
        else:
            with pytest.raises(NotPossibleNow):
                move(row, to)
            assert row.state == state
