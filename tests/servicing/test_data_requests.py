"""What somebody asks about their own data becomes work with a clock, is answered, and told."""

from datetime import timedelta

import pytest

from tests import make
from tests.claims.papers import react
from tests.make import NOON
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.obligations.models import Clock
from yilu.people import operations as people
from yilu.people import queries
from yilu.people.models import DataRequest
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    make.standards_in_force()
    return make.office()


@pytest.fixture
def clerk(office):
    return make.colleague(office, "SERVICING")


def ask(party_id, kind="CORRECT", wish="生日应当是 1961-03-05"):
    request_id = people.open_data_request(
        party_id=party_id, kind=kind, wish=wish, actor=Ref("party", party_id), at=NOON
    )
    react()
    return request_id


def test_a_request_is_somebodys_with_a_clock_and_a_word_and_its_answer_ends_them(office, clerk):
    lin = make.party(office)
    request_id = ask(lin)
    about = f"data_request:{request_id}"

    item = Item.objects.get(subject=about)
    clock = Clock.objects.get(subject=about)
    assert (item.queue_id, item.office_id, item.state) == ("people.data_request", office, "OPEN")
    assert (clock.state, clock.office_id) == ("RUNNING", office)
    assert clock.due_at.date() == (NOON + timedelta(days=15)).date()
    assert Message.objects.get(about=about).template == "people.data_request_received"
    access, actor = clerk
    assert queries.see_data_request(access, request_id).open
    elsewhere, _ = make.colleague(make.office(), "SERVICING")
    with pytest.raises(queries.DataRequestNotFound):
        queries.see_data_request(elsewhere, request_id)

    people.answer_data_request(
        request_id=request_id, fulfil=True, answer="生日已更正", actor=actor, at=NOON
    )
    react()

    item.refresh_from_db()
    clock.refresh_from_db()
    assert (item.state, clock.state) == ("DONE", "MET")
    told = Message.objects.filter(about=about).order_by("pk").values_list("template", flat=True)
    assert list(told) == ["people.data_request_received", "people.data_request_answered"]


def test_taken_back_it_leaves_no_work_no_clock_and_no_answer(office):
    lin = make.party(office)
    request_id = ask(lin)
    people.withdraw_data_request(request_id=request_id, actor=Ref("party", lin), at=NOON)
    react()

    assert Item.objects.get().state == "DONE"
    assert Clock.objects.get().state == "CANCELLED"
    assert Message.objects.count() == 1


def test_a_correction_says_what_is_wrong(office):
    with pytest.raises(people.WishMissing):
        ask(make.party(office), wish=" ")
    assert not DataRequest.objects.exists()
