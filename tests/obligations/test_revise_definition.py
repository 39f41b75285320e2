"""revise_definition, end_definition, load_catalogue, and calendars that change."""

import re
from datetime import date, timedelta

import pytest

from tests import make
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import SYSTEM, Ref
from yilu.obligations import operations, queries
from yilu.obligations.models import Clock, DefinitionVersion
from yilu.obligations.rules.definitions import DefinitionError, read_rule
from yilu.standards import operations as standards

from .conftest import (
    CLAIM,
    NOON,
    clock,
    happen,
    local,
    materials_arrived,
    notice_arrived,
    registered,
)

FIVE = "law.decide_five_working_days"
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def editor():
    return Ref("staff", make.staff(make.office(), "STANDARDS_EDITOR"))


def revise(actor, at=NOON, **given):
    defaults = {"code": FIVE, "changes": {"rule": rule(limit=3)}, "reason": "提速"}
    return operations.revise_definition(**{**defaults, **given}, actor=actor, at=at)


def rule(**changes):
    return {
        **DefinitionVersion.objects.filter(definition__code=FIVE).latest("number").rule,
        **changes,
    }


def test_a_revision_counts_from_its_day_and_never_for_running_clocks(editor):
    happen(registered())
    assert revise(editor, effective_from=NOON + DAY) == 2
    happen(registered(), about=Ref("claim", 2), at=NOON + DAY)
    happen(registered(), about=Ref("claim", 3), at=NOON + DAY - timedelta(seconds=1))

    assert [clock(FIVE, Ref("claim", n)).limit_amount for n in (1, 2, 3)] == [5, 3, 5]
    assert queries.definition(FIVE, NOON).version == 1
    assert queries.definition(FIVE, NOON + DAY).limits == ("3 个工作日",)
    assert Event.objects.get(kind="obligations.definition_revised").facts["version"] == 2


def test_a_revision_needs_the_right(editor):
    stranger = Ref("staff", make.staff(make.office(), "ASSESSOR"))
    for actor in (stranger, Ref("party", 1), SYSTEM):
        with pytest.raises(NotAllowed):
            revise(actor)
        with pytest.raises(NotAllowed):
            operations.end_definition(code=FIVE, actor=actor, at=NOON)
    assert queries.definition(FIVE).version == 1


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"code": "law.nothing"}, operations.UnknownDefinition),
        ({"reason": " "}, operations.WrongDefinition),
        ({"changes": {"code": "x"}}, operations.WrongDefinition),
        ({"changes": {"title": ""}}, operations.WrongDefinition),
        ({"changes": {"grade": "RUMOUR"}}, operations.WrongDefinition),
        ({"changes": {"rule": {}}}, operations.WrongDefinition),
        ({"effective_from": NOON - DAY}, operations.InThePast),
    ],
)
def test_a_revision_that_cannot_run_is_refused_and_nothing_changed(editor, given, refusal):
    with pytest.raises(refusal):
        revise(editor, **given)
    assert DefinitionVersion.objects.filter(definition__code=FIVE).count() == 1


def test_a_change_before_one_already_planned_is_refused(editor):
    revise(editor, effective_from=NOON + 5 * DAY)
    with pytest.raises(operations.InThePast):
        revise(editor, effective_from=NOON + 3 * DAY)


def test_an_ended_promise_starts_no_clock_and_does_not_come_back(editor):
    operations.end_definition(code=FIVE, actor=editor, at=NOON)
    assert operations.load_catalogue(NOON) == 0
    happen(registered(), at=NOON)
    assert not Clock.objects.filter(code=FIVE).exists()
    with pytest.raises(operations.UnknownDefinition):
        revise(editor, at=NOON + DAY)


def test_load_catalogue_is_safe_to_repeat_and_keeps_revisions(editor):
    count = DefinitionVersion.objects.count()
    assert operations.load_catalogue(NOON) == 0
    revise(editor, at=NOON + DAY)
    assert operations.load_catalogue(NOON + DAY) == 0
    assert DefinitionVersion.objects.count() == count + 1


def test_a_changed_shipped_promise_becomes_a_new_version(monkeypatch):
    from yilu.obligations.operations import shipping

    given = [d | {"digest": "new"} for d in shipping.shipped() if d["code"] == FIVE]
    monkeypatch.setattr(shipping, "shipped", lambda: given)
    assert operations.load_catalogue(NOON) == 1
    assert queries.definition(FIVE).version == 2


@pytest.mark.parametrize("given", operations.shipped(), ids=lambda d: d["code"])
def test_every_shipped_promise_can_run_and_says_where_it_comes_from(given):
    read = read_rule(given["rule"], REGISTRY)
    assert given["citation"]
    assert given["text"]
    assert given["title_en"]
    assert read.owner_role in queries.OWNER_LABELS
    assert (given["grade"] == "LAW") == given["code"].startswith("law.")
    if given["grade"] == "PLEDGE":
        assert re.search(r"（[AE]\d", given["citation"]), "a capability's number, or a regulation's"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"limit": 0}, "大于零"),
        ({"limit": "5"}, "大于零"),
        ({"unit": "WEEKS"}, "没有这个单位"),
        ({"start": []}, "至少需要"),
        ({"start": [{"on": "claims.claim_forgotten"}]}, "没有这个事件"),
        (
            {"start": [{"on": "claims.claim_registered", "when": {"colour": "red"}}]},
            "没有这些内容：colour",
        ),
        ({"start": [{"on": "claims.claim_registered", "ordinal": "n"}]}, "没有这些内容：n"),
        ({"stop": [{"on": "claims.claim_paid", "when": {"amount": {"over": 1}}}]}, "写法有误"),
        ({"stop": [{"on": "claims.claim_paid", "when": {"amount": 1.5}}]}, "只能是"),
        ({"stop": "claims.claim_paid"}, "一组事件"),
        ({"warn": ["soon"]}, "提醒点写法有误"),
        ({"warn": ["100%"]}, "到期之前"),
        ({"escalate": [{"after_minutes": -1, "queue": "x"}]}, "升级步骤"),
        ({"pause": [{"cause": "X"}]}, "暂停原因缺少"),
        ({"unit": "YEARS"}, "不能暂停"),
        ({"colour": 1}, "不认识的字段"),
    ],
)
def test_a_rule_that_cannot_run_says_why(broken, reason):
    with pytest.raises(DefinitionError, match=reason):
        read_rule(rule(**broken), REGISTRY)


# -- calendars that change ----------------------------------------------------------------------


def close(day, office_id=0):
    standards.set_day(
        office_id=office_id, day=day, is_working=False, reason="台风", actor=SYSTEM, at=NOON
    )
    journal.run_reactions(NOON)


def test_a_new_day_off_moves_the_running_deadlines_that_span_it():
    happen(registered())
    happen(registered(), about=Ref("claim", 2), at=local("2026-03-16T09:00"))
    close(date(2026, 3, 10))

    assert clock(FIVE).due_at == local("2026-03-12T18:00")
    assert clock(FIVE, Ref("claim", 2)).due_at == local("2026-03-23T18:00")
    assert clock("law.decide_thirty_days").due_at == local("2026-04-03T23:59:59")


def test_a_resumed_clock_keeps_what_it_had_used():
    happen(registered(), at=local("2026-03-04T12:00"))
    happen(notice_arrived(), at=local("2026-03-06T10:00"))
    happen(materials_arrived(), at=local("2026-03-16T09:00"))
    close(date(2026, 3, 18))

    assert clock(FIVE).due_at == local("2026-03-20T18:00")


def test_an_office_s_day_off_leaves_other_offices_alone():
    happen(registered())
    close(date(2026, 3, 10), office_id=7)
    assert clock(FIVE).due_at == local("2026-03-11T18:00")
    assert CLAIM.id == 1
