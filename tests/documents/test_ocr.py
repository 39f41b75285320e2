"""Recognition of pictures: few, each on the real models (one process, loaded once)."""

from __future__ import annotations

import functools
import io
import json
from datetime import date

import pytest
from demo import papers as own
from PIL import Image

from tests.data import data_folder
from yilu.documents.recognition import engine, pages, reading
from yilu.documents.rules import settling
from yilu.documents.rules.values import halved

pytestmark = pytest.mark.ocr
ON = date(2026, 5, 18)
TODAY = date(2026, 5, 20)
RECALL_MIN = 0.95


def said_by(found):
    """Everything a reading yields: its text and its values, half-width."""
    return halved("\n".join([found.text, *(f.value for f in found.values.values())]))


def read(picture, kind="INVOICE"):
    return reading.read_file(kind, "image/jpeg", picture, TODAY)


@functools.cache
def labelled(name):
    kind = "ID_CARD" if name.startswith("id_card") else "INVOICE"
    return read((data_folder("documents") / name).read_bytes(), kind)


def test_the_labelled_photos_are_read():
    labels = json.loads((data_folder("documents") / "labels.json").read_text())
    hit = total = 0
    for name, wanted in labels.items():
        said = said_by(labelled(name))
        hit += sum(halved(label) in said for label in wanted)
        total += len(wanted)
    assert hit / total >= RECALL_MIN


def test_the_masked_inpatient_bill_is_proved_by_its_own_sums():
    found = labelled("inpatient_bill_masked.jpg")
    assert {"CAPITALS", "LINES", "PAYMENTS"} <= found.values["total"].witnesses
    assert len(found.lines) == 8
    judged = settling.judge("INVOICE", found)
    assert not judged.settled
    assert {"code", "number"} <= set(judged.open)  # nothing on the masked page speaks for them


@pytest.mark.parametrize(
    ("kind", "snapshot"),
    [
        ("FISCAL_OUTPATIENT", own.Snapshot(degrees=-4, blur=1.0)),
        ("VAT_DIGITAL", own.Snapshot(degrees=90, blur=0.8)),
    ],
)
def test_a_photo_however_it_lies_is_read_and_nothing_wrong_is_accepted(kind, snapshot):
    bill = own.make_bill("欧阳小雨", 21, kind=kind, issued_on=ON)
    found = read(own.photo(own.pdf(bill), snapshot))
    truth = {"number": bill.number, "issued_on": "2026-05-18", "total": str(bill.total)}
    if kind != "VAT_DIGITAL":
        truth |= {
            "code": bill.code,
            "fund_paid": str(bill.fund_paid),
            "own_paid": str(bill.own_paid),
        }
    accepted = settling.judge("INVOICE", found).accepted
    assert {n: found.value(n) for n in truth if n in accepted} == {
        n: v for n, v in truth.items() if n in accepted
    }
    assert found.value("total") == str(bill.total)
    assert [n.amount for n in found.lines] == [n.amount for n in bill.lines]


def test_an_identity_card_stands_by_its_check_digit():
    card = own.identity_card("林小雨", "110101199003072543", "海州省海州市样张区演示路一号")
    found = read(card, "ID_CARD")
    assert found.value("name") == "林小雨"
    assert found.value("identity_number") == "110101199003072543"
    assert settling.judge("ID_CARD", found).settled


def test_a_bank_card_stands_by_its_check_digit():
    found = read(own.bank_card("样张银行", "6222021001112223331", "LIN XIAOYU"), "BANK_CARD")
    assert found.value("account_number") == "6222021001112223331"
    assert found.value("bank_name") == "样张银行"
    assert settling.judge("BANK_CARD", found).settled


def test_a_blurred_photo_is_noted_and_left_to_a_person():
    bill = own.make_bill("林小雨", 22, issued_on=ON)
    found = read(own.photo(own.pdf(bill), own.Snapshot(blur=9, side=900)))
    assert "BLURRED" in found.notes
    assert not settling.judge("INVOICE", found).settled


def test_an_empty_picture_is_unreadable_not_an_error():
    out = io.BytesIO()
    Image.new("RGB", (1000, 700), "white").save(out, "PNG")
    assert "UNREADABLE" in read(out.getvalue()).notes


def test_a_page_without_text_layer_is_read_as_a_picture():
    bill = own.make_bill("林小雨", 23, issued_on=ON)
    sheet = pages.render_pdf(own.pdf(bill), 1, scale=2.0, side_max=2_000)
    out = io.BytesIO()
    sheet.save(out, "PDF", resolution=150)
    found = reading.read_file("INVOICE", "application/pdf", out.getvalue(), TODAY)
    assert found.source == "OCR"
    assert found.value("number") == bill.number


def test_the_models_are_the_ones_in_the_wheel(monkeypatch):
    import socket

    def refuse(*_args, **_given):
        raise AssertionError("recognition reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    made = engine.RapidEngine()
    assert made.read(Image.new("RGB", (300, 200), "white")).segments == ()


@pytest.mark.django_db
def test_the_boxes_of_a_turned_photo_lie_on_its_preview():

    from tests.documents.test_recognise import hand_in
    from yilu.documents import jobs, queries
    from yilu.documents.models import Field

    bill = own.make_bill("林小雨", 24, issued_on=ON)
    shot = own.photo(own.pdf(bill), own.Snapshot(degrees=93, side=1400))
    upload_id = hand_in(shot, "a.jpg")
    jobs.recognise(upload_id=upload_id)
    shown = Image.open(io.BytesIO(queries.preview(upload_id))).convert("L")
    assert shown.width > shown.height
    box = Field.objects.get(upload_id=upload_id, name="number").box
    left, top, right, bottom = (
        int(share * side) for share, side in zip(box, (*shown.size, *shown.size), strict=True)
    )
    value = shown.crop((left, top, right, bottom))
    assert value.getextrema()[0] < 90  # ink inside the box …
    assert value.width > 3 * value.height  # … on one line
