"""The matrix, speed by channel, replies; words that one person writes and another approves."""

import pytest

from tests import make
from tests.messaging import post
from yilu.kernel.refs import Ref
from yilu.messaging import operations, templates
from yilu.messaging.models import TemplateVersion
from yilu.messaging.operations import Inbound

BASE = "/staff/messages"
CODE = "claims.declined"
WORDS = f"{BASE}/words/{CODE}"


def form(**given):
    body = templates.bodies()[CODE]
    told = {
        f"{kind}:{tongue}:{part}": each[tongue][part]
        for kind, each in (("words", body), ("agent", body["agent"]))
        for tongue in ("zh-hans", "en")
        for part in ("title", "text")
    }
    return {**told, "do": "draft", "reason": "说得更明白", "channels": ["SMS", "OUTBOX"], **given}


def test_the_matrix_shows_every_message_of_every_stage(
    chen, kept_out, django_assert_max_num_queries
):
    kept_out(f"{BASE}/matrix")
    with django_assert_max_num_queries(14):  # all words in force: one of them
        page = chen.get(f"{BASE}/matrix").content.decode()
    for word in (
        "承保",
        "保险有效期",
        "缴费",
        "理赔",
        "满期与给付",
        "保全变更",
        "报案受理后立即",
        "微信 → 短信",
    ):
        assert word in page
    for code in templates.catalogue():
        assert code in page


@pytest.mark.parametrize("hours", ["1", "24", "168", "x"])
def test_speed_and_failures_are_shown_and_drawn(people, chen, hours):
    post.queue(to=Ref("party", people.lin))
    post.send()
    assert chen.get(f"{BASE}/channels?hours={hours}").status_code == 200
    for name in ("latency", "sent", "failures"):
        drawn = chen.get(f"{BASE}/channels/{name}?hours={hours}").json()
        assert len(drawn["names"]) == 24
    assert chen.get(f"{BASE}/channels/secrets").status_code == 404


def test_replies_are_shown_masked_to_the_customers_own_branch_and_as_text(people, chen, kept_out):
    kept_out(f"{BASE}/replies")
    for party, number in ((people.lin, "1"), (people.zhou, "2")):
        operations.keep_address(
            who=Ref("party", party), channel="WECHAT", address=f"o{number}", at=make.NOON
        )
        operations.take_reply(
            inbound=Inbound("WECHAT", "wechat", number, f"o{number}", f"<b>信{number}</b>"),
            at=make.NOON,
        )
    operations.take_reply(
        inbound=Inbound("SMS", "smpp", "3", "+8613912345678", "陌生人的话"), at=make.NOON
    )
    page = chen.get(f"{BASE}/replies").content.decode()
    assert "&lt;b&gt;信1" in page
    assert "信2" not in page
    assert "陌生人的话" in page
    assert "13912345678" not in page


def test_one_writes_another_approves(desk, chen):
    assert chen.get(f"{BASE}/words").status_code == 403
    assert chen.post(WORDS, form()).status_code == 403
    writer, checker = desk.editor.client, desk.second_editor.client
    assert writer.get(WORDS).status_code == 200
    assert writer.post(WORDS, form(**{"words:zh-hans:title": "我们的结论"})).status_code == 302
    assert "我们的结论" in checker.get(f"{BASE}/words").content.decode()
    refused = writer.post(WORDS, {"do": "approve"})
    assert refused.status_code == 403
    assert "不能审批自己起草的模板" in refused.content.decode()
    assert "还差：查告知" in checker.post(WORDS, {"do": "approve"}).content.decode()
    answer = {"do": "check", "check": "told", "passed": "yes", "evidence": "班前会上念过新的标题"}
    for check in ("told", "load"):
        assert writer.post(WORDS, {**answer, "check": check}).status_code == 302
    assert checker.post(WORDS, {"do": "approve"}).status_code == 302
    assert TemplateVersion.objects.get(is_shipped=False).state == "APPROVED"
    assert "我们的结论" in writer.get(WORDS).content.decode().split("</h1>")[0]
    back = writer.post(WORDS, {"do": "back"}, follow=True).content.decode()
    assert "已回退：从现在起按第 3 版的内容发送" in back
    assert "我们的结论" not in back.split("</h1>")[0]


def test_words_that_do_not_fit_come_back_as_typed_with_what_is_wrong(desk):
    answer = desk.editor.client.post(WORDS, form(**{"words:zh-hans:text": "没有用到事实<script>"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有用到事实&lt;script&gt;" in page
    assert not TemplateVersion.objects.exists()
    assert desk.editor.client.get(f"{BASE}/words/claims.rumour").status_code == 404
    assert desk.editor.client.post(WORDS, {"do": "approve"}).status_code == 404


def test_a_draft_is_given_back(desk):
    desk.editor.client.post(WORDS, form())
    assert desk.second_editor.client.post(WORDS, {"do": "return", "remark": " "}).status_code == 422
    assert (
        desk.second_editor.client.post(WORDS, {"do": "return", "remark": "缺热线"}).status_code
        == 302
    )
    assert TemplateVersion.objects.get(is_shipped=False).state == "RETURNED"
