from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from tests.documents import papers
from tests.documents.conftest import ANNA, BEN, CLAIM, CUSTOMER, NOON, OTHER_CLAIM
from yilu.documents import inspection, operations, queries, storage
from yilu.documents.models import Upload
from yilu.documents.operations import intake
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db

XML = "发票.xml"
FISCAL = b"<?xml version='1.0'?><EInvoice><Header/></EInvoice>"


def hand_in(content=FISCAL, filename=XML, kind="INVOICE", about=CLAIM, party_id=ANNA, **given):
    return operations.store_upload(
        about=about,
        party_id=party_id,
        kind=kind,
        filename=filename,
        content=content,
        actor=Ref("party", party_id),
        at=NOON,
        **given,
    )


def kept_files(settings):
    return [p for p in Path(settings.FILES).rglob("*") if p.is_file()]


class TestStoreUpload:
    def test_keeps_the_file_and_says_so_and_has_it_read(self, jobs_deferred):
        upload_id = hand_in()
        view = queries.get_upload(upload_id)
        assert (view.state, view.kind, view.media_type) == (
            "RECEIVED",
            "INVOICE",
            "application/xml",
        )
        assert queries.open_file(upload_id) == (FISCAL, "application/xml")
        event = Event.objects.get(kind="documents.file_received")
        assert event.subject == str(CLAIM)
        assert event.facts["sha256"] == view.sha256
        assert jobs_deferred() == [("documents.recognise", {"upload_id": upload_id})]

    def test_keeps_the_file_sealed(self, settings):
        hand_in()
        [file] = kept_files(settings)
        assert b"EInvoice" not in file.read_bytes()

    def test_notices_a_file_that_was_altered_on_the_disk(self, settings):
        upload_id = hand_in()
        [file] = kept_files(settings)
        file.write_bytes(file.read_bytes()[:-1] + b"!")
        with pytest.raises(storage.FileMissing):
            queries.open_file(upload_id)

    def test_does_not_read_what_only_people_judge(self, jobs_deferred):
        upload_id = hand_in(papers.picture(), "事故.png", kind="ACCIDENT_PROOF")
        assert queries.get_upload(upload_id).state == "READ"
        assert jobs_deferred() == []

    def test_is_the_first_when_the_same_file_is_handed_in_again(self):
        assert hand_in() == hand_in()
        assert Event.objects.filter(kind="documents.file_received").count() == 1

    def test_is_the_first_when_the_same_request_is_sent_again(self):
        first = hand_in(request_key="tap-1")
        assert hand_in(papers.picture(), "b.png", kind="ID_CARD", request_key="tap-1") == first
        assert Upload.objects.count() == 1

    def test_takes_the_request_key_of_another_customer_for_another_request(self):
        assert hand_in(request_key="k") != hand_in(
            papers.picture(),
            "a.png",
            kind="OTHER",
            about=OTHER_CLAIM,
            party_id=BEN,
            request_key="k",
        )

    def test_refuses_the_invoice_file_of_another_claim_and_names_the_first_to_staff_only(self):
        hand_in()
        second = queries.get_upload(hand_in(about=OTHER_CLAIM, party_id=BEN))
        assert (second.state, second.refusal) == ("REFUSED", "DUPLICATE")
        assert second.first_subject == str(CLAIM)
        assert str(CLAIM.id) not in second.sentence
        event = Event.objects.get(kind="documents.duplicate_invoice_refused")
        assert event.facts == {
            "upload_id": second.id,
            "subject": str(OTHER_CLAIM),
            "first_subject": str(CLAIM),
            "witness": "SAME_FILE",
        }

    def test_lets_two_claims_share_a_file_that_is_no_invoice(self):
        picture = papers.picture()
        assert hand_in(picture, "身份证.png", kind="ID_CARD") != hand_in(
            picture, "身份证.png", kind="ID_CARD", about=OTHER_CLAIM, party_id=BEN
        )
        assert Upload.objects.filter(live=True).count() == 2

    @pytest.mark.django_db(transaction=True)
    def test_counts_one_file_handed_in_by_many_at_once_once(self):
        def one(number):
            try:
                return hand_in(about=Ref("claim", 200 + number), party_id=number)
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(one, range(6)))
        assert Upload.objects.filter(live=True).count() == 1
        assert Upload.objects.filter(refusal="DUPLICATE").count() == 5

    def test_leaves_nothing_behind_when_the_last_step_fails(self, monkeypatch, jobs_deferred):
        def fail(*_args, **_given):
            raise RuntimeError("power cut")

        monkeypatch.setattr(intake.journal, "record", fail)
        with pytest.raises(RuntimeError):
            hand_in()
        assert not Upload.objects.exists()
        assert jobs_deferred() == []

    def test_tidies_the_name_of_the_file(self):
        upload_id = hand_in(filename="C:\\资料\\\u202e../\x00" + "长" * 300 + ".xml")
        name = queries.get_upload(upload_id).filename
        assert len(name) <= 160
        assert name.endswith(".xml")
        assert "\\" not in name
        assert "\u202e" not in name

    def test_shows_a_stranger_neither_the_file_nor_that_it_exists(self):
        upload_id = hand_in()
        with pytest.raises(queries.UploadNotFound) as stranger:
            queries.open_file(upload_id, party_id=BEN)
        with pytest.raises(queries.UploadNotFound) as nothing:
            queries.open_file(upload_id + 1000, party_id=BEN)
        assert str(stranger.value) == str(nothing.value)
        assert queries.open_file(upload_id, party_id=ANNA)[0] == FISCAL

    def test_is_a_step_for_a_use_case_that_needs_it(self):
        with pytest.raises(RuntimeError, match="use case"):
            operations.take_in(
                about=CLAIM,
                party_id=ANNA,
                kind="OTHER",
                filename="a",
                content=b"",
                actor=CUSTOMER,
                at=NOON,
            )

        @tx.use_case
        def two():
            return [
                operations.take_in(
                    about=CLAIM, party_id=ANNA, kind="OTHER", filename=f"{n}.png",
                    content=papers.picture(text=f"{n}"), actor=CUSTOMER, at=NOON,
                )
                for n in range(2)
            ]  # fmt: skip

        assert len(set(two())) == 2


def bomb() -> bytes:
    return papers.archive({"OFD.xml": b"<OFD/>", "a.xml": b"\x00" * (30 * 1024 * 1024)})


def encrypted_archive() -> bytes:
    made = bytearray(papers.archive({"OFD.xml": b"<OFD/>"}))
    made[6] |= 1  # the flag in the member's own header …
    made[made.rindex(b"PK\x01\x02") + 8] |= 1  # … and in the directory
    return bytes(made)


EXTERNAL = (
    b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"""
)
LAUGHS = b"""<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>"""
BAD = {
    "empty": (b"", "a.pdf", inspection.EmptyFile, 422),
    "too large": (b"%PDF-1.7" + b"0" * inspection.BYTES_MAX, "a.pdf", inspection.FileTooLarge, 413),
    "encrypted PDF": (papers.pdf(password="secret"), "a.pdf", inspection.EncryptedFile, 422),
    "encrypted OFD": (encrypted_archive(), "a.ofd", inspection.EncryptedFile, 422),
    "encrypted archive": (encrypted_archive(), "a.zip", inspection.EncryptedFile, 422),
    "corrupt PDF": (b"%PDF-1.7\nnothing", "a.pdf", inspection.CorruptFile, 422),
    "corrupt OFD": (papers.archive({"OFD.xml": b"<OFD/>"})[:-30], "a.ofd", inspection.CorruptFile, 422),
    "OFD without pages": (papers.archive({"OFD.xml": b"<OFD/>"}), "a.ofd", inspection.CorruptFile, 422),
    "corrupt picture": (papers.picture(fmt="JPEG")[:900], "a.jpg", inspection.CorruptFile, 422),
    "corrupt PNG": (papers.picture()[:-40], "a.png", inspection.CorruptFile, 422),
    "corrupt XML": (b"<?xml version='1.0'?><a><b></a>", "a.xml", inspection.CorruptFile, 422),
    "nothing known": (b"\x01\x02\x03" * 50, "a.pdf", inspection.CorruptFile, 422),
    "bomb": (bomb(), "a.ofd", inspection.ArchiveBomb, 422),
    "bomb of members": (
        papers.archive({"OFD.xml": b"<OFD/>"} | {f"{n}": b"" for n in range(2_100)}),
        "a.ofd", inspection.ArchiveBomb, 422,
    ),
    "path out of the archive": (
        papers.archive({"OFD.xml": b"<OFD/>", "../../x": b"1"}), "a.ofd", inspection.CorruptFile, 422
    ),
    "other archive": (papers.archive({"a.txt": b"1"}), "a.zip", inspection.UnsupportedType, 415),
    "archive called OFD": (papers.archive({"a.txt": b"1"}), "a.ofd", inspection.UnsupportedType, 415),
    "photo of an iPhone": (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 99, "a.jpg", inspection.HeicPhoto, 415),
    "picture called PDF": (papers.picture(), "a.pdf", inspection.WrongExtension, 422),
    "PDF called picture": (papers.pdf(), "a.jpg", inspection.WrongExtension, 422),
    "PDF called program": (papers.pdf(), "a.exe", inspection.WrongExtension, 422),
    "program called PDF": (b"MZ" + b"\x00" * 200, "a.pdf", inspection.WrongExtension, 422),
    "web page called XML": (b"<!DOCTYPE html><html></html>", "a.xml", inspection.WrongExtension, 422),
    "word processor": (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "a.doc", inspection.UnsupportedType, 415),
    "text": ("你好".encode(), "a.txt", inspection.UnsupportedType, 415),
    "external entity": (EXTERNAL, "a.xml", inspection.UnsafeXml, 422),
    "external entity in UTF-16": (
        EXTERNAL.decode().replace('?xml version="1.0"?', '?xml version="1.0" encoding="utf-16"?').encode("utf-16"),
        "a.xml", inspection.UnsafeXml, 422,
    ),
    "entities in entities": (LAUGHS, "a.xml", inspection.UnsafeXml, 422),
    "entity inside an OFD": (
        papers.archive({"OFD.xml": b"<OFD/>", "Attachs/a.xml": EXTERNAL}), "a.ofd", inspection.UnsafeXml, 422
    ),
    "XML without end": (
        b"<a>" * 70 + b"</a>" * 70, "a.xml", inspection.UnsafeXml, 422
    ),
    "2,000 pages": (papers.pdf(2_000), "a.pdf", inspection.TooManyPages, 422),
    "picture bomb": (papers.png_claiming(60_000, 60_000), "a.png", inspection.ImageTooLarge, 422),
    "long picture": (papers.png_claiming(30_000, 100), "a.png", inspection.ImageTooLarge, 422),
    "thumbnail": (papers.picture((20, 20)), "a.png", inspection.ImageTooSmall, 422),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_store_upload_refuses_in_a_clear_sentence_and_changes_nothing(
    case, settings, jobs_deferred
):
    content, filename, refusal, status = BAD[case]
    with pytest.raises(Refusal) as refused:
        hand_in(content, filename)
    assert type(refused.value) is refusal
    assert refused.value.status == status
    assert any("\u4e00" <= c <= "\u9fff" for c in refused.value.message)
    assert refused.value.hint
    assert not Upload.objects.exists()
    assert not Event.objects.exists()
    assert jobs_deferred() == []
    assert kept_files(settings) == []


def test_store_upload_refuses_a_kind_it_does_not_know():
    with pytest.raises(operations.UnknownKind):
        hand_in(kind="CAKE")
    assert not Upload.objects.exists()


def test_store_upload_refuses_too_many_files(monkeypatch):
    monkeypatch.setattr(intake, "FILES_PER_SUBJECT_MAX", 2)
    for n in range(2):
        hand_in(papers.picture(text=f"{n}"), "a.png", kind="OTHER")
    with pytest.raises(operations.TooManyFiles):
        hand_in(papers.picture(text="3"), "a.png", kind="OTHER")
    assert Upload.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "filename", "media_type"),
    [
        (papers.picture(fmt="PNG"), "photo.jpg", "image/png"),  # phones and chats rename pictures
        (papers.picture(fmt="JPEG"), "photo.JPEG", "image/jpeg"),
        (papers.picture(fmt="WEBP"), "photo.webp", "image/webp"),
        (papers.picture(fmt="BMP"), "scan.bmp", "image/bmp"),
        (papers.picture(fmt="TIFF"), "scan.tif", "image/tiff"),
        (papers.pdf(3), "发票", "application/pdf"),
        (papers.pdf(3), "发票.PDF", "application/pdf"),
        ("<?xml version='1.0' encoding='GBK'?><发票/>".encode("gbk"), "a.xml", "application/xml"),
        (b"\xef\xbb\xbf<EInvoice/>", "a.xml", "application/xml"),
    ],
)
def test_store_upload_takes_what_customers_have(content, filename, media_type):
    assert queries.get_upload(hand_in(content, filename)).media_type == media_type
