"""What came with a letter goes into the claim of whoever wrote it, by one click, and a fax is read page by page."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from tests import make
from tests.contact.desk import Desk, person
from tests.make import NOON
from tests.web.pages import text
from tests.web.signing import signed_in
from yilu.claims import operations as claims
from yilu.contact import operations
from yilu.contact.models import Conversation
from yilu.documents import queries as documents
from yilu.documents.recognition.pages import open_image
from yilu.gateways import mail_in
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.web.console.management.commands import mail_in as command

pytestmark = pytest.mark.django_db(transaction=True)


def fax(pages=2):
    """A fax as it comes: black and white, 204 × 98 dots to the inch, several pages in one TIFF."""
    sheets = [Image.new("1", (1728, 1078 + n), 1) for n in range(pages)]
    out = io.BytesIO()
    sheets[0].save(
        out, "TIFF", save_all=True, append_images=sheets[1:], dpi=(204, 98), compression="group4"
    )
    return out.getvalue()


def test_a_fax_of_standard_resolution_is_drawn_as_it_was_written():
    picture = open_image(fax(), 2)
    assert (picture.width, picture.height) == (1728, round(1079 * 204 / 98))
    out = io.BytesIO()
    Image.new("RGB", (400, 300)).save(out, "PNG", dpi=(200, 180))
    assert open_image(out.getvalue()).size == (400, 300), "a scanner's small difference stays"


def test_a_paper_of_a_letter_goes_into_the_writers_open_claim_and_no_other(settings, tmp_path):
    settings.FILES, settings.FAX_DOMAIN = tmp_path, "fax.example"
    make.standards_in_force()
    office = make.office()
    party = make.insured(office, phone="13900001234")
    mine = make.reported_claim(party, office_id=office)
    others = make.reported_claim(office_id=office)
    desk = Desk(party=party, office=office)
    colleague = person(office, "INTAKE", "CALL_AGENT")
    operations.set_up_seat(
        staff_id=colleague.staff_id, skills={"general": 1, "claims": 1}, **desk.boss.told(NOON)
    )
    sender = signed_in(Ref("staff", colleague.staff_id))
    command.keep(
        mail_in.Mail(
            "<f1@fax.example>", "8613900001234@fax.example", "Fax", "", is_automatic=True,
            files=(mail_in.Attached("fax.tif", fax()),),
        )
    )  # fmt: skip
    from tests.contact.test_letters import react

    react(datetime.now(UTC))
    row = Conversation.objects.get(channel="FAX")
    url = f"/staff/contact/conversations/{row.pk}"
    rows = Conversation.objects.filter(pk=row.pk)
    rows.update(office_id=office, party_id=None)
    assert "先认出来信的是哪位客户" in text(sender.get(url))
    rows.update(party_id=party)
    page = text(sender.get(url))
    assert f"放进赔案 {claims_number(mine)}" in page
    [paper] = documents.list_uploads(documents_of(row.pk))
    shown = sender.get(f"{url}/papers/{paper.id}?page=2")
    assert shown.content.startswith(b"\x89PNG")

    def put(claim_id, kind="DIAGNOSIS"):
        told = {"claim": claim_id, "kind": kind}
        return text(sender.post(f"{url}/papers/{paper.id}/claim", told, follow=True))

    about = Ref("claim", mine.claim_id)
    assert "这不是这位客户的赔案" in put(others.claim_id)
    put(mine.claim_id, kind="LOVE_LETTER")
    assert not documents.list_uploads(about)
    assert not documents.list_uploads(Ref("claim", others.claim_id))
    for _twice in range(2):
        assert "正在识别" in put(mine.claim_id)
    [kept] = documents.list_uploads(about)
    assert kept.received_on == max(paper.received_on, day_of(NOON)), "here since the letter came"
    assert (kept.kind, kept.filename, kept.pages) == ("DIAGNOSIS", "fax.tif", 2)
    claims.withdraw_claim(
        claim_id=mine.claim_id, reason="不赔了", actor=Ref("party", party), at=NOON, access=None
    )
    put(mine.claim_id, kind="OTHER")
    assert len(documents.list_uploads(about)) == 1, "a claim that is over takes nothing"
    assert "没有还收资料的赔案" in text(sender.get(url))


def claims_number(reported):
    from yilu.claims.models import Claim

    return Claim.objects.get(pk=reported.claim_id).number


def documents_of(conversation_id):
    from yilu.contact import queries

    [letter] = queries.letters_of(conversation_id)
    return letter
