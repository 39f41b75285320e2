"""热线播报: read out on a page, heard, approved by a colleague, played to whoever calls by the page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

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
    draft = queries.prompt_of("greeting", timezone.localdate()).draft
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


def test_a_lead_writes_a_flow_and_another_colleague_lets_calls_follow_it():
    desk = Desk()
    flows, today = "/staff/contact/hotline-flows", timezone.localdate()
    lead = signed_in(Ref("staff", desk.boss.staff_id))
    editor = signed_in(Ref("staff", person(desk.office, "STANDARDS_EDITOR").staff_id))
    assert "一直使用随系统发布的流程" in text(editor.get(flows))
    given = {"note": "结束语更短", "since": today.isoformat()}
    written = queries.text_in_force(today).replace("感谢来电，再见。", "再见。")
    lost = lead.post(
        f"{flows}/edit", {**given, "text": written.replace('8 = "greeting" }', '8 = "x" }')}
    )
    assert (lost.status_code, "通往“x”，没有这一处" in text(lost)) == (422, True)
    no_day = lead.post(f"{flows}/edit", {**given, "since": "", "text": written})
    assert "请选择今天或以后的生效日" in text(no_day)
    page = lead.post(f"{flows}/edit", {**given, "text": written}, follow=True)
    place = page.wsgi_request.path
    assert "还不能上线" in text(page)
    assert "1 处的文字是新的" in text(page)
    assert lead.post(f"{place}/approve").status_code == 403
    assert "还差：查告知、查压力" in text(editor.post(f"{place}/approve"))
    for check in ("told", "load"):
        lead.post(
            f"{place}/check",
            {"check": check, "passed": "yes", "evidence": "三月二日班前会讲过，拨测十通"},
        )
    assert "按这个流程走" in text(editor.post(f"{place}/approve", follow=True))
    assert "现行" in text(editor.get(place))
    assert "已回退到上一版本" in text(lead.post(f"{flows}/back", follow=True))
    assert queries.text_in_force(today) != written
    assert lead.post(f"{place}/shout").status_code == 404
