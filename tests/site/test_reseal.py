"""``yilu reseal``: every key may leave the ring, and nothing is lost with it (换密钥)."""

from importlib import import_module
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import BinaryField

from tests import make
from tests.claims import papers
from yilu.claims import operations as claims
from yilu.claims.models import Claim, ContactNote
from yilu.documents import operations as documents
from yilu.documents import queries as files
from yilu.documents import storage as uploads
from yilu.documents.models import Field, Upload
from yilu.kernel import recall, sealing
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters import storage as letters
from yilu.messaging import operations as messaging
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.people import queries as people
from yilu.people.models import BankAccount, Party
from yilu.risk.models import Trace

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = "1:old-secret-old-secret", "2:new-secret-new-secret"
ROOMS = (
    "people",
    "messaging",
    "payments",
    "documents",
    "letters",
    "claims",
    "catastrophe",
    "care",
    "direct_billing",
)
NOT_SEALED = {"journal"}
"""Hashes, and nonces that hide nothing any more once their event is public."""
MEANT_FOR_EVERYBODY = {
    "catastrophe_eventreport.printed", "insight_claimsyear.printed", "voice_reader.tables",
}  # fmt: skip
"""Reports that name nobody; the weights of words in a model."""
LAPSES_BY_ITSELF = {("documents_uploadlink", "secret_index")}
"""A link lives for days, and its secret is nowhere but with the customer."""
NOTE_PLACE, SECRETS_PLACE = "claims_contactnote.third_party_phone", "messaging_message.secrets"


def operations_of(room):
    return import_module(f"yilu.{room}.operations")


@pytest.fixture
def house(db, settings, tmp_path):
    """Something sealed in every room, under the old key; then the new one is put first."""
    settings.FILES, settings.SEALING_KEY = tmp_path / "files", OLD
    recall.forget_all()
    make.standards_in_force()
    office = make.office()
    lin = make.insured(office)
    claim = make.claim_in_review(holder_id=lin, office_id=office)
    chen = make.colleague(office, "ASSESSOR")
    papers.hand_in(claim.claim_id, papers.picture("OTHER"), actor=Ref("party", lin))
    Field.objects.create(
        upload=Upload.objects.get(kind="OTHER"), name="identity_number", value="31***",
        sealed=sealing.seal("310101198506150000", "documents_field.sealed"), source="STAFF",
        confidence=1,
    )  # fmt: skip
    claims.write_note(
        claim_id=claim.claim_id, access=chen[0], actor=chen[1], at=make.NOON,
        note=claims.Note(
            kind="VIDEO", text="对方司机在场", third_party="PRESENT", third_party_phone="13700001111"
        ),
    )  # fmt: skip
    claims.send_upload_link(
        claim_id=claim.claim_id, kinds=["DISCHARGE"], actor=lead(office)[1], access=lead(office)[0],
        at=make.NOON,
    )  # fmt: skip
    claims.pay_undisputed_part(
        claim_id=claim.claim_id, amount=make.Decimal("100.00"), reason="其余费用仍在核实",
        access=chen[0], actor=chen[1], at=make.NOON,
    )  # fmt: skip
    other = make.account(lin)
    claims.correct_account(
        claim_id=claim.claim_id, account_id=other, actor=Ref("party", lin), at=make.NOON
    )  # an account named before stays in the history of the claim
    key = letters.drawer.keep_of(7, b"%PDF a letter", "ab" * 32)
    settings.SEALING_KEY = f"{NEW} {OLD}"
    yield claim, lin, key
    recall.forget_all()


def lead(office):
    return make.colleague(office, "REGISTRAR")


def everything_opens(claim, key):
    upload = Upload.objects.get(kind="OTHER")
    assert files.open_file(upload.pk)[0].startswith(b"\x89PNG")
    assert sealing.unseal(Field.objects.get().sealed, "documents_field.sealed").startswith("3101")
    assert letters.drawer.get(key) == b"%PDF a letter"
    note = ContactNote.objects.get(third_party="PRESENT")
    assert sealing.unseal(note.third_party_phone, NOTE_PLACE).endswith("13700001111")
    secret = Message.objects.exclude(secrets=b"").get()
    assert "/u/" in sealing.unseal(secret.secrets, SECRETS_PLACE)


def test_every_key_may_leave_and_everything_is_found_and_opens(house, settings, capsys):
    claim, lin, key = house
    everything_opens(claim, key)  # while both keys are in the ring
    for room in ROOMS:  # stopped in the middle of everything, and started again
        operations_of(room).reseal_batch(at=make.NOON, limit=1)
    everything_opens(claim, key)
    call_command("reseal")
    call_command("reseal")
    assert "documents：已换密钥 0 项" in capsys.readouterr().out

    settings.SEALING_KEY = NEW
    everything_opens(claim, key)
    party = Party.objects.get(pk=lin)
    row = Claim.objects.get()
    assert row.phone_index == party.phone_index
    account = BankAccount.objects.get(pk=row.account_id)
    assert row.account_index == account.number_index
    paid_to = Payout.objects.get()
    assert paid_to.number_index == BankAccount.objects.get(pk=paid_to.account_id).number_index
    traces = dict(Trace.objects.filter(kind__in=["PHONE", "ACCOUNT"]).values_list("kind", "key"))
    assert traces["PHONE"] == party.phone_index

    settings.SEALING_KEY = OLD
    with pytest.raises(letters.FileMissing):
        letters.drawer.get(key)
    with pytest.raises(uploads.FileMissing):
        files.open_file(Upload.objects.get(kind="OTHER").pk)
    for sealed, place in (
        (Field.objects.get().sealed, "documents_field.sealed"),
        (ContactNote.objects.get(third_party="PRESENT").third_party_phone, NOTE_PLACE),
        (party.phone, "people_party.phone"),
    ):
        with pytest.raises(sealing.CannotUnseal):
            sealing.unseal(sealed, place)


def test_no_index_of_an_older_key_stays_anywhere(house, settings):
    call_command("reseal")
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = 'public' and column_name like '%\\_index' and data_type = 'character varying'"
        )
        columns = cursor.fetchall()
        assert ("claims_claimevent", "account_index") in columns
        for table, column in set(columns) - LAPSES_BY_ITSELF:
            cursor.execute(
                f"select count(*) from {table} where {column} <> '' and left({column}, 2) <> '02'"
            )
            assert cursor.fetchone() == (0,), f"{table}.{column}"
    assert not Trace.objects.filter(kind__in=["PHONE", "ACCOUNT"]).exclude(key__startswith="02")


def test_claims_under_one_phone_are_still_found_together(house, settings):
    claim, lin, _ = house
    call_command("reseal")
    settings.SEALING_KEY = NEW
    phone = people.get_contact(Ref("party", lin)).phone
    other = make.insured(Claim.objects.get().office_id, phone=phone)
    second = make.reported_claim(other, office_id=Claim.objects.get().office_id)
    claims.hand_in_invoices(
        claim_id=second.claim_id, provider_id=1, invoices=[make.invoice()], actor=SYSTEM,
        at=make.NOON,
    )  # fmt: skip
    found = Trace.objects.filter(kind="PHONE").values_list("key", flat=True)
    assert len(set(found)) == 1
    assert {t.subject for t in Trace.objects.filter(kind="PHONE")} == {
        str(claim.ref), str(second.ref),
    }  # fmt: skip


def test_every_sealed_column_belongs_to_a_pass():
    sealed, known = set(), set()
    for config in apps.get_app_configs():
        if (
            not config.name.startswith("yilu.")
            or config.label in NOT_SEALED
            or ".web." in config.name
        ):
            continue
        sealed |= {
            f"{model._meta.db_table}.{field.column}"
            for model in config.get_models()
            for field in model._meta.concrete_fields
            if isinstance(field, BinaryField)
        }
        if operations_of(config.label).__spec__.submodule_search_locations is None:
            continue
        if find_spec(f"{config.name}.operations.resealing"):
            passes = import_module(f"{config.name}.operations.resealing")
            known |= {column.name for column in getattr(passes, "COLUMNS", ())}
            assert operations_of(config.label).reseal_batch is passes.reseal_batch
    assert sealed - MEANT_FOR_EVERYBODY == known


def test_the_files_of_every_room_belong_to_a_pass(db, settings, tmp_path):
    settings.FILES, settings.SEALING_KEY = tmp_path / "files", OLD
    rooms = [room for room in settings.ROOMS if find_spec(f"yilu.{room}.storage")]
    drawers = {room: import_module(f"yilu.{room}.storage").drawer for room in rooms}
    assert {"documents", "letters", "payments"} <= set(drawers)
    for drawer in drawers.values():
        drawer.put(b"a private paper", "ab/paper")
    settings.SEALING_KEY = f"{NEW} {OLD}"
    call_command("reseal")
    settings.SEALING_KEY = NEW
    kept = {room: drawer.find("ab/paper") for room, drawer in drawers.items()}
    assert kept == dict.fromkeys(drawers, b"a private paper")


def test_a_file_that_no_longer_opens_is_named_and_stops_nothing(settings, tmp_path, caplog):
    settings.FILES, settings.SEALING_KEY = tmp_path / "files", OLD
    good = letters.drawer.keep_of(1, b"good", "a" * 64)
    bad = letters.drawer.keep_of(2, b"bad", "b" * 64)
    path = tmp_path / "files" / "letters" / bad
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    settings.SEALING_KEY = f"{NEW} {OLD}"
    module = import_module("yilu.letters.operations.resealing")
    while module.reseal_batch(at=make.NOON):
        pass
    settings.SEALING_KEY = NEW
    assert letters.drawer.get(good) == b"good"
    assert bad in caplog.text
    assert documents.reseal_batch(at=make.NOON) == 0
    assert messaging.reseal_batch(at=make.NOON) == 0
