"""A customer's WeChat is bound by a QR code that we signed, and by nothing else."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine

from tests import make
from tests.messaging import post
from tests.web.signing import signed_in
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.messaging import operations, queries
from yilu.messaging.models import Address, Message
from yilu.people.queries import PartyNotFound

pytestmark = pytest.mark.django_db
NOON = make.NOON


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def offered(who, **given):
    return operations.offer_binding(**{"party_id": who.id, "actor": who, "at": NOON, **given})


def test_is_offered_to_the_customer_or_by_staff_who_may_look_at_them_on_record():
    office = make.office()
    who, stranger = post.party(office_id=office), post.party()
    access, colleague = make.colleague(office, "CALL_AGENT")
    elsewhere, other = make.colleague(make.office(), "CALL_AGENT")
    with pytest.raises(NotAllowed):
        offered(who, actor=stranger)
    with pytest.raises(PartyNotFound):
        offered(who, actor=other, access=elsewhere)
    offered(who)
    scene = offered(who, actor=colleague, access=access)
    assert len(scene) <= 64, "as long as WeChat lets a scene be"
    told = Event.objects.filter(kind="messaging.binding_offered").order_by("pk")
    assert [event.actor for event in told] == [str(who), str(colleague)]


def test_a_scan_binds_once_and_the_customer_is_told_by_text_message(noon):
    who = post.party()
    scene = offered(who)
    for _ in range(2):
        assert operations.bind_wechat(scene=scene, address="o1", at=NOON)
    assert queries.is_bound(who)
    [told] = Message.objects.filter(template="people.wechat_bound")
    assert told.recipient == str(who)
    assert not operations.bind_wechat(scene=f"{scene}x", address="o2", at=NOON)
    assert not operations.bind_wechat(scene=scene, address=" ", at=NOON)
    noon.shift(timedelta(minutes=31))
    assert not operations.bind_wechat(scene=scene, address="o2", at=NOON)
    assert Address.objects.count() == 1


def test_is_undone_by_the_customer_or_for_them_and_by_leaving_the_account():
    who, stranger = post.party(), post.party()
    operations.bind_wechat(scene=offered(who), address="o1", at=NOON)
    with pytest.raises(NotAllowed):
        operations.unbind_wechat(party_id=who.id, actor=stranger, at=NOON)
    assert queries.is_bound(who)
    for _ in range(2):
        operations.unbind_wechat(party_id=who.id, actor=who, at=NOON)
    assert not queries.is_bound(who)
    operations.bind_wechat(scene=offered(who), address="o1", at=NOON)
    assert [operations.unfollow(address="o1", at=NOON) for _ in range(2)] == [True, False]
    assert Event.objects.filter(kind="messaging.address_unbound").count() == 2


def test_is_shown_on_both_pages_and_without_an_account_says_so(settings):
    office = make.office()
    who = post.party(office_id=office)
    _access, colleague = make.colleague(office, "CALL_AGENT")
    pages = (
        (signed_in(who), "/c/me/wechat"),
        (signed_in(colleague), f"/staff/customers/{who.id}/wechat"),
    )
    for client, page in pages:
        assert "公众号还没有开通" in client.get(page).text
        refused = client.post(page, {"act": "show"})
        assert refused.status_code == 409
        assert "现在生成不了绑定二维码" in refused.text
    settings.DEMO = True
    for client, page in pages:
        assert "<svg" in client.post(page, {"act": "show"}).text.partition("y-qr")[2]
    phone, mine = pages[0]
    link = re.search(r'href="[^"]*scene=([^"]+)"', phone.post(mine, {"act": "show"}).text)
    operations.bind_wechat(scene=unquote(link[1]), address="o1", at=NOON)
    for client, page in pages:
        assert "解除绑定" in client.get(page).text
    assert "已绑定" in phone.get("/c/me").text
    assert pages[1][0].post(pages[1][1], {"act": "undo"}).status_code == 302
    assert not queries.is_bound(who)
    _elsewhere, other = make.colleague(make.office(), "CALL_AGENT")
    assert signed_in(other).get(pages[1][1]).status_code == 404
    assert Ref("party", who.id) == who
