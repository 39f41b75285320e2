"""One switch for a disaster: on with who, when and why; off again."""

from datetime import timedelta

import pytest

from tests import make
from tests.contact.desk import Desk
from tests.make import NOON
from yilu.contact import operations, queries
from yilu.contact.models import GreenRoute, Seat, Waiting
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM

pytestmark = pytest.mark.django_db

TOLD = {"title": "甲地暴雨", "notice": "受灾客户可先治疗后交资料。", "why": "橙色预警"}


def on(desk, **given):
    return operations.open_green_route(
        **{**TOLD, "branch_ids": [desk.office], **given}, **desk.boss.told(NOON)
    )


def test_it_brings_the_waiting_forward_opens_reserve_seats_and_ends_with_a_reason():
    desk = Desk()
    reserve = desk.seat({"servicing": 3}, ready_at=None, reserve=True)
    with pytest.raises(operations.NotUnderGreenRoute):
        operations.ready(**reserve.told(NOON))
    before = desk.waiting()
    route = on(desk)
    assert on(desk) == route
    assert Waiting.objects.get(pk=before).skill == "green"
    assert queries.green_route_of_office(desk.office).notice == TOLD["notice"]
    assert queries.green_route_for(make.office()) is None
    operations.ready(**reserve.told(NOON))
    assert Waiting.objects.get(pk=before).seat_id == reserve.staff_id
    later = desk.waiting(at=NOON + timedelta(minutes=1))
    assert Waiting.objects.get(pk=later).skill == "green"
    operations.accept(conversation_id=before, **reserve.told(NOON))
    for _ in range(2):
        operations.close_green_route(green_route_id=route, why="解除预警", **desk.boss.told(NOON))
    assert queries.green_route_for(None) is None
    assert Seat.objects.get(pk=reserve.staff_id).then == "OFFLINE"
    row = GreenRoute.objects.get()
    assert (row.on_by, row.off_why) == (f"staff:{desk.boss.staff_id}", "解除预警")


def test_a_complaint_keeps_its_own_desk():
    desk = Desk()
    on(desk)
    call = desk.call()
    operations.set_reason(conversation_id=call, reason="COMPLAINT", actor=SYSTEM, at=NOON)
    desk.queue(call)
    assert Waiting.objects.get().skill == "complaints"


@pytest.mark.parametrize(
    "given",
    [{"title": " "}, {"notice": ""}, {"why": ""}, {"title": "长" * 61}, {"branch_ids": [0]}],
)
def test_a_disaster_without_name_notice_reason_or_place_is_refused(given):
    with pytest.raises(operations.BadGreenRoute):
        on(Desk(), **given)
    assert not GreenRoute.objects.exists()


def test_a_seat_may_not_switch_it_nor_another_branch_close_it():
    desk = Desk()
    seat = desk.seat({"general": 1}, ready_at=None)
    with pytest.raises(NotAllowed):
        operations.open_green_route(**TOLD, branch_ids=[desk.office], **seat.told(NOON))
    route = on(desk)
    other = Desk()
    with pytest.raises(NotAllowed):
        operations.close_green_route(green_route_id=route, why="误操作", **other.boss.told(NOON))
    assert GreenRoute.objects.get().off_at is None
