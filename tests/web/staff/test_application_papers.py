"""Papers of an application, taken in at the counter and by the post, with the day they really came."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from tests.documents.papers import picture
from tests.underwriting.story import Story, customer, insurer
from tests.underwriting.test_underwriter_decides import HIGH, decide
from tests.web.signing import signed_in
from yilu.documents import queries as documents
from yilu.kernel.refs import Ref
from yilu.underwriting.operations import Kind

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 4)
ASKED = make.NOON - timedelta(days=10)  # Sunday 22 February
WHY = "邮寄件先存放在收发室"


@pytest.fixture
def office(db):
    return insurer()


@pytest.fixture
def clerk(office):
    return signed_in(Ref("staff", make.staff(office, "COUNTER", name="柜面同事")))


@pytest.fixture
def agent(office):
    return make.agent(office)


@pytest.fixture
def story(office, agent):
    """Waiting for two reports, asked for ten days ago."""
    told = Story(office, holder_id=customer(office, agent_id=agent), at=ASKED)
    told.submitted(**HIGH)
    he = make.colleague(office, "UNDERWRITER")
    asked = {"examinations": ("HOLTER", "CHECKUP"), "words": "请补充心脏检查"}
    assert decide(told, he, Kind.EXAMINE, **asked).state == "EXAMINATION"
    return told


def bring(client, story, paper="HOLTER", where="staff/applications", act="/do/paper", **told):
    file = SimpleUploadedFile(f"{paper}.png", picture(text=paper), "image/png")
    return client.post(f"/{where}/{story.id}{act}", {"paper": paper, "files": file, **told})


def days_of(story):
    return [u.received_on for u in documents.list_uploads(story.row.ref)]


def text(client, path):
    return client.get(path).content.decode()


def test_a_clerk_says_when_they_came_and_the_underwriter_sees_it(clerk, story, office):
    path = f"/staff/applications/{story.id}"
    html = text(clerk, path)
    for code in ("HOLTER", "CHECKUP"):  # each field has a label of its own
        assert f'for="received-on-{code}"' in html
        assert f'id="received-on-{code}"' in html

    came = TODAY - timedelta(days=9)
    told = {"received_on": came.isoformat(), "received_why": WHY}
    assert bring(clerk, story, **told).status_code == 302
    assert "收到了。" in text(clerk, path)
    bring(clerk, story, "CHECKUP")  # today

    assert days_of(story) == [came, TODAY]
    assert (story.row.state, story.row.complete_at) == ("REFERRED", make.NOON)
    he = signed_in(Ref("staff", make.staff(office, "UNDERWRITER")))
    desk = text(he, f"/staff/underwriting/{story.id}")
    assert desk.count("收到日 2026年2月23日") == desk.count(f"（{WHY}）") == 1


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"received_on": "昨天"}, "收到日填写有误，请从日历中选择"),
        ({"received_on": "2026-03-05"}, "收到日不能晚于今天"),
        ({"received_on": "2026-02-21", "received_why": WHY}, "收到日不能早于"),
        ({"received_on": "2026-02-23"}, "收到已超过七天，请写明补录的原因"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_words_and_stands_where_it_was_typed(
    clerk, story, told, words
):
    refused = bring(clerk, story, **told)
    assert refused.status_code == 422
    html = refused.content.decode()
    assert words in html
    kept = json.loads(re.search(r'<script id="typed"[^>]*>(.*?)</script>', html)[1])
    assert kept == {name: [value] for name, value in {"paper": "HOLTER", **told}.items()}
    assert days_of(story) == []


def test_a_customer_is_not_asked_and_what_they_send_was_here_when_they_sent_it(story):
    phone = signed_in(story.me)
    html = text(phone, f"/c/applications/{story.id}")
    assert 'name="files"' in html
    assert "received_on" not in html
    kept = bring(phone, story, where="c/applications", received_on="2026-02-25")
    assert kept.status_code == 302
    assert days_of(story) == [TODAY]


def test_is_no_strangers(client, story, office, agent):
    told = {"received_on": "2026-03-02"}
    elsewhere = signed_in(Ref("staff", make.staff(insurer(), "COUNTER")))
    assert bring(elsewhere, story, **told).status_code == 404
    other = signed_in(Ref("party", customer(office)))
    assert bring(other, story, where="c/applications", **told).status_code == 404
    he = signed_in(Ref("staff", make.staff(office, "UNDERWRITER")))  # may look, not apply
    assert bring(he, story, **told).status_code == 403
    assert "received_on" not in text(he, f"/staff/applications/{story.id}")
    for stranger in (client, signed_in(story.me), signed_in(Ref("agent", agent))):
        answer = bring(stranger, story, **told)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/staff/sign-in")
    assert days_of(story) == []


def test_a_draft_does_not_ask_since_nothing_runs_yet(clerk, office):
    drafted = Story(office, at=make.NOON).planned()
    html = text(clerk, f"/staff/applications/{drafted.id}/beneficiaries")
    assert 'name="paper"' in html
    assert "received_on" not in html
