import io
from datetime import date

import pytest
from demo import papers as own
from PIL import Image

from tests.documents import papers
from tests.documents.conftest import BEN, CLERK, NOON
from tests.documents.test_accept_invoice_feed import send
from tests.documents.test_recognise import clinic_bill, hand_in
from yilu.documents import jobs, operations, queries

pytestmark = pytest.mark.django_db


def ink(content):
    """How much is drawn: the share of pixels that are not paper."""
    image = Image.open(io.BytesIO(content)).convert("L")
    assert max(image.size) <= 2_100
    dark = sum(count for value, count in enumerate(image.histogram()) if value < 200)
    return dark / (image.width * image.height)


@pytest.mark.parametrize("make", [own.pdf, own.ofd, own.xml], ids=["pdf", "ofd", "xml"])
def test_preview_shows_every_kind_of_invoice_file(make):
    suffix = {own.pdf: "pdf", own.ofd: "ofd", own.xml: "xml"}[make]
    upload_id = hand_in(make(clinic_bill()), f"a.{suffix}")
    jobs.recognise(upload_id=upload_id)
    assert ink(queries.preview(upload_id)) > 0.003
    with pytest.raises(queries.PreviewUnavailable):
        queries.preview(upload_id, 2)


def test_preview_shows_a_feed_by_its_values():
    assert ink(queries.preview(send())) > 0.003


def test_preview_turns_a_photo_upright_and_fits_it():
    out = io.BytesIO()
    image = Image.new("RGB", (3000, 1000), "white")
    exif = image.getexif()
    exif[0x0112] = 6  # the camera lay on its side
    image.save(out, "JPEG", exif=exif)
    upload_id = hand_in(out.getvalue(), "a.jpg", kind="OTHER")
    shown = Image.open(io.BytesIO(queries.preview(upload_id)))
    assert shown.height > shown.width
    assert max(shown.size) == 1_600


def test_preview_is_not_for_strangers():
    upload_id = hand_in(papers.picture(), "a.png", kind="OTHER")
    with pytest.raises(queries.UploadNotFound):
        queries.preview(upload_id, party_id=BEN)


def test_the_boxes_of_fields_lie_on_the_page():
    upload_id = hand_in(own.pdf(clinic_bill()), "a.pdf")
    jobs.recognise(upload_id=upload_id)
    boxes = [f.box for f in queries.fields(upload_id) if f.box]
    assert len(boxes) > 8
    assert all(0 <= b[0] < b[2] <= 1 and 0 <= b[1] < b[3] <= 1 for b in boxes)


def test_open_file_of_a_feed_is_its_data():
    content, media_type = queries.open_file(send())
    assert media_type == "application/json"
    assert "0012345678" in content.decode()


def test_a_discharge_summary_is_read_but_judged_by_a_person():
    content = own.discharge_pdf("林小雨", date(2026, 5, 1), date(2026, 5, 9))
    upload_id = hand_in(content, "a.pdf", kind="DISCHARGE")
    jobs.recognise(upload_id=upload_id)
    shown = {f.name: f.value for f in queries.fields(upload_id)}
    assert shown["admitted_on"] == "2026-05-01"
    assert shown["patient_name"] == "林小雨"
    assert queries.get_upload(upload_id).state == "NEEDS_PERSON"
    operations.confirm_document(
        upload_id=upload_id, version=queries.get_upload(upload_id).version,
        actor=CLERK, at=NOON,
    )  # fmt: skip
    assert queries.get_upload(upload_id).state == "SETTLED"
