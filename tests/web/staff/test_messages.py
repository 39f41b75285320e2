"""The outbox: whom we told what, masked; in the demo a sign-in code is legible, and nothing else."""

import pytest

from tests import make
from tests.messaging import post
from yilu.kernel.refs import Ref
from yilu.messaging import operations

LIST = "/staff/messages"


@pytest.fixture
def told(people):
    """Lin was told of a report, Zhou of another branch too, and Lin asked for a code."""
    for party, claim in ((people.lin, 1), (people.zhou, 2)):
        post.queue(to=Ref("party", party), about=Ref("claim", claim))
    operations.send_message(
        template="people.sign_in_code", to=people.as_lin, about=people.as_lin,
        facts={"code": "246810", "minutes": "5"}, actor=people.as_chen, at=make.NOON,
    )  # fmt: skip
    post.send()


def test_only_those_who_see_claims_come_in(told, desk, kept_out, chen):
    kept_out(LIST)
    assert desk.operator.client.get(LIST).status_code == 403
    assert chen.get(LIST).status_code == 200


def test_a_branch_sees_its_own_customers_messages_masked(told, chen, desk):
    page = chen.get(LIST).content.decode()

    assert "林**" in page
    assert "林女士" not in page
    assert "claim:2" not in page
    assert "claim:2" in desk.auditor.client.get(LIST).content.decode()


@pytest.mark.parametrize(("demo", "legible"), [(True, True), (False, False)])
def test_a_code_is_legible_in_the_demo_alone(people, chen, settings, demo, legible):
    settings.DEMO = demo
    operations.send_message(
        template="people.sign_in_code", to=people.as_lin, about=people.as_lin,
        facts={"code": "246810", "minutes": "5"}, actor=people.as_chen, at=make.NOON,
    )  # fmt: skip
    post.send()

    assert ("246810" in chen.get(LIST).content.decode()) is legible


def test_a_link_is_legible_to_nobody_but_its_recipient(people, chen, settings):
    settings.DEMO = True
    post.queue(
        "claims.upload_link", to=people.as_lin,
        facts={"claim": "LP1", "link": "https://yilu.example/u/secret", "until": post.BY, "items": "发票"},
    )  # fmt: skip
    post.send()

    assert "secret" not in chen.get(LIST).content.decode()


def test_it_is_filtered_and_goes_on_by_key(people, chen):
    for n in range(60):
        post.queue(to=people.as_lin, about=Ref("claim", n + 1))
    while post.send():
        pass

    first = chen.get(LIST).content.decode()
    assert first.count("y-message-text") == 50
    after = first.split("after=")[1].split('"')[0]
    assert chen.get(f"{LIST}?after={after}").content.decode().count("y-message-text") == 10
    of_one = chen.get(f"{LIST}?about=claim:7").content.decode()
    assert of_one.count("y-message-text") == 1
    assert '<span class="y-badge y-badge-info">赔案 #7</span>' in of_one  # in words, not as kept
    assert "没有这样的通知" in chen.get(f"{LIST}?state=FAILED").content.decode()
    for odd in ("state=NONSENSE", "channel=PIGEON", "about=';drop", "after=abc"):
        assert chen.get(f"{LIST}?{odd}").status_code == 200


def test_what_did_not_arrive_stands_on_top(people, chen):
    from yilu.messaging import channels

    never = post.Notebook(trouble=[channels.WillNotWork("no such address")] * 9)
    with channels.use({"OUTBOX": never, "SMTP": never}):
        post.queue(to=people.as_lin, about=Ref("claim", 1))
        while post.send():
            pass

    page = chen.get(LIST).content.decode()
    assert page.index("没有送达") < page.index("全部状态")
