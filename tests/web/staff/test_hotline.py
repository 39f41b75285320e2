"""热线播报: read out on a page, heard, approved by a colleague, played to whoever calls by the page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.contact.desk import Desk, person
from tests.contact.test_prompts import wav
from tests.web.pages import text
from tests.web.signing import signed_in
from yilu.contact import queries
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/staff/contact/hotline"


def test_a_lead_reads_a_text_out_and_another_colleague_lets_callers_hear_it(client, settings):
    settings.CALL_PAGE = True
    desk = Desk()
    lead = signed_in(Ref("staff", desk.boss.staff_id))
    editor = signed_in(Ref("staff", person(desk.office, "STANDARDS_EDITOR").staff_id))
    page = lead.get(URL)
    assert "只有嘀一声" in text(page)
    assert "microphone=(self)" in lead.get(f"{URL}/greeting").headers["Permissions-Policy"]

    def hand_in(content):
        return lead.post(f"{URL}/greeting", {"sound": SimpleUploadedFile("a.wav", content)})

    short = hand_in(wav(0.1))
    assert (short.status_code, "录音太短" in text(short)) == (422, True)
    assert lead.post(f"{URL}/greeting").status_code == 422, "no file"
    assert hand_in(wav()).status_code == 302
    draft = queries.prompt_of("greeting").draft
    told = {"recording": draft.id}
    assert "要由另一位同事试听后批准" in text(lead.get(f"{URL}/greeting"))
    assert lead.get(f"{URL}/recordings/{draft.id}").content == wav()
    assert client.get(f"/call/voice/{draft.id}").status_code == 404, "nobody approved it"
    assert "要由另一位同事" in text(lead.post(f"{URL}/greeting/approve", told, follow=True))
    assert "待批准" in text(editor.get(f"{URL}?show=draft"))
    assert "已批准" in text(editor.post(f"{URL}/greeting/approve", told, follow=True))
    assert "真人录音" in text(editor.get(URL))

    call = client.post("/call", {"number": "13800138077"}).headers["Location"]
    assert f'data-sound="/call/voice/{draft.id}"' in client.get(call).content.decode()
    assert client.get(f"/call/voice/{draft.id}").content == wav()
    assert "已停用" in text(lead.post(f"{URL}/greeting/withdraw", told, follow=True))
    assert client.get(f"/call/voice/{draft.id}").status_code == 404
    for gone in (f"{URL}/nothing", f"{URL}/recordings/{draft.id + 1}"):
        assert lead.get(gone).status_code == 404
    assert lead.post(f"{URL}/greeting/shout", told).status_code == 404
