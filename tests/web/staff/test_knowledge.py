"""The knowledge pages and the seat's chats."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests import make
from tests.web.pages import text
from tests.web.signing import signed_in
from yilu.contact import operations as contact
from yilu.contact.models import Turn
from yilu.kernel.refs import Ref
from yilu.knowledge import queries
from yilu.people import queries as people_queries

FIELDS = {
    "topic": "CLAIM", "asked": "住院期间可以请护工吗？", "phrasings": "护工费赔不赔\n能报护工吗",
    "answer": "护工费不在医疗费用范围内，按护理责任条款给付。", "source": "护理责任条款",
}  # fmt: skip


@pytest.fixture
def editors(people):
    made = [make.staff(people.head, "STANDARDS_EDITOR") for _ in range(2)]
    return [signed_in(Ref("staff", staff)) for staff in made]


def test_a_question_is_written_by_one_approved_by_another_and_found(editors):
    author, other = editors
    begun = author.post("/staff/knowledge/new", FIELDS)
    assert begun.status_code == 302
    page = begun.url
    shown = text(author.get(page))
    assert "须由另一位有权限的同事" in shown
    assert FIELDS["answer"] in shown
    assert "护工费赔不赔" in shown
    assert "陈经办" in shown  # who drafted it
    assert author.post(f"{page}/do/approve", {"revision": 1}).status_code == 403
    assert "我已核对，批准" in text(other.get(page))
    assert other.post(f"{page}/do/approve", {"revision": 1}).status_code == 302

    listing = text(other.get("/staff/knowledge/", {"q": "护工费赔不赔"}))

    assert "直接回答" in listing or "供客户选择" in listing
    assert "护理责任条款" in text(other.get(page))


def test_a_draft_without_a_source_keeps_what_was_typed(editors):
    answer = editors[0].post("/staff/knowledge/new", {**FIELDS, "source": " "})
    assert answer.status_code == 422
    assert "答案没有依据" in text(answer)
    assert FIELDS["answer"] in text(answer)
    assert queries.counts(on=timezone.localdate())["draft"] == 0


class TestSeat:
    @pytest.fixture
    def seat(self, people):
        boss = make.staff(people.branch_a, "SERVICE_MANAGER")
        staff = make.staff(people.branch_a, "CALL_AGENT")
        now = timezone.now()
        contact.set_up_seat(
            staff_id=staff, skills={"general": 1}, access=people_queries.staff_access(boss),
            actor=Ref("staff", boss), at=now,
        )  # fmt: skip
        told = {
            "access": people_queries.staff_access(staff), "actor": Ref("staff", staff), "at": now,
        }  # fmt: skip
        contact.ready(**told)
        chat = contact.open_chat(party_id=people.lin, actor=people.as_lin, at=now)
        contact.ask(conversation_id=chat, text="人工", actor=people.as_lin, at=now)
        contact.accept(conversation_id=chat, **told)
        return signed_in(Ref("staff", staff)), chat

    def test_sees_the_chat_and_answers_in_it_once(self, seat):
        browser, chat = seat
        page = text(browser.get("/staff/chat/"))
        assert "人工" in page
        assert "data-say" in page
        for _ in range(2):
            browser.post(
                f"/staff/chat/{chat}/say", {"text": "您好，我来帮您", "key": "k"},
                headers={"HX-Request": "1"},
            )  # fmt: skip
        assert Turn.objects.filter(who="SEAT").count() == 1
        lines = text(browser.get(f"/staff/chat/{chat}/lines"))
        assert "您好，我来帮您" in lines
        seen = lines.split("seen=")[1].split('"')[0]
        assert browser.get(f"/staff/chat/{chat}/lines?seen={seen}").status_code == 204

    def test_another_branch_can_neither_read_nor_answer(self, seat, people):
        _browser, chat = seat
        other = signed_in(Ref("staff", make.staff(people.branch_b, "CALL_AGENT")))
        for url in (
            f"/staff/chat/{chat}",
            f"/staff/chat/{chat}/lines",
            f"/staff/chat/{chat}/quick",
        ):
            assert other.get(url).status_code == 404
        assert other.post(f"/staff/chat/{chat}/say", {"text": "x"}).status_code == 404
        assert Turn.objects.filter(who="SEAT").count() == 0
