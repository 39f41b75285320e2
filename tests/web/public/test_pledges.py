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
