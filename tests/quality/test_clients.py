"""What sort of client somebody is: by declared signs of this talk, put right by the seat, counted."""

from datetime import timedelta

import pytest
import time_machine

from tests import make
from tests.contact.desk import Desk
from tests.make import NOON
from tests.web.signing import signed_in
from yilu.contact import operations as contact
from yilu.contact import queries as contact_queries
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.quality import operations, queries, refusals
from yilu.quality.books import clients as shipped
from yilu.quality.models import ClientJudgement
from yilu.quality.rules import clients
from yilu.quality.rules.clients import BadClients, Known

GUIDE = clients.read(shipped.shipped_text())


def sorts(**known):
    return [found.sort.code for found in clients.recognise(Known(**known), GUIDE)]


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ({}, ["mild"]),
        ({"said": ("凭什么这么久",)}, ["irritable"]),
        ({"said": ("在吗!!", "有人吗!")}, ["irritable"]),
        ({"complains": True}, ["irritable"]), ({"contacts": 3}, ["irritable"]), ({"contacts": 2}, ["mild"]),
        ({"age": 65}, ["elderly"]), ({"age": 64}, ["mild"]), ({"assisted": True}, ["elderly"]),
        ({"said": ("一" * 60, "二" * 60)}, ["talkative"]), ({"said": ("一" * 400,)}, ["mild"]),
        ({"said": ("免赔额和等待期", "还有现金价值")}, ["expert"]), ({"said": ("等待期",)}, ["mild"]),
        ({"identified": True}, ["first_time"]), ({"identified": True, "earlier": True}, ["mild"]),
        ({"agent": True, "age": 70, "said": ("太慢了",)}, ["agent", "irritable", "elderly"]),
    ],
)  # fmt: skip
def test_a_sort_holds_by_its_signs_and_the_first_goes_first(known, found):
    assert sorts(**known) == found


def test_every_sign_says_what_was_seen():
    (found,) = clients.recognise(Known(said=("到底怎么还没到，凭什么",)), GUIDE)
    assert found.why == (("harsh", "说了“凭什么”“怎么还”“到底”"),)


def test_no_sign_reads_who_somebody_is():
    # 个人信息: what a rule cannot name, it cannot go by.
    assert not {"sex", "region", "income", "health", "premium"} & (
        set(clients.SIGNS) | set(Known.__dataclass_fields__)
    )


@pytest.mark.parametrize(
    "text",
    [
        shipped.shipped_text().replace('signs = []', 'signs = ["long"]'),
        shipped.shipped_text().replace('signs = ["terms"]', "signs = []"),
        shipped.shipped_text().replace('signs = ["long"]\nleast = 1', 'signs = ["long"]\nleast = 2'),
        shipped.shipped_text().replace('signs = ["long"]', 'signs = ["sex"]'),
    ],
)  # fmt: skip
def test_rules_that_leave_somebody_out_or_look_at_other_things_are_refused(text):
    with pytest.raises(BadClients):
        clients.read(text)


@pytest.fixture
def talk(db):
    make.standards_in_force()
    operations.load_books(NOON)
    operations.load_catalogue(NOON)
    desk = Desk()
    seat = desk.seat({"general": 1})
    number = desk.call(channel="CHAT")
    contact.take_up(conversation_id=number, **seat.told(NOON))
    contact.add_turn(
        conversation_id=number, who="CUSTOMER", text="太慢了，凭什么", actor=Ref("party", desk.party), at=NOON
    )  # fmt: skip
    return desk, seat, number


def test_the_script_changes_and_the_seats_word_is_counted_once(talk):
    desk, seat, number = talk
    view = queries.client_of(
        contact_queries.get_conversation(number), office_id=desk.office, at=NOON
    )
    assert (view.sort.code, view.judged, view.also) == ("irritable", False, ("第一次来",))
    # The standard's own words for the touchpoint go before those of the rules.
    assert view.say == "对不起，让您费心了，我现在就处理，结果发在这里。"
    for _twice in range(2):
        operations.judge_client(conversation_id=number, sort="elderly", **seat.told(NOON))
    view = queries.client_of(
        contact_queries.get_conversation(number), office_id=desk.office, at=NOON
    )
    assert (view.sort.code, view.judged) == ("elderly", True)
    assert view.say.startswith("我用大白话")
    facts = Event.objects.filter(kind="quality.client_corrected").values_list("facts", flat=True)
    assert [(f["told"], f["judged"]) for f in facts] == [("irritable", "elderly")]
    wrap_up(seat, number)
    assert ClientJudgement.objects.values_list("told", "judged").get() == ("irritable", "elderly")
    (row,) = queries.client_counts(desk.boss.access, day_of(NOON), day_of(NOON))
    assert (row.label, row.told, row.corrected, row.stood) == ("急躁", 1, 1, 0)
    assert (row.instead, row.signs) == ((("需要慢慢说", 1),), (("说了着急、不满的话", 1),))
    # It was about that talk: the next one begins anew.
    later = desk.call(channel="CHAT", at=NOON + timedelta(days=30))
    view = queries.client_of(
        contact_queries.get_conversation(later), office_id=desk.office, at=NOON + timedelta(days=30)
    )
    assert view.sort.code == "mild"
    with pytest.raises(refusals.NotYourTalk):
        operations.judge_client(conversation_id=number, sort="mild", **seat.told(NOON))


def test_only_the_seat_judges_and_only_by_a_known_sort(talk):
    desk, seat, number = talk
    with pytest.raises(refusals.NoSuchClient):
        operations.judge_client(conversation_id=number, sort="rich", **seat.told(NOON))
    with pytest.raises(refusals.NotYourTalk):
        operations.judge_client(conversation_id=number, sort="mild", **desk.boss.told(NOON))
    with pytest.raises(NotAllowed):
        queries.client_counts(seat.access, day_of(NOON), day_of(NOON))
    assert ClientJudgement.objects.count() == 0
    with time_machine.travel(NOON, tick=False):
        mine = signed_in(Ref("staff", seat.staff_id))
        page = mine.get(f"/staff/service/clients/{number}").content.decode()
        assert "这位客户：急躁" in page
        assert "说了“太慢了”“凭什么”" in page
        page = mine.post(f"/staff/service/clients/{number}/judge", {"sort": "mild"})
        assert "按您的判断" in page.content.decode()
        assert mine.post(f"/staff/service/clients/{number}/judge", {"sort": "x"}).status_code == 422
        boss = signed_in(Ref("staff", desk.boss.staff_id))
        assert boss.get(f"/staff/service/clients/{number}").content.decode().strip() == ""
        assert "认成" in boss.get("/staff/service/clients").content.decode()


def test_what_nobody_corrected_is_kept_when_the_talk_is_written_up(talk):
    desk, seat, number = talk
    wrap_up(seat, number)
    assert ClientJudgement.objects.values_list("told", "judged", "signs").get() == (
        "irritable", "", ["harsh"],
    )  # fmt: skip
    (row,) = queries.client_counts(desk.boss.access, day_of(NOON), day_of(NOON))
    assert (row.told, row.corrected, row.stood) == (1, 0, 100)


def wrap_up(seat, number):
    told = seat.told(NOON)
    contact.hang_up(conversation_id=number, by="SEAT", actor=told["actor"], at=NOON)
    contact.wrap_up(
        conversation_id=number, reason="CONSULT", sub_reason="other", resolved=True, note="",
        problem="", **told,
    )  # fmt: skip
    while journal.run_reactions(NOON):
        pass
