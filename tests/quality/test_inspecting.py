"""A week is drawn once and can be drawn again; scored by somebody else; objected to once; then it stands."""

from datetime import timedelta

import pytest

from tests import make
from tests.contact.desk import Desk, person
from tests.make import NOON
from yilu.contact import operations as contact
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.obligations.models import Clock
from yilu.quality import inspection_refusals as refusals
from yilu.quality import operations
from yilu.quality.books import phrases, versions
from yilu.quality.models import BookVersion, Inspection, Lot, Mark, Service
from yilu.quality.operations.serving import keep_service, mark
from yilu.quality.queries import inspections as queries
from yilu.quality.queries import pictures
from yilu.quality.queries.against import findings_against
from yilu.quality.rules import scoring
from yilu.quality.rules.books import BOOKS
from yilu.quality.rules.scoring import Answer
from yilu.work.models import Item

LATER = NOON + timedelta(days=8)  # the week of NOON is over
kept = tx.use_case(keep_service)
marked = tx.use_case(mark)
TALK = (
    ("SEAT", "您好，请讲"), ("CUSTOMER", "拖了一个月，推来推去，我要投诉"), ("SEAT", "急什么，感谢来电"),
)  # fmt: skip


def wrapped(desk, seat, *said):
    talk = desk.call(channel="CHAT")
    contact.take_up(conversation_id=talk, **seat.told(NOON))
    for who, text in said:
        actor = Ref("staff", seat.staff_id)
        contact.add_turn(conversation_id=talk, who=who, text=text, actor=actor, at=NOON)
    told = seat.told(NOON)
    contact.hang_up(conversation_id=talk, by="SEAT", actor=told["actor"], at=NOON)
    contact.wrap_up(
        conversation_id=talk, reason="CONSULT", sub_reason="other", resolved=True, note="", problem="",
        **told,
    )  # fmt: skip
    return talk


@pytest.fixture
def lot(db):
    """A seat's week: one bad chat by operations, five calls kept; drawn."""
    make.standards_in_force()
    operations.load_books(NOON - timedelta(days=30))
    desk = Desk()
    seat = desk.seat({"general": 1})
    talk = wrapped(desk, seat, *TALK)
    while journal.run_reactions(NOON):
        pass
    for n in range(5):
        kept(what="call", subject=Ref("conversation", talk + 100 + n), staff_id=seat.staff_id,
             party_id=desk.party, done_at=NOON)  # fmt: skip
    while operations.draw_lots(at=LATER):
        pass
    return desk, seat, talk


def answers(row, **other):
    form = scoring.read(row.form.text)
    return {code: Answer(item.full) for code, item in form.items.items()} | other


def one_of(what):
    return Inspection.objects.filter(what=what).select_related("form").order_by("pk").first()


def test_a_week_is_drawn_once_the_risky_first_and_anybody_can_draw_it_again(lot):
    desk, seat, talk = lot
    assert set(Lot.objects.values_list("what", "drawn")) == {("written", 1), ("call", 5)}
    assert Service.objects.count() == 6
    written = one_of("written")
    assert (written.subject, written.because) == (f"conversation:{talk}", "misrecorded")
    assert operations.draw_lots(at=LATER) == 0
    assert operations.draw_lots(at=NOON) == 0
    # Served again a week later, after the service was forgotten: once inspected is enough.
    Service.objects.all().delete()
    kept(what="written", subject=Ref("conversation", talk), staff_id=seat.staff_id, party_id=None,
         done_at=LATER)  # fmt: skip
    assert operations.draw_lots(at=LATER + timedelta(days=7)) == 1
    assert Inspection.objects.count() == 6
    assert Item.objects.filter(queue="quality.inspect", state="OPEN").count() == 6
    assert Clock.objects.filter(code="pledge.inspection_scored").count() == 6
    view = queries.get_lot(Lot.objects.get(what="call").pk, desk.boss.access)
    assert view.same
    assert view.served == 5
    row = Lot.objects.get(what="call")
    row.frame["done"][0][0] = "conversation:1"
    row.save()
    assert not queries.get_lot(row.pk, desk.boss.access).same
    stranger = person(make.office(), "SERVICE_MANAGER")
    with pytest.raises(refusals.InspectionNotFound):
        queries.get_lot(row.pk, stranger.access)


def test_new_weeks_are_drawn_by_the_plan_in_force_its_offices_and_roles(lot):
    _desk, seat, talk = lot
    plan = BookVersion.objects.get(book="plan").text
    head = person(make.head_office(), "STANDARDS_EDITOR")
    second = person(make.head_office(), "STANDARDS_EDITOR")
    other = make.office()
    from yilu.people import queries as people

    code = people.get_office(other).code
    text = plan.replace(
        'what = "call"', f'what = "call"\nroles = ["COUNTER"]\noffices = ["{code}"]'
    )
    draft = operations.write_book(book="plan", text=text, revision=0, **head.told(NOON))
    operations.approve_book(
        version_id=draft, revision=1, since=day_of(NOON), **second.told(NOON)
    )  # fmt: skip
    teller, seat_there = person(other, "COUNTER"), person(other, "CALL_AGENT")
    week = NOON + timedelta(days=7)
    for n, who in enumerate((seat, teller, seat_there)):
        kept(what="call", subject=Ref("conversation", talk + 900 + n), staff_id=who.staff_id,
             party_id=None, done_at=week)  # fmt: skip
        kept(what="call", subject=Ref("conversation", talk + 900 + n), staff_id=who.staff_id,
             party_id=None, done_at=week)  # fmt: skip
    marked(subject=Ref("conversation", talk + 901), code="low_rating", at=week)
    marked(subject=Ref("conversation", talk + 901), code="low_rating", at=week)
    assert Mark.objects.count() == 1
    while operations.draw_lots(at=week + timedelta(days=7)):
        pass
    new = Inspection.objects.filter(lot__plan_id=draft)
    assert list(new.values_list("staff_id", "because")) == [(teller.staff_id, "low_rating")]
    assert operations.forget_old(at=NOON + timedelta(days=200)) == 10
    assert operations.forget_old(at=NOON + timedelta(days=200)) == 0


def test_a_score_is_given_by_somebody_apart_and_stands_when_accepted(lot):
    desk, seat, _talk = lot
    row = one_of("call")
    inspector = person(desk.office, "COMPLAINT_OFFICER")
    given = {"inspection_id": row.pk, "answers": answers(row), "at": LATER}
    both = person(desk.office, "CALL_AGENT", "COMPLAINT_OFFICER")
    Inspection.objects.filter(pk=row.pk).update(staff=both.staff_id)
    for who, why in ((both, refusals.OwnWork), (desk.boss, refusals.TooNear),
                     (seat, NotAllowed), (person(make.office(), "COMPLAINT_OFFICER"), NotAllowed)):  # fmt: skip
        with pytest.raises(why):
            operations.score(**given, access=who.access, actor=Ref("staff", who.staff_id))
    Inspection.objects.filter(pk=row.pk).update(staff=seat.staff_id)
    me = inspector.told(LATER)
    with pytest.raises(refusals.BadScores):
        operations.score(**given | {"answers": answers(row, step_1=Answer(0))}, **_who(inspector))
    with pytest.raises(refusals.InspectionNotFound):
        operations.score(**given | {"inspection_id": 10**9}, **_who(inspector))
    nowhere = given | {"answers": answers(row, step_1=Answer(0, "没有", "#99"))}
    with pytest.raises(refusals.BadScores):
        operations.score(**nowhere, **_who(inspector))
    assert Inspection.objects.get(pk=row.pk).state == "WAITING"
    fell = {"step_1": Answer(0, "没有自报姓名", "3:25")}
    got = operations.score(inspection_id=row.pk, answers=answers(row, **fell), **me)
    assert 80 <= got < 100
    with pytest.raises(refusals.ScoredAlready):
        operations.score(inspection_id=row.pk, answers=answers(row), **me)
    with pytest.raises(refusals.ScoredAlready):
        operations.void(inspection_id=row.pk, reason="测试数据", **me)
    told = Item.objects.get(queue="quality.result")
    assert (told.staff_id, told.state) == (seat.staff_id, "TAKEN")
    with pytest.raises(refusals.NotYourResult):
        operations.accept_result(inspection_id=row.pk, **me)
    operations.accept_result(inspection_id=row.pk, **seat.told(LATER))
    operations.accept_result(inspection_id=row.pk, **seat.told(LATER))
    assert Event.objects.filter(kind="quality.inspection_final").count() == 1
    with pytest.raises(refusals.AppealTooLate):
        operations.appeal(inspection_id=row.pk, reason="不同意评分", **seat.told(LATER))
    picture = pictures.picture(desk.boss.access, LATER)
    assert (picture.count, picture.mean) == (1, float(got))
    assert picture.missed[0].share == 100.0
    assert [each.id for each in picture.people] == [seat.staff_id]


def _who(who):
    return {"access": who.access, "actor": Ref("staff", who.staff_id)}


def test_an_objection_is_made_once_in_time_and_answered_by_a_second_person(lot):
    desk, seat, _talk = lot
    row = one_of("written")
    first = person(desk.office, "COMPLAINT_OFFICER")
    second = person(desk.office, "COMPLAINT_OFFICER")
    bad = answers(row, no_insult=Answer(0, "“急什么”", "#3"))
    assert operations.score(inspection_id=row.pk, answers=bad, **first.told(LATER)) == 0
    late = LATER + timedelta(days=30)
    said = {"inspection_id": row.pk, "reason": "客户先骂人，我是在劝"}
    with pytest.raises(refusals.AppealTooLate):
        operations.appeal(**said, **seat.told(late))
    with pytest.raises(refusals.NotYourResult):
        operations.appeal(**said, **first.told(LATER))
    with pytest.raises(refusals.NoReason):
        operations.appeal(**said | {"reason": "不"}, **seat.told(LATER))
    operations.appeal(**said, **seat.told(LATER))
    seat_id, days = seat.staff_id, (NOON.date(), late.date())
    assert findings_against([seat_id], *days) == {}, "nothing is held against whoever objected"
    with pytest.raises(refusals.AppealTooLate):
        operations.appeal(**said, **seat.told(LATER))
    with pytest.raises(refusals.ScoredAlready):
        operations.accept_result(inspection_id=row.pk, **seat.told(LATER))
    given = {"inspection_id": row.pk, "answers": answers(row), "reason": "语气不妥，但不是辱骂"}
    with pytest.raises(refusals.SameInspector):
        operations.decide_appeal(**given, **first.told(LATER))
    with pytest.raises(refusals.TooNear):
        operations.decide_appeal(**given, **desk.boss.told(LATER))
    with pytest.raises(refusals.NoReason):
        operations.decide_appeal(**given | {"reason": " "}, **second.told(LATER))
    operations.decide_appeal(**given, **second.told(LATER))
    assert findings_against([seat_id], *days) == {seat_id: 2}, "two phrases, no fatal mistake"
    Inspection.objects.filter(pk=row.pk).update(fatal=True)
    assert findings_against([seat_id], *days) == {seat_id: 3}
    with pytest.raises(refusals.ScoredAlready):
        operations.decide_appeal(**given, **second.told(LATER))
    view = queries.get_inspection(row.pk, seat.access, LATER)
    assert (view.row.score, view.first_score, view.changed) == (100, 0, True)
    assert view.appeal.startswith("客户先骂人")
    facts = Event.objects.get(kind="quality.inspection_final").facts
    assert (facts["score"], facts["appealed"]) == (100, True)
    assert not Item.objects.filter(
        subject=f"inspection:{row.pk}", state__in=["OPEN", "TAKEN"]
    ).exists()
    states = Clock.objects.filter(subject=f"inspection:{row.pk}").values_list("state", flat=True)
    assert set(states) <= {"MET", "MET_LATE"}


def test_an_upheld_score_stays_a_silent_one_stands_after_its_days_and_a_wrong_draw_is_voided(lot):
    desk, seat, _talk = lot
    rows = list(Inspection.objects.filter(what="call").select_related("form").order_by("pk"))
    first, second = (person(desk.office, "COMPLAINT_OFFICER") for _ in range(2))
    for row in rows[:2]:
        fell = answers(row, step_1=Answer(0, "没有做到"))
        operations.score(inspection_id=row.pk, answers=fell, **first.told(LATER))
    operations.appeal(inspection_id=rows[0].pk, reason="我做到了", **seat.told(LATER))
    operations.decide_appeal(
        inspection_id=rows[0].pk, answers=None, reason="录音里没有", **second.told(LATER)
    )
    kept_ = Inspection.objects.get(pk=rows[0].pk)
    assert (kept_.state, kept_.changed, kept_.score) == ("FINAL", False, kept_.first_score)
    assert operations.end_unappealed(at=LATER) == 0
    assert operations.end_unappealed(at=LATER + timedelta(days=30)) == 1
    assert Inspection.objects.get(pk=rows[1].pk).state == "FINAL"
    with pytest.raises(refusals.NoReason):
        operations.void(inspection_id=rows[2].pk, reason="", **first.told(LATER))
    operations.void(inspection_id=rows[2].pk, reason="拨错号码，没有通话", **first.told(LATER))
    assert Inspection.objects.get(pk=rows[2].pk).state == "VOIDED"
    with pytest.raises(refusals.InspectionNotFound):
        queries.get_inspection(rows[2].pk, seat.access, LATER)
    with pytest.raises(refusals.InspectionNotFound):
        queries.get_inspection(rows[3].pk, seat.access, LATER)
    assert {r.id for r in queries.my_results(seat.staff_id)} == {rows[0].pk, rows[1].pk}
    assert {r.id for r in queries.to_inspect(first.access)} >= {rows[3].pk, rows[4].pk}


def test_plans_forms_and_phrases_change_by_two_people_and_stay(db):
    author, second = (person(make.head_office(), "STANDARDS_EDITOR") for _ in range(2))
    assert operations.load_books(NOON) == len(BOOKS)
    assert operations.load_books(NOON) == 0
    text = BookVersion.objects.get(book="phrases").text
    rude = text.replace('better = "让您久等了', 'better = "急什么，让您久等了')
    new = text.replace('say = ["急什么",', 'say = ["急什么", "等着吧",')
    told = {"book": "phrases", "revision": 0}
    with pytest.raises(NotAllowed):
        operations.write_book(**told, text=new, **person(make.office(), "CALL_AGENT").told(NOON))
    with pytest.raises(refusals.BookNotFound):
        operations.write_book(**told | {"book": "form.moon"}, text=new, **author.told(NOON))
    with pytest.raises(refusals.BadForm):
        operations.write_book(**told | {"book": "form.claim"}, text=new, **author.told(NOON))
    with pytest.raises(refusals.BadPhrases):
        operations.write_book(**told, text=rude, **author.told(NOON))
    draft = operations.write_book(**told, text=new, **author.told(NOON))
    with pytest.raises(refusals.BookChanged):
        operations.write_book(**told, text=text, **second.told(NOON))
    asked = {"version_id": draft, "revision": 1, "since": day_of(NOON)}
    with pytest.raises(refusals.OwnBook):
        operations.approve_book(**asked, **author.told(NOON))
    with pytest.raises(refusals.BookChanged):
        operations.approve_book(**asked | {"revision": 2}, **second.told(NOON))
    with pytest.raises(refusals.PastDay):
        operations.approve_book(
            **asked | {"since": day_of(NOON) - timedelta(1)}, **second.told(NOON)
        )
    assert not versions.phrases_on(day_of(NOON)).phrases.scan("等着吧")
    operations.approve_book(**asked, **second.told(NOON))
    assert versions.phrases_on(day_of(NOON)).phrases.scan("等着吧")
    assert not versions.phrases_on(day_of(NOON) - timedelta(1)).phrases.scan("等着吧")
    # Compiled once however often a seat types: what the bench of phrases measures is what runs.
    assert versions.phrases_on(day_of(NOON)) is versions.phrases_on(day_of(NOON))
    assert phrases.shipped() is phrases.compiled(phrases.shipped_text()).phrases
    for row in BookVersion.objects.filter(book="phrases"):
        with pytest.raises(refusals.BookInUse):
            operations.discard_book(version_id=row.pk, **second.told(NOON))
    again = operations.write_book(**told, text=text, **author.told(NOON))
    operations.discard_book(version_id=again, **second.told(NOON))
    with pytest.raises(refusals.BookNotFound):
        operations.discard_book(version_id=again, **second.told(NOON))
