"""A customer who was erased stands nowhere in the database any more: every column of every table is looked at."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection

from tests import make
from tests.claims.papers import react
from tests.documents.papers import picture
from tests.make import NOON
from tests.underwriting.story import insurer
from yilu.complaints import operations as complaints
from yilu.contact import operations as contact
from yilu.contact.models import Conversation
from yilu.documents import operations as documents
from yilu.documents.models import Field, Upload
from yilu.documents.storage import drawer
from yilu.journeys import operations as journeys
from yilu.kernel import sealing, tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.messaging.models import Message
from yilu.messaging.operations import Inbound, address_indexes
from yilu.people import operations as people
from yilu.people import queries
from yilu.people.queries import STAYS
from yilu.servicing import operations as servicing
from yilu.underwriting import operations as underwriting
from yilu.voice import operations as voice
from yilu.work import operations as work

NAME, PHONE, ADDRESS, EMAIL = (
    "麒赟曌",
    "13987650123",
    "琉璃巷九百九十九号",
    "qizhao.yun@example.com",
)
WORDS = f"我是{NAME}，电话{PHONE}，住在{ADDRESS}"

STAY = {
    # What was said at all: a refusal of messages is kept by a digest nobody can read (个保法 15).
    "messaging_optout": "退订的号码，只留不能还原的摘要"
}
"""Tables in which something of the person may still be found, each with its line of what stays and why."""


@pytest.fixture
def files(settings, tmp_path):
    settings.FILES = tmp_path / "files"


def life(office):
    """Somebody who applied, chatted, wrote, complained, handed in a paper and asked for service, and bought nothing."""
    number = make.resident_id()
    me = make.party(office, name=NAME, phone=PHONE, identity_number=number)
    my = Ref("party", me)
    told = {"actor": my, "at": NOON}
    people.change_party(party_id=me, changes={"email": EMAIL}, actor=SYSTEM, at=NOON)
    tx.use_case(people.give_address)(party_id=me, address=ADDRESS, **told)
    make.account(me)
    application = underwriting.start_application(
        holder_id=me, product_code="million-medical-social", channel="APP", request_key="k", **told
    )
    for values in ({"name": NAME}, {"name": NAME, "phone": PHONE, "words": WORDS}):
        underwriting.save_draft(application_id=application, step="people", values=values, **told)
    underwriting.withdraw(application_id=application, why=WORDS, **told)
    chat = contact.open_chat(party_id=me, **told)
    contact.leave_word(conversation_id=chat, text=WORDS, **told)
    Conversation.objects.update(state="CLOSED", ended_at=NOON, ending="CUSTOMER")
    voice.take_comment(comment=WORDS, **told)
    got = complaints.receive(
        party_id=me, channel="APP", **told,
        told=complaints.Told(business="CLAIMS", reason="SLOW", words=WORDS, demand=WORDS),
    )  # fmt: skip
    complaints.withdraw(complaint_id=got.id, **told)
    request = servicing.start_request(
        kind="contact_address",
        form={"region": "浙江省杭州市西湖区", "street": ADDRESS},
        party_id=me,
        door="CUSTOMER",
        **told,
    )
    servicing.withdraw_request(request_id=request, **told)
    journeys.keep_failed_form(
        party_id=me, journey="contact_address", request="contact_address", form={"words": WORDS},
        code="bad_form", **told,
    )  # fmt: skip
    paper = documents.store_upload(
        about=Ref("application", application), party_id=me, kind="OTHER", filename=f"{NAME}.png",
        content=picture(), **told,
    )  # fmt: skip
    Field.objects.create(upload_id=paper, name="name", value=NAME, source="OCR", confidence=1)
    tx.use_case(messaging.queue)(
        "people.data_request_received",
        to=my,
        about=my,
        at=NOON,
        facts={"kind": "查阅", "by": "2026-03-20"},
    )
    Message.objects.update(title=NAME, text=WORDS, state="SENT", sent_at=NOON)
    messaging.keep_address(who=my, channel="FAX", address="057112345678", at=NOON)
    for text in (WORDS, "TD"):
        messaging.take_reply(
            inbound=Inbound(
                channel="SMS",
                gateway="smpp",
                proof=str(len(text)),
                address=f"+86{PHONE}",
                text=text,
            ),
            at=NOON,
        )
    work.declare_queues(at=NOON)
    tx.use_case(work.open_item)(
        "claims.call_customer",
        about=my,
        office_id=office,
        title=f"致电{NAME}",
        at=NOON,
        party_id=me,
    )
    react()
    return me, number, Upload.objects.get(pk=paper).storage_key


def found(needles):
    """Where any of these stands: as text, inside JSON or arrays, as bytes, or sealed; by table."""
    plain = {each for n in needles for each in (n, json.dumps(n)[1:-1], n.encode().hex())}
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, array_agg(column_name::text) filter (where data_type = 'bytea')"
            "  from information_schema.columns where table_schema = 'public' group by 1 order by 1"
        )
        tables = cursor.fetchall()
        held = " union all ".join(
            f"select '{table}' where exists (select 1 from \"{table}\" t where t::text like any(%(like)s))"
            for table, _ in tables
        )
        cursor.execute(held, {"like": [f"%{each}%" for each in plain]})
        places = {table for (table,) in cursor.fetchall()}
        for table, columns in tables:
            for column in columns or ():
                cursor.execute(f'select "{column}" from "{table}" where length("{column}") > 30')
                for (value,) in cursor.fetchall():
                    if any(n in _opened(bytes(value), table, column) for n in needles):
                        places.add(table)
    return places


def _opened(value, table, column):
    try:
        return sealing.unseal(value, f"{table.removesuffix('event')}.{column}")
    except (sealing.CannotUnseal, UnicodeDecodeError):
        return ""


@pytest.mark.django_db
def test_nothing_of_an_erased_customer_is_found_in_any_column_of_any_table(
    files, django_capture_on_commit_callbacks
):
    office = insurer()
    make.staff(office, "SERVICING")
    me, number, file = life(office)
    indexes = [
        sealing.blind_index(text, domain)
        for text in (PHONE, f"+86{PHONE}", number, EMAIL)
        for domain in ("phone", "identity", "contact address")
    ] + address_indexes("SMS", f"+86{PHONE}")
    needles = [NAME, PHONE, number, ADDRESS, EMAIL, *indexes]
    before = found(needles)
    assert {
        "people_party", "people_partyevent", "people_servicepreference", "messaging_message", "messaging_reply",
        "underwriting_application", "contact_turn", "complaints_complaint",
        "servicing_request", "journeys_keptform", "documents_field", "documents_upload", "voice_feedback",
        "work_item",
    } <= before  # fmt: skip
    assert drawer.has(file)

    with django_capture_on_commit_callbacks(execute=True):
        make.erased(me, NOON + timedelta(days=1))
        react()

    left = found(needles)
    assert left == set(STAY)
    assert set(STAY.values()) <= {what for what, _rule in STAYS}
    assert not drawer.has(file)
    assert queries.get_party(me).erased
