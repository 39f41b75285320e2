"""What one person proposes about a customer's record waits in a queue for another, until it is settled."""

import pytest

from tests import make
from tests.claims.papers import react
from tests.make import NOON
from yilu.kernel.refs import SYSTEM, Ref
from yilu.obligations.models import Clock
from yilu.people import operations as people
from yilu.people.models import Erasure
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    make.standards_in_force()
    return make.office()


@pytest.fixture
def clerk(office):
    return make.colleague(office, "SERVICING")


def told(who, **given):
    return {"access": who[0], "actor": who[1], "at": NOON} | given


def pair(office, clerk):
    ids = [
        people.register_party(name="王秀兰", office_id=office, actor=SYSTEM, at=NOON)
        for _ in range(2)
    ]
    return people.name_double(party_id=ids[0], other_id=ids[1], **told(clerk)), ids


def test_a_merger_waits_with_a_clock_and_so_does_its_parting(office, clerk):
    pair_id, ids = pair(office, clerk)
    items = Item.objects.filter(queue="people.merger", subject=f"double:{pair_id}")
    clocks = Clock.objects.filter(subject=f"double:{pair_id}")
    why = {"double_id": pair_id, "why": "证件与本人一致"}
    other = make.colleague(office, "SERVICING")

    people.propose_merge(keeps_id=ids[0], **why, **told(clerk))
    react()
    item, clock = items.get(), clocks.get()
    assert (item.state, item.office_id, item.title) == ("OPEN", office, "复核合并客户资料")
    assert item.due_at == clock.due_at
    assert (clock.state, clock.unit, clock.limit_amount) == ("RUNNING", "WORKING_DAYS", 5)

    people.confirm_merge(**why, **told(other))
    react()
    assert (items.get().state, clocks.get().state) == ("DONE", "MET")

    people.ask_to_part(**why, **told(other))
    react()
    assert items.get(state="OPEN").title == "复核拆开客户资料"
    people.send_back(**why, **told(clerk))
    react()
    assert set(items.values_list("state", flat=True)) == {"DONE"}
    assert set(clocks.values_list("state", flat=True)) == {"MET"}


def test_what_one_proposes_waits_for_another_until_it_is_settled(office, clerk):
    party = make.party(office)
    asked = people.open_data_request(
        party_id=party, kind="DELETE", actor=Ref("party", party), at=NOON
    )
    given = {"request_id": asked} | told(clerk)
    items = Item.objects.filter(queue="people.erasure", subject=f"data_request:{asked}")

    people.propose_erasure(why="本人到场要求", **given)
    react()
    item = items.get()
    assert (item.state, item.office_id) == ("OPEN", office)

    people.send_erasure_back(why="证件没有核对", **given)
    react()
    assert items.get().state == "DONE"
    assert Item.objects.get(queue="people.data_request").state == "OPEN"

    people.propose_erasure(why="已核对证件", **given)
    people.answer_data_request(
        request_id=asked, fulfil=False, answer="客户改主意了", actor=clerk[1], at=NOON
    )
    react()
    assert set(items.values_list("state", flat=True)) == {"DONE"}
    assert list(Erasure.objects.order_by("pk").values_list("state", flat=True)) == [
        "SENT_BACK", "LAPSED",
    ]  # fmt: skip
