"""Two hands on one figure, on real connections: one of them is told, nobody waits in a circle."""

from datetime import timedelta

import pytest

from tests import make
from tests.in_a_row import stopped_by
from tests.payments.test_at_the_same_time import at_once
from tests.standards.conftest import ALICE, BOB, NOON
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.standards import operations
from yilu.standards.models import ChecklistVersion, FigureVersion, ProgrammeVersion
from yilu.standards.terms import CHECKS

pytestmark = pytest.mark.django_db(transaction=True)
SHARE = "policies.loan_share"
CAROL = Ref("staff", 3)


@pytest.fixture
def proposed():
    make.house_standards(NOON)
    return propose()


def propose(value="70", by=ALICE, revision=0):
    return operations.draft_figure(
        code=SHARE, value=value, effective_from=day_of(NOON) + timedelta(days=2), reason="控制风险",
        revision=revision, actor=by, at=NOON,
    )  # fmt: skip


def publish(revision, by=BOB):
    return operations.publish_figure(code=SHARE, revision=revision, actor=by, at=NOON)


def names(results):
    return sorted(type(each).__name__ for each in results)


def happened(kind):
    return Event.objects.filter(kind=f"standards.{kind}").count()


def test_two_publish_it_once(proposed):
    results = at_once(lambda: publish(1, BOB), lambda: publish(1, CAROL))
    assert names(results) == ["NoFigureDraft", "date"]
    assert happened("figure_published") == 1


def test_two_propose_and_one_is_kept():
    make.house_standards(NOON)
    results = at_once(lambda: propose("70", ALICE), lambda: propose("60", BOB))
    assert names(results)[1] == "int"
    assert names(results)[0] in {"DraftExists", "StaleDraft"}
    assert FigureVersion.objects.filter(code=SHARE, state="DRAFT").count() == 1
    assert happened("figure_drafted") == 1


def test_it_is_given_up_or_published(proposed):
    def give_up():
        operations.discard_figure_draft(code=SHARE, revision=1, actor=ALICE, at=NOON)

    results = at_once(give_up, lambda: publish(1))
    assert "NoFigureDraft" in names(results)
    assert happened("figure_published") + happened("figure_draft_discarded") == 1


def test_who_edits_while_another_publishes_is_told_and_nobody_waits_in_a_circle(proposed):
    in_force = FigureVersion.objects.filter(code=SHARE, number=1)
    edited, published = stopped_by(
        in_force, lambda: propose("60", ALICE, revision=1), lambda: publish(1)
    )
    assert (edited, type(published)) == (2, operations.StaleDraft)
    assert happened("figure_published") == 0


def test_nor_where_a_checklist_or_a_programme_is_drafted_and_published():
    make.house_standards(NOON)
    told = {"actor": ALICE, "at": NOON}
    operations.make_checklist_draft(subject="MEDICAL", **told)
    code = ProgrammeVersion.objects.order_by("code").first().code
    operations.make_programme_draft(code=code, **told)
    for check in CHECKS:
        operations.answer_programme_check(
            code=code, check=check, passed=True, evidence="与客服、理赔一起走过一遍", **told
        )
    for versions, draft, release in (
        (
            ChecklistVersion.objects.filter(subject="MEDICAL", number=1),
            lambda: operations.make_checklist_draft(subject="MEDICAL", **told),
            lambda: operations.publish_checklist(subject="MEDICAL", revision=0, actor=BOB, at=NOON),
        ),
        (
            ProgrammeVersion.objects.filter(code=code, number=1),
            lambda: operations.make_programme_draft(code=code, **told),
            lambda: operations.publish_programme(code=code, revision=0, actor=BOB, at=NOON),
        ),
    ):
        drafted, published = stopped_by(versions, draft, release)
        assert type(drafted) is operations.DraftExists
        assert published == 2
