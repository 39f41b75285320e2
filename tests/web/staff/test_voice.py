"""客户之声: every page for those with the right, a survey and a card from link to thanks, an answer to solved."""

from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.make import NOON
from tests.voice.test_files_and_topics import csv_of
from tests.web.signing import signed_in
from yilu.journal import operations as journal
from yilu.kernel.errors import said
from yilu.kernel.refs import Ref
from yilu.voice import jobs
from yilu.voice import operations as voice
from yilu.voice.models import Analysis, Batch, Feedback, Handling, Topic

URL = "/staff/voice"
PAGES = ("", "analyses", "inbox", "box", "card", "files", "improvements", "rules", "aspects", "labels", "studies")  # fmt: skip


@pytest.fixture
def manager(people):
    made = make.staff(people.branch_a, "SERVICE_MANAGER", username="fu.wu", name="伏武")
    return signed_in(Ref("staff", made))


def test_a_comment_of_a_megabyte_is_refused_in_words_and_one_with_emoji_is_kept(people):
    customer = signed_in(people.as_lin)
    address = reverse("customer:feedback")
    refused = customer.post(address, {"comment": "好" * 350_000, "topic": "claim", "key": "a"})
    assert refused.status_code == 422
    assert said(voice.CommentTooLong.message, str) in refused.content.decode()
    assert not Feedback.objects.exists()
    words = "等了三天😡，資料要交三遍👎🏽"
    assert (
        customer.post(address, {"comment": words, "topic": "claim", "key": "b"}).status_code == 302
    )
    assert Feedback.objects.get().text == words
    assert words in customer.get(address).content.decode()


def test_every_page_is_for_those_with_the_right_and_says_when_it_is_empty(people, manager, chen):
    for page in PAGES:
        assert manager.get(f"{URL}/{page}").status_code == 200, page
        assert chen.get(f"{URL}/{page}").status_code == (200 if page == "card" else 403), page
    assert "还没有分析过" in manager.get(f"{URL}/").content.decode()


def test_the_overview_has_years_side_by_side_and_the_months_of_one_journey(people, manager):
    now = timezone.now()
    for n, (journey, recommend) in enumerate((("claim", 10), ("visit", 3))):
        voice.take_rating(
            said=voice.Said(recommend=recommend), touchpoint="x", journey=journey,
            actor=people.as_lin, at=now, request_key=str(n),
        )  # fmt: skip
    while journal.run_reactions(now):
        pass
    page = " ".join(manager.get(f"{URL}/?journey=visit").content.decode().split())
    assert "净推荐值逐年" in page
    assert '<option value="visit" selected>' in page
    assert "months?journey=visit" in page

    def months(journey):
        address = reverse("staff:voice_chart", args=["months"])
        return manager.get(address, {"journey": journey}).json()["series"][0]["data"]

    assert (months("visit"), months("claim"), months("moon")) == ([-100.0], [100.0], [0.0])


def test_a_file_becomes_topics_and_pictures(people, manager):
    told = {"label": "热线", "journey": "claim", "scale": "1-5", "office": people.branch_a}
    refused = manager.post(f"{URL}/files", {**told, "file": _file()})
    assert refused.status_code == 422
    assert "0 至 10" in refused.content.decode()
    answer = manager.post(f"{URL}/files", {**told, "scale": "0-10", "file": _file()})
    batch = Batch.objects.get()
    assert answer.url == f"{URL}/files/{batch.pk}"
    assert "等待开始" in manager.get(answer.url).content.decode()
    jobs.read_file(batch_id=batch.pk)
    assert manager.get(f"{answer.url}/progress")["HX-Refresh"] == "true"
    assert "不是数字" in manager.get(f"{answer.url}/problems").content.decode()
    analysis = Analysis.objects.get()
    page = f"{URL}/analyses/{analysis.pk}"
    assert "progress" in manager.get(page).content.decode()
    jobs.analyse(analysis_id=analysis.pk)
    for name in ("topics", "matrix", "quadrant"):
        assert manager.get(f"{page}/chart/{name}").json()
    assert manager.get(f"{page}/chart/other").status_code == 404
    assert manager.get(f"{URL}/chart/months").status_code == 200
    topic = Topic.objects.earliest("rank")
    said = manager.get(f"{URL}/topics/{topic.pk}").content.decode()
    assert topic.name in said
    assert (
        Feedback.objects.order_by("pk").first().text in manager.get(page).content.decode() or said
    )
    planned = manager.post(
        f"{URL}/improvements",
        {"topic": topic.pk, "title": "加派审核人手", "journey": "claim", "owner": _id("fu.wu"),
         "due_on": "2099-01-01"},
    )  # fmt: skip
    assert manager.get(planned.url).status_code == 200


def test_a_card_is_answered_by_a_customer_and_never_by_staff(people, chen):
    assert "服务评价说明卡" not in chen.get(f"{URL}/card").content.decode()
    chen.post(f"{URL}/card", {"claim": ""})
    assert "服务评价说明卡" in chen.get(f"{URL}/card").content.decode()
    own, services = (chen.get(f"{URL}/card/picture{of}") for of in ("", "?of=services"))
    assert own["Content-Type"] == services["Content-Type"] == "image/svg+xml"
    assert own.content != services.content
    code = voice.make_card(claim_id=None, access=people.chens_access, actor=people.as_chen, at=NOON)
    link = f"/voice/card/{code}"
    assert chen.post(link, {"stars": "5"}).status_code == 403
    phone = Client()
    assert "陈审核" in phone.get(link).content.decode()
    assert phone.post(link, {}).status_code == 422
    assert phone.post(link, {"stars": "1", "comment": "没人管", "who": "third"}).status_code == 302
    assert phone.post(link, {"stars": "5"}).status_code == 409
    assert Client().get("/voice/card/guessed").status_code == 404
    assert Feedback.objects.get().who == "THIRD_PARTY"


def test_feedback_is_taken_answered_and_confirmed_through_the_pages(people, manager):
    feedback_id = voice.take_comment(
        comment="请问13812345678收到了吗", actor=people.as_lin, at=NOON
    )
    page = f"{URL}/inbox/{feedback_id}"
    assert "〔电话〕" in manager.get(page).content.decode()
    assert manager.post(f"{page}/act", {"act": "reply", "text": "已经收到"}).status_code == 403
    manager.post(f"{page}/act", {"act": "take"})
    assert "13812345678" in manager.post(f"{page}/act", {"act": "original"}).content.decode()
    with mock.patch("yilu.voice.operations.handling.secrets.token_urlsafe", return_value="known"):
        assert (
            manager.post(f"{page}/act", {"act": "reply", "text": "已经收到了"}).status_code == 302
        )
    assert "已经收到了" in Client().get("/voice/answer/known").content.decode()
    assert Client().post("/voice/answer/known", {"solved": "yes"}).status_code == 302
    assert Client().get("/voice/answer/known").status_code == 404
    assert Handling.objects.get().state == "SOLVED"


def _file():
    content = csv_of(20) + "坏,九,1,2026-01-01\n".encode()
    return SimpleUploadedFile("评论.csv", content)


def _id(username):
    from yilu.people import queries

    return queries.find_staff(username)
