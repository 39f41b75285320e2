"""The underwriter's desk: seen whole, decided with keys, refused in words."""

import re
from decimal import Decimal

import pytest

from tests import make
from tests.documents.papers import picture
from tests.underwriting.story import Story, insurer
from tests.underwriting.test_underwriter_decides import HIGH
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref
from yilu.underwriting import operations as underwriting
from yilu.underwriting.models import Application
from yilu.underwriting.queries.board import board


@pytest.fixture
def office(db):
    return insurer()


@pytest.fixture
def he(office):
    return signed_in(Ref("staff", make.staff(office, "UNDERWRITER", name="贺保")))


@pytest.fixture
def story(office):
    told = Story(office, at=make.NOON)
    told.submitted(**HIGH)
    return told


def page(client, path):
    return client.get(path).content.decode()


def digest_on(html):
    return html.split('name="digest" value="', 1)[1].split('"', 1)[0]


def test_everything_stands_on_one_screen(he, story):
    assert story.row.number in page(he, "/staff/underwriting")
    html = page(he, f"/staff/underwriting/{story.id}")

    for words in (
        "165 mmHg", "收缩压在 160 以上，控制不理想", "第 1 版第", "累计风险保额", "300,000.00",
        "系统：请人工判断", "没有理赔记录", "时限", "data-hotkey=\"d\"", "体重指数",
    ):  # fmt: skip
        assert words in html, words
    assert "/staff/tables/underwriting.hypertension?version=1#row-" in html
    assert html.count("逐条确认重要条款") == 1  # every clause ticked at once is one row
    assert story.row.number in page(he, f"/staff/underwriting?q={story.row.number.lower()}")
    assert story.row.number not in page(he, "/staff/underwriting?state=ISSUED")


def test_a_paper_that_was_handed_in_stands_on_the_desk_and_opens(he, office, story):
    kept = story.do(
        underwriting.hand_in_paper, paper="MEDICAL_RECORD", filename="病历.png", content=picture()
    )
    path = f"/staff/underwriting/{story.id}/files/{kept}"
    assert path in page(he, f"/staff/underwriting/{story.id}")
    assert he.get(path)["Content-Type"] == "image/png"
    assert he.get(f"/staff/underwriting/{story.id}/files/{kept + 99}").status_code == 404
    elsewhere = signed_in(Ref("staff", make.staff(insurer(), "UNDERWRITER")))
    assert elsewhere.get(path).status_code == 404


def test_an_offer_is_made_and_what_was_filled_in_stays_where_it_is_refused(he, story):
    path = f"/staff/underwriting/{story.id}"
    form = {
        "digest": digest_on(page(he, path)), "kind": "OFFER", "extra_mortality": "50",
        "own_wording": "高血压及其并发症", "own_icd": "i10, I11", "sum_insured": "900,000",
        "words": "血压控制不理想",
    }  # fmt: skip

    seen = " ".join(page(he, path).split())
    dearer = re.search(r'<option value="50"[^>]*> ?50 点 · 主险每期 ¥([\d,.]+) ?</option>', seen)
    assert dearer, "what the points cost is seen before the offer is sent"
    refused = he.post(f"{path}/decide", form)
    assert refused.status_code == 422
    assert "降低后的保额应低于" in refused.content.decode()
    assert "高血压及其并发症</textarea>" in refused.content.decode()

    done = he.post(f"{path}/decide", form | {"sum_insured": ""})
    assert (done.status_code, done.url) == (302, path)
    row = Application.objects.get(pk=story.id)
    assert (row.state, row.extra_mortality) == ("OFFERED", 50)
    assert f"{row.premium:,.2f}" == dearer[1]
    assert row.exclusions[0]["icd_prefixes"] == ["I10", "I11"]
    html = page(he, path)
    assert "承保条件变更通知书" in html
    assert "已决定，客户会马上收到通知" in html
    stale = he.post(f"{path}/decide", form)
    assert stale.status_code in {409, 422}


def test_a_second_person_confirms_on_the_same_screen(he, office):
    story = Story(office, at=make.NOON)
    story.submitted(**HIGH, elsewhere="1300000")
    yan = signed_in(
        Ref(
            "staff", make.staff(office, "UNDERWRITER", name="严核", amount_limit=Decimal(5_000_000))
        )
    )
    path = f"/staff/underwriting/{story.id}"
    he.post(f"{path}/decide", {"digest": digest_on(page(he, path)), "kind": "ACCEPT"})

    assert "您的意见在等待另一位核保员复核" in page(he, path)
    html = page(yan, path)
    assert "核保权限表要求" in html
    done = yan.post(f"{path}/confirm", {"digest": digest_on(html), "agrees": "yes"})
    assert done.status_code == 302
    assert Application.objects.get(pk=story.id).state == "AWAITING_PAYMENT"


def test_strangers_stay_outside(he, story, office):
    path = f"/staff/underwriting/{story.id}"
    elsewhere = signed_in(Ref("staff", make.staff(make.office(), "UNDERWRITER")))
    assessor = signed_in(Ref("staff", make.staff(office, "ASSESSOR")))
    counter = signed_in(Ref("staff", make.staff(office, "COUNTER")))
    form = {"digest": digest_on(page(he, path)), "kind": "ACCEPT"}

    assert elsewhere.get(path).status_code == 404
    assert elsewhere.post(f"{path}/decide", form).status_code == 404
    assert story.row.number not in page(elsewhere, "/staff/underwriting")
    for url in (path, "/staff/underwriting", "/staff/underwriting/board"):
        assert assessor.get(url).status_code == 403
    assert "核保须由有核保权限的同事办理" in page(counter, path)
    assert counter.post(f"{path}/decide", form).status_code == 403
    assert story.row.state == "REFERRED"


def test_the_board_counts_the_machines_first_words_and_why(he, story, office):
    Story(office, at=make.NOON).submitted()
    found = board([office], make.NOON, make.NOON.replace(year=2099))

    assert (found.submitted, found.straight, found.share) == (2, 1, 50.0)
    assert found.first == {"ACCEPT": 1, "REFER": 1}
    assert [(c.name, c.referred) for c in found.conditions] == [("高血压", 1)]
    assert found.p99 is not None
    assert found.p50 <= found.p99 <= found.slowest
    assert board([office + 99], make.NOON, make.NOON.replace(year=2099)).submitted == 0
    empty = page(he, "/staff/underwriting/board")  # the page looks back from the frozen noon
    assert "核保概况" in empty
    assert he.get("/staff/underwriting/board/outcomes").json()["names"] is not None
    assert he.get("/staff/underwriting/board/conditions").status_code == 200
    assert he.get("/staff/underwriting/board/nothing").status_code == 404
