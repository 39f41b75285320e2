"""Courses: given by role, read chapter by chapter, finished once, in versions; classes signed off."""

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOON
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.obligations import operations as obligations
from yilu.obligations.models import Clock
from yilu.people import operations as people
from yilu.quality import training_refusals as refusals
from yilu.quality.books import courses as shipped
from yilu.quality.books import drills
from yilu.quality.models import ClassSeat, CourseVersion, Enrolment, TrainingClass
from yilu.quality.operations import classes, course_versions, coursing
from yilu.quality.queries import training
from yilu.quality.rules import courses
from yilu.quality.rules.courses import BadCourse
from yilu.work.models import Item

DAY = timedelta(days=1)
TEXT = shipped.shipped()["phone_opening"]


def test_every_shipped_course_has_both_dimensions_sources_and_a_drill_that_exists():
    assert len(shipped.shipped()) >= 6
    for text in shipped.shipped().values():
        course = courses.read(text)
        assert {each.dimension for each in course.chapters} == {"knowledge", "skill"}
        assert course.drill in drills.scenarios()
        assert all(len(each.text) > 100 and each.sources for each in course.chapters)


@pytest.mark.parametrize(
    ("old", "new"),
    [("days = 7", "days = 8"), ("minutes = 25", "minutes = 0"), ('standard = "phone"', 'standard = "moon"'),
     ('dimension = "knowledge"', 'dimension = "skill"'), ("right = 1", "right = 9"),
     ('code = "close"', 'code = "ten_seconds"'), ("title =", "titel ="), ("aim =", "aim")],
)  # fmt: skip
def test_a_text_that_is_no_course_is_refused(old, new):
    with pytest.raises(BadCourse):
        courses.read(TEXT.replace(old, new))


@pytest.fixture
def story(db):
    office = make.office()
    access, boss = make.colleague(office, "SERVICE_MANAGER")
    seat_access, seat = make.colleague(office, "CALL_AGENT")
    course_versions.load_courses(NOON)
    return {"office": office, "boss": {"access": access, "actor": boss, "at": NOON}, "ref": boss,
            "seat": seat, "seat_access": seat_access}  # fmt: skip


def mine(seat):
    return {row.course: row for row in Enrolment.objects.filter(staff_id=seat.id, dropped_at=None)}


def finish(row, who, at=NOON, chapters=None):
    course = courses.read(row.version.text)
    for chapter in chapters or course.chapters:
        told = coursing.finish_chapter(
            enrolment_id=row.pk, chapter=chapter.code, answers=[c.right for c in chapter.checks],
            staff_id=who.id, actor=who, at=at,
        )  # fmt: skip
    return told


def test_a_role_gives_its_courses_once_and_takes_them_away_with_it(story):
    seat = story["seat"]
    assert coursing.settle_now(at=NOON, staff_id=seat.id) == len(mine(seat))
    assert {"claims_intake", "complaint_first_contact", "phone_opening"} <= set(mine(seat))
    assert "document_intake" not in mine(seat)
    assert coursing.settle_now(at=NOON, staff_id=seat.id) == 0
    own = mine(seat)
    coursing.enrol(course="document_intake", staff_id=seat.id, actor=seat, at=NOON)
    coursing.enrol(course="document_intake", staff_id=seat.id, actor=seat, at=NOON)
    people.end_role(
        staff_id=seat.id, role="CALL_AGENT", office_id=story["office"], actor=SYSTEM, at=NOON
    )
    coursing.settle_now(at=NOON, staff_id=seat.id)
    assert set(mine(seat)) == {"phone_opening", "document_intake"}
    people.let_staff_go(staff_id=seat.id, actor=SYSTEM, at=NOON)
    coursing.settle_now(at=NOON)
    assert mine(seat) == {}
    assert Event.objects.filter(kind="quality.course_dropped").count() == len(own) + 1


def test_a_newcomer_is_given_the_course_for_everybody_with_a_clock_that_stops(story):
    obligations.load_catalogue(NOON - 9 * DAY)
    new = make.staff(story["office"])
    me = Ref("staff", new)
    journal.run_reactions(at=NOON)
    row = Enrolment.objects.get(staff_id=new)
    assert (row.course, row.why) == ("phone_opening", "ROLE")
    clock = Clock.objects.get(subject=f"enrolment:{row.pk}")
    assert clock.state == "RUNNING"
    finish(row, me, at=row.assigned_at + DAY)
    assert Clock.objects.get(pk=clock.pk).state == "MET"


def test_a_course_is_finished_chapter_by_chapter_and_once(story):
    seat = story["seat"]
    coursing.settle_now(at=NOON, staff_id=seat.id)
    row = mine(seat)["phone_opening"]
    first, *rest = courses.read(row.version.text).chapters
    with pytest.raises(refusals.CheckNotPassed):
        coursing.finish_chapter(enrolment_id=row.pk, chapter=first.code, answers=[9], staff_id=seat.id,
                                actor=seat, at=NOON)  # fmt: skip
    with pytest.raises(refusals.CourseNotFound):
        coursing.finish_chapter(enrolment_id=row.pk, chapter="none", answers=[], staff_id=seat.id,
                                actor=seat, at=NOON)  # fmt: skip
    with pytest.raises(refusals.CourseNotFound):
        coursing.finish_chapter(enrolment_id=row.pk, chapter=first.code, answers=[1],
                                staff_id=story["ref"].id, actor=seat, at=NOON)  # fmt: skip
    assert Enrolment.objects.get(pk=row.pk).done == []
    assert finish(row, seat, chapters=[first]) is False
    assert training.read_chapter(row.pk, seat.id, "", at=NOON).chapter == rest[0]
    assert training.my_tasks(seat.id, at=NOON)[0].minutes_left > 0
    assert finish(row, seat, at=NOON + DAY) is True
    assert finish(row, seat, at=NOON + 2 * DAY) is True
    row = Enrolment.objects.get(pk=row.pk)
    assert row.completed_at == NOON + DAY
    (done,) = Event.objects.filter(kind="quality.course_completed")
    assert done.facts["in_time"] is True
    assert len(Event.objects.filter(kind="quality.chapter_finished")) == 4
    coursing.settle_now(at=NOON + 30 * DAY, staff_id=seat.id)
    assert Enrolment.objects.filter(staff_id=seat.id, course="phone_opening").count() == 1
    coursing.settle_now(at=NOON + 200 * DAY, staff_id=seat.id)
    assert mine(seat)["phone_opening"].why == "AGAIN"


def test_what_is_due_soon_is_put_into_ones_own_work_once_and_goes_when_it_is_done(story):
    seat = story["seat"]
    coursing.settle_now(at=NOON, staff_id=seat.id)
    assert coursing.remind(at=NOON) == 0
    assert coursing.remind(at=NOON + 5 * DAY) == 1
    assert coursing.remind(at=NOON + 5 * DAY) == 0
    item = Item.objects.get(queue_id="quality.training")
    assert item.staff_id == seat.id
    assert item.title == "培训课程待学完：电话开场与服务禁语", "three of them must be told apart"
    assert day_of(item.due_at - timedelta(seconds=1)) == mine(seat)["phone_opening"].due_on
    finish(mine(seat)["phone_opening"], seat, at=NOON + 9 * DAY)
    assert Item.objects.get(queue_id="quality.training").state == "DONE"
    late = training.overdue(story["boss"]["access"], at=NOON + 20 * DAY)
    assert {task.course for task in late} == {"claims_intake", "complaint_first_contact"}
    figures = {f.code: f for f in training.figures(story["boss"]["access"], at=NOON + 20 * DAY)}
    assert (figures["phone_opening"].done, figures["claims_intake"].late) == (1, 1)
    with pytest.raises(NotAllowed):
        training.overdue(story["seat_access"], at=NOON)


def test_who_began_a_version_finishes_that_one(story):
    seat, boss = story["seat"], story["boss"]
    other, other_ref = make.colleague(story["office"], "STANDARDS_EDITOR")
    coursing.settle_now(at=NOON, staff_id=seat.id)
    row = mine(seat)["phone_opening"]
    chapters = courses.read(row.version.text).chapters
    finish(row, seat, chapters=chapters[:1])
    text = TEXT.replace("十个字记在心里", "十个字记牢")
    with pytest.raises(NotAllowed):
        course_versions.write_course(course="phone_opening", text=text, revision=0,
                              access=story["seat_access"], actor=seat, at=NOON)  # fmt: skip
    for wrong in (text.replace('["*"]', '["KING"]'), text.replace('"slow_claim"', '"no_drill"')):
        with pytest.raises(BadCourse):
            course_versions.write_course(course="phone_opening", text=wrong, revision=0, **boss)
    with pytest.raises(refusals.CourseNotFound):
        course_versions.write_course(course="nothing", text=text, revision=0, **boss)
    draft = course_versions.write_course(course="phone_opening", text=text, revision=0, **boss)
    with pytest.raises(refusals.TrainingDraftChanged):
        course_versions.write_course(course="phone_opening", text=text, revision=0, **boss)
    with pytest.raises(refusals.OwnTrainingDraft):
        course_versions.approve_course(version_id=draft, revision=1, **boss)
    with pytest.raises(refusals.TrainingDraftChanged):
        course_versions.approve_course(
            version_id=draft, revision=2, access=other, actor=other_ref, at=NOON
        )
    course_versions.approve_course(
        version_id=draft, revision=1, access=other, actor=other_ref, at=NOON
    )
    with pytest.raises(refusals.CourseNotFound):
        course_versions.approve_course(
            version_id=0, revision=1, access=other, actor=other_ref, at=NOON
        )
    assert training.read_chapter(row.pk, seat.id, "", at=NOON).version == 1
    coursing.assign(course="phone_opening", staff_ids=[story["ref"].id], **boss)
    own = Enrolment.objects.get(staff_id=story["ref"].id)
    assert own.version.number == 2
    assert CourseVersion.objects.filter(course="phone_opening").count() == 2


def test_a_lead_assigns_in_their_own_offices_only(story):
    boss = story["boss"]
    stranger = make.staff(make.office(), "CALL_AGENT")
    with pytest.raises(NotAllowed):
        coursing.assign(course="claims_intake", staff_ids=[stranger], **boss)
    with pytest.raises(NotAllowed):
        coursing.assign(course="claims_intake", staff_ids=[story["seat"].id],
                        access=story["seat_access"], actor=story["seat"], at=NOON)  # fmt: skip
    with pytest.raises(refusals.CourseNotFound):
        coursing.assign(course="nothing", staff_ids=[story["seat"].id], **boss)
    with pytest.raises(refusals.CourseNotFound):
        coursing.assign(course="claims_intake", staff_ids=[0], **boss)
    assert coursing.assign(course="claims_intake", staff_ids=[story["seat"].id], **boss) == 1
    assert coursing.assign(course="claims_intake", staff_ids=[story["seat"].id], **boss) == 0
    with pytest.raises(refusals.CourseNotFound):
        training.record_of(boss["access"], stranger, at=NOON)


PLAN = {"title": "第一期", "course": "phone_opening", "place": "三楼教室", "seats": 2,
        "starts_at": NOON + DAY, "ends_at": NOON + DAY + timedelta(hours=3)}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"seats": 0}, {"starts_at": NOON - DAY}, {"ends_at": NOON}, {"course": "none"},
     {"trainer_id": 0}, {"place": ""}, {"ends_at": NOON + 3 * DAY}],
)  # fmt: skip
def test_a_class_that_cannot_meet_is_refused(story, wrong):
    plan = PLAN | {"trainer_id": story["ref"].id} | wrong
    with pytest.raises(refusals.BadClass):
        classes.plan_class(**plan, **story["boss"])
    assert TrainingClass.objects.count() == 0


def test_a_class_is_joined_and_signed_off_by_its_trainer(story):
    boss, seat = story["boss"], story["seat"]
    own = {"access": story["seat_access"], "actor": seat, "at": NOON}
    with pytest.raises(NotAllowed):
        classes.plan_class(**PLAN, trainer_id=seat.id, **own)
    batch = classes.plan_class(**PLAN, trainer_id=seat.id, **boss)
    assert classes.plan_class(**PLAN, trainer_id=seat.id, **boss) == batch
    third, third_ref = make.colleague(story["office"], "COUNTER")
    for _twice in (1, 2):
        classes.join_class(
            class_id=batch, staff_id=third.staff_id, access=third, actor=third_ref, at=NOON
        )
    with pytest.raises(NotAllowed):
        classes.join_class(class_id=batch, staff_id=third.staff_id, **own)
    classes.join_class(class_id=batch, staff_id=story["ref"].id, **boss)
    with pytest.raises(refusals.ClassFull):
        classes.join_class(class_id=batch, staff_id=seat.id, **boss)
    with pytest.raises(refusals.ClassNotFound):
        classes.join_class(class_id=0, staff_id=seat.id, **boss)
    with pytest.raises(refusals.ClassNotYet):
        classes.sign_off(class_id=batch, came=[third.staff_id], **own)
    later = own | {"at": NOON + DAY + timedelta(hours=1)}
    with pytest.raises(refusals.NotInClass):
        classes.sign_off(class_id=batch, came=[seat.id], **later)
    with pytest.raises(refusals.NotTheTrainer):
        classes.sign_off(class_id=batch, came=[], access=third, actor=third_ref, at=later["at"])
    for _twice in (1, 2):
        classes.sign_off(class_id=batch, came=[third.staff_id], **later)
    with pytest.raises(refusals.ClassOver):
        classes.sign_off(class_id=batch, came=[], **later)
    with pytest.raises(refusals.ClassOver):
        classes.cancel_class(class_id=batch, **boss)
    assert dict(ClassSeat.objects.values_list("staff_id", "came")) == {
        third.staff_id: True, story["ref"].id: False,
    }  # fmt: skip
    (held,) = Event.objects.filter(kind="quality.class_held")
    assert held.facts["came"] == [third.staff_id]
    record = training.record_of(third, third.staff_id, at=NOON)
    assert record.classes[0].state == "HELD"


def test_a_cancelled_class_takes_nobody(story):
    boss = story["boss"]
    batch = classes.plan_class(**PLAN, trainer_id=story["seat"].id, **boss)
    far, far_ref = make.colleague(make.office(), "TEAM_LEAD")
    with pytest.raises(NotAllowed):
        classes.cancel_class(class_id=batch, access=far, actor=far_ref, at=NOON)
    with pytest.raises(refusals.ClassNotFound):
        training.get_class(far, batch)
    classes.cancel_class(class_id=batch, **boss)
    with pytest.raises(refusals.ClassOver):
        classes.join_class(class_id=batch, staff_id=story["ref"].id, **boss)
    assert Ref("class", batch).id == training.list_classes(boss["access"], at=NOON)[0].id
