"""What the editor of a promise sees: conditions in words, and what its clocks would say."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from yilu.obligations import operations, queries
from yilu.obligations.rules import wording
from yilu.obligations.rules.definitions import DefinitionError, read_when

CATALOGUE = Path(wording.__file__).parents[1] / "catalogue"
MONDAY = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)  # ten in Shanghai

texts = st.from_regex(r"[A-Z][A-Z_0-9]{0,8}", fullmatch=True)
values = st.one_of(st.booleans(), st.lists(texts, min_size=1, max_size=3, unique=True), texts)
conditions = st.dictionaries(
    st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True),
    st.one_of(values, values.map(lambda v: {"not": v if isinstance(v, list) else [v]})),
    max_size=3,
)


def types_of(when):
    bare = {k: v["not"][0] if isinstance(v, dict) else v for k, v in when.items()}
    return {k: "bool" if isinstance(v, bool) else "str" for k, v in bare.items()}


@given(conditions)
def test_a_condition_is_read_back_as_it_was_written(when):
    again = wording.read_condition(wording.write_condition(when), types_of(when))
    assert read_when(again) == read_when(when)


@pytest.mark.parametrize("name", ["law.toml", "pledges.toml"])
def test_every_shipped_condition_survives_its_editor(name):
    rules = tomllib.loads((CATALOGUE / name).read_text(encoding="utf-8"))["obligation"]
    rows = [
        row
        for rule in rules
        for part in ("start", "stop", "cancel", "grid")
        for row in rule.get(part, ())
    ]
    for when in (row.get("when", {}) for row in rows):
        again = wording.read_condition(wording.write_condition(when), types_of(when))
        assert read_when(again) == read_when(when)


@pytest.mark.parametrize(
    "text", ["complete", "complete = ", "复杂 = 是", "complete = 也许", "n = x"]
)
def test_what_is_no_condition_is_named(text):
    with pytest.raises(DefinitionError, match="条件"):
        wording.read_condition(text, {"complete": "bool", "n": "int"})


RULE = {
    "start": [{"on": "claims.claim_registered"}],
    "stop": [{"on": "claims.claim_approved"}],
    "limit": 5,
    "unit": "WORKING_DAYS",
    "grid": [{"when": {"band": "UNDER_3K"}, "limit": 4, "unit": "WORKING_HOURS"}],
    "warn": ["60%", {"at": "-1d", "queue": "claims.review"}],
    "escalate": [{"after_minutes": 30, "queue": "obligations.breach", "role": "TEAM_LEAD"}],
}


class TestPreview:
    @pytest.fixture(autouse=True)
    def _calendar(self, db):
        make.standards_in_force()

    def test_says_each_case_its_deadline_and_what_happens_on_the_way(self):
        small, usual = queries.preview(RULE, start=MONDAY, office_id=0)

        assert small.case == "band = UNDER_3K"
        assert f"{small.due_at:%m-%d %H:%M}" == "03-09 15:30"  # four hours with the lunch break
        assert (str(usual.limit), usual.case) == ("5 个工作日", "")
        assert f"{usual.due_at:%m-%d %H:%M}" == "03-16 18:00"
        assert [p.is_warning for p in usual.points] == [True, True, False]
        assert (usual.points[-1].at - usual.due_at).total_seconds() == 30 * 60
        assert usual.points[1].queue == "claims.review"

    def test_saves_nothing(self, django_assert_max_num_queries):
        before = queries.definition_versions("law.decide_five_working_days", make.NOON)
        with django_assert_max_num_queries(6):
            queries.preview(RULE, start=MONDAY, office_id=0)
        assert queries.definition_versions("law.decide_five_working_days", make.NOON) == before

    def test_of_a_rule_that_cannot_run_says_why(self):
        with pytest.raises(operations.WrongDefinition, match="没有这个事件"):
            queries.preview(RULE | {"stop": [{"on": "no.such"}]}, start=MONDAY, office_id=0)

    def test_marks_a_deadline_in_a_year_nobody_has_announced(self):
        far = datetime(2030, 3, 4, 2, 0, tzinfo=UTC)
        assert queries.preview(RULE, start=far, office_id=0)[-1].provisional
