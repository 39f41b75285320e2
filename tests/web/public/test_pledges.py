"""服务承诺, with what was kept of them."""

import pytest
from django.utils import timezone

from tests import make
from tests.web.pages import text
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.years import add_months
from yilu.scorecards.models import Tally

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
    shown = at.astimezone(CHINA)
    assert f"{shown:%Y-%m} 起逐月公布" in page
    assert "近十二个月 3 件，按时 2 件" in page
    assert f"{shown:%Y-%m}：66.7%" not in page  # one month is no course


@pytest.mark.django_db(transaction=True)
def test_a_promise_shows_its_last_twelve_months_and_since_when_it_is_counted(client):
    make.standards_in_force()
    now = timezone.now()
    first = day_of(now).replace(day=1)
    months = [add_months(first, -back) for back in (30, 11, 0)]
    Tally.objects.bulk_create(
        Tally(
            series="on_time:law.pay_ten_days",
            span="M",
            day=day,
            office_id=1,
            numerator=n,
            denominator=10,
        )
        for n, day in enumerate(months, 7)
    )
    page = text(client.get("/pledges"))
    assert page.count("利好") >= 3
    assert "本系统拟定：公开资料只有名称" in page
    assert f"{months[0]:%Y-%m} 起逐月公布" in page
    assert "近十二个月 20 件，按时 17 件" in page
    assert f"{months[1]:%Y-%m}：80.0%（10 件）" in page
    assert f"{months[2]:%Y-%m}：90.0%（10 件）" in page
    assert f"{months[0]:%Y-%m}：" not in page
