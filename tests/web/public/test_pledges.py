"""服务承诺, with what was kept of them."""

import pytest

from tests import make
from tests.web.pages import text

pytestmark = pytest.mark.django_db


def test_pledges_show_limit_citation_and_text():
    from django.test import Client

    make.standards_in_force()
    page = text(Client().get("/pledges"))

    assert "我们的承诺" in page
    assert "法律规定的时限" in page
    assert "10 分钟" in page
    assert "保险法" in page


def test_pledges_are_empty_kindly(client):
    from yilu.obligations import book

    if hasattr(book, "forget"):
        book.forget()
    answer = client.get("/pledges")

    assert answer.status_code == 200


def test_pledges_speak_english(client):
    make.standards_in_force()
    client.cookies["django_language"] = "en"
    page = text(client.get("/pledges"))

    assert "Small claims paid within 10 minutes" in page


@pytest.mark.django_db(transaction=True)
def test_pledges_stand_beside_what_was_measured(client):
    from datetime import timedelta

    from django.utils import timezone

    from tests.scorecards.telling import read, tell
    from yilu.kernel.refs import Ref

    make.standards_in_force()
    branch, at = make.office(), timezone.now() - timedelta(days=2)
    for id, minutes in ((1, 3), (2, 3), (3, 50)):
        about, told = Ref("claim", id), {"straight_through": True, "band": "UNDER_3K"}
        tell("claims.claim_reported", about, at, office_id=branch)
        tell("claims.claim_registered", about, at, **told)
        tell("claims.claim_paid", about, at + timedelta(minutes=minutes), amount="100.00")
    read(timezone.now())
    page = text(client.get("/pledges"))
    assert "服务整体做得怎么样" in page
    assert "66.67%" in page  # 小额十分钟到账率
    assert "2/3" in page
    assert "每天更新" in page
