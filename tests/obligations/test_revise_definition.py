"""revise_definition, end_definition, load_catalogue, and calendars that change."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from tests import make
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import SYSTEM, Ref
from yilu.obligations import operations, queries
from yilu.obligations.models import Clock, DefinitionChange, DefinitionVersion
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
CONTACT = "pledge.consultant_contact"
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def editor():
    return Ref("staff", make.staff(make.office(), "STANDARDS_EDITOR"))


def propose(actor, at=NOON, **given):
    defaults = {"code": FIVE, "changes": {"rule": rule(limit=3)}, "reason": "提速"}
    return operations.revise_definition(**{**defaults, **given}, actor=actor, at=at)


def second():
    return Ref("staff", make.staff(make.office(), "STANDARDS_EDITOR"))


def decide(do, actor=None, at=NOON, code=FIVE):
    change = DefinitionChange.objects.get(definition__code=code)
    return do(code=code, change_id=change.pk, actor=actor or second(), at=at)


def revise(actor, at=NOON, **given):
    """A row of law changed by two people; the version."""
    assert propose(actor, at, **given) is None
    return decide(operations.agree_to_change, at=at)


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
            propose(actor)
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
        ({"reason": "长" * 201}, operations.WrongDefinition),
        ({"code": CONTACT, "changes": {}, "effective_from": NOON - DAY}, operations.InThePast),
        ({"effective_from": datetime(2010, 4, 30, tzinfo=UTC)}, operations.BeforeTheOneInForce),
    ],
)
def test_a_revision_that_cannot_run_is_refused_and_nothing_changed(editor, given, refusal):
    with pytest.raises(refusal):
        propose(editor, **given)
    assert DefinitionVersion.objects.filter(definition__code__in=(FIVE, CONTACT)).count() == 2
    assert not DefinitionChange.objects.exists()


def test_a_change_before_one_already_planned_is_refused(editor):
    revise(editor, effective_from=NOON + 5 * DAY)
    with pytest.raises(operations.InThePast):
        propose(editor, effective_from=NOON + 3 * DAY)


class TestARowOfLaw:
    def test_changes_by_two_people_and_by_nobody_else(self, editor):
        happen(registered())
        assert propose(editor, effective_from=NOON + DAY) is None
        assert queries.definition(FIVE).limits == ("5 个工作日",)
        with pytest.raises(operations.SameHands):
            decide(operations.agree_to_change, editor)
        with pytest.raises(NotAllowed):
            decide(operations.agree_to_change, Ref("staff", make.staff(make.office(), "ASSESSOR")))
        assert DefinitionVersion.objects.filter(definition__code=FIVE).count() == 1

        agreed = second()
        assert decide(operations.agree_to_change, agreed) == 2
        made = DefinitionVersion.objects.get(definition__code=FIVE, number=2)
        assert (made.author, made.agreed_by, made.effective_from) == (
            str(editor), str(agreed), NOON + DAY,
        )  # fmt: skip
        assert queries.waiting_change(FIVE) is None
        facts = Event.objects.get(kind="obligations.definition_revised").facts
        assert facts["proposed_by"] == str(editor)

    def test_counts_from_its_own_day_though_that_is_over(self, editor):
        happen(registered())
        assert revise(editor, effective_from=NOON - 30 * DAY) == 2
        happen(registered(), about=Ref("claim", 2), at=NOON)

        assert queries.definition(FIVE, NOON - 31 * DAY).version == 1
        assert queries.definition(FIVE, NOON - 29 * DAY).version == 2
        assert [clock(FIVE, Ref("claim", n)).limit_amount for n in (1, 2)] == [5, 3]

    def test_becomes_our_own_promise_or_the_other_way_by_two_people_too(self, editor):
        for code, grade in ((FIVE, "PLEDGE"), (CONTACT, "LAW")):
            assert propose(editor, code=code, changes={"grade": grade}) is None
        assert queries.codes_waiting() == {FIVE, CONTACT}
        assert propose(editor, code="pledge.calculate_one_hour", changes={"title": "快"}) == 2

    def test_ends_by_two_people_with_a_reason(self, editor):
        with pytest.raises(operations.WrongDefinition):
            operations.end_definition(code=FIVE, actor=editor, at=NOON)
        told = {"code": FIVE, "reason": "法规废止", "actor": editor, "at": NOON}
        assert operations.end_definition(**told) is False
        assert queries.waiting_change(FIVE).ends
        assert queries.definition(FIVE, NOON + DAY).effective_to is None
        decide(operations.agree_to_change, at=NOON + DAY)
        assert queries.definition(FIVE).effective_to == NOON + DAY

    def test_is_left_as_it_is_where_the_change_is_dropped(self, editor):
        for actor, own in ((editor, True), (second(), False)):
            propose(editor)
            decide(operations.drop_change, actor)
            told = Event.objects.filter(kind="obligations.definition_change_dropped").latest("id")
            assert told.facts["by_author"] is own
        assert not DefinitionChange.objects.exists()
        assert queries.definition(FIVE).version == 1

    def test_nobody_agrees_to_what_they_did_not_read(self, editor):
        propose(editor)
        read = DefinitionChange.objects.get().pk
        propose(editor, changes={"rule": rule(limit=30)})
        told = {"code": FIVE, "change_id": read, "actor": second(), "at": NOON}
        for do in (operations.agree_to_change, operations.drop_change):
            with pytest.raises(operations.ChangeGone):
                do(**told)

        DefinitionChange.objects.update(version=7)  # another version came with an update meanwhile
        with pytest.raises(operations.ChangeGone):
            decide(operations.agree_to_change)
        assert queries.waiting_change(FIVE).stale

    def test_is_read_beside_what_counts_now(self, editor):
        stops = [*rule()["stop"], "claims.claim_paid"]
        propose(editor, changes={"rule": rule(limit=3, stop=stops), "title": "三个工作日内核定"})
        change = queries.waiting_change(FIVE)
        told = {each.label: each for each in change.differences}
        assert set(told) == {"名称", "时限", "完成"}
        assert (told["时限"].before, told["时限"].after) == (("5 个工作日",), ("3 个工作日",))
        assert len(told["完成"].after) == len(told["完成"].before) + 1
        assert (change.author, change.starts, change.stale) == (editor, None, False)


def test_an_ended_promise_starts_no_clock_and_does_not_come_back(editor):
    operations.end_definition(code=FIVE, reason="废止", actor=editor, at=NOON)
    decide(operations.agree_to_change)
    assert operations.load_catalogue(NOON) == 0
    happen(registered(), at=NOON)
    assert not Clock.objects.filter(code=FIVE).exists()
    with pytest.raises(operations.UnknownDefinition):
        propose(editor, at=NOON + DAY)


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
    assert queries.definition(FIVE).effective_from == NOON


def test_a_row_of_law_brought_in_with_another_day_gets_its_law_s_own():
    old = DefinitionVersion.objects.filter(definition__code=FIVE)
    old.update(effective_from=datetime(2020, 1, 1, tzinfo=UTC), shipped="as it was")
    assert [operations.load_catalogue(NOON) for _ in range(2)] == [1, 0]
    assert old.get().effective_from == local("2010-05-01T00:00")


@pytest.mark.parametrize("day", [date(2026, 2, 1), date(2026, 9, 1)])
def test_a_newer_law_that_is_shipped_counts_from_its_own_day(monkeypatch, day):
    from yilu.obligations.operations import shipping

    given = [
        d | {"digest": "new", "text": "新规", "effective_from": day}
        for d in shipping.shipped()
        if d["code"] == FIVE
    ]
    monkeypatch.setattr(shipping, "shipped", lambda: given)
    assert operations.load_catalogue(NOON) == 1
    assert local(f"{day}T00:00") == queries.definition(FIVE).effective_from
    assert queries.definition(FIVE, local(f"{day}T00:00") - DAY).version == 1


@pytest.mark.parametrize("given", operations.shipped(), ids=lambda d: d["code"])
def test_every_shipped_promise_can_run_and_says_where_it_comes_from(given):
    read = read_rule(given["rule"], REGISTRY)
    assert given["citation"]
    assert given["text"]
    assert given["title_en"]
    assert read.owner_role in queries.OWNER_LABELS
    assert (given["grade"] == "LAW") == given["code"].startswith("law.")
    if given["grade"] == "LAW":
        assert given["effective_from"], "the day of its law"
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
