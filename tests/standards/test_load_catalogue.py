"""load_catalogue …"""

import copy

import pytest

from yilu.kernel.tables import check_table, compile_table
from yilu.standards import operations, queries, rules, shipped
from yilu.standards.checklists import area_of, checklist_problems
from yilu.standards.models import CalendarDay, ChecklistVersion, TableVersion

from .conftest import ALICE, BOB, NOON

pytestmark = pytest.mark.django_db


def test_brings_in_the_shipped_standards_once():
    assert operations.load_catalogue(NOON) > 10
    counts = [m.objects.count() for m in (CalendarDay, ChecklistVersion, TableVersion)]

    assert operations.load_catalogue(NOON) == 0

    assert [m.objects.count() for m in (CalendarDay, ChecklistVersion, TableVersion)] == counts
    assert counts[0] == len(shipped.calendar_days())


def test_keeps_what_the_insurer_published():
    operations.load_catalogue(NOON)
    operations.make_draft(code="claims.sampling", actor=ALICE, at=NOON)
    revision = operations.put_cells(
        code="claims.sampling", cells={(1, "share"): "0.5"}, revision=0, actor=ALICE, at=NOON
    )
    cases = [{"name": "一半", "inputs": {"programme": "FAST"}, "expect": {"share": "0.5"}}]
    revision = operations.put_cases(
        code="claims.sampling", cases=cases, revision=revision, actor=ALICE, at=NOON
    )
    operations.publish(code="claims.sampling", revision=revision, actor=BOB, at=NOON)

    assert operations.load_catalogue(NOON) == 0


def test_a_changed_shipped_table_becomes_a_new_version(monkeypatch):
    operations.load_catalogue(NOON)
    given = [
        copy.deepcopy(t) | {"digest": "new"}
        for t in shipped.tables()
        if t["code"] == "claims.sampling"
    ]
    given[0]["rows"][0][1] = "0.06"
    given[0]["case"][0]["expect"]["share"] = "0.06"
    monkeypatch.setattr(shipped, "tables", lambda: given)

    assert operations.load_catalogue(NOON) == 1

    assert queries.decide("claims.sampling", {"programme": "FAST"}, NOON).version == 2


@pytest.mark.parametrize("given", shipped.tables(), ids=lambda t: t["code"])
def test_every_shipped_table_is_complete_and_passes_its_cases(given):
    table = rules.read_table(
        given["code"],
        1,
        given["hit"],
        given["complete"],
        given["input"],
        given["output"],
        given["rows"],
    )
    assert check_table(table) == ()
    assert given["case"]
    assert rules.failing_cases(compile_table(table), given["case"]) == ()


@pytest.mark.parametrize("given", shipped.checklists(), ids=lambda c: c["subject"])
def test_every_shipped_checklist_is_sound(given):
    assert checklist_problems(given["items"], area_of(given["subject"])) == []
