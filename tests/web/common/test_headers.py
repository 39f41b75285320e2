"""What every answer carries, and what is refused before it is read."""

import json
import re

import pytest
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db


def test_only_our_own_scripts_and_styles_may_run(client):
    policy = client.get("/help").headers["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_body_that_is_too_large_is_refused_unread(client):
    answer = client.post(
        "/preferences/type", {"large": "1"}, headers={"content-length": "99999999999"}
    )

    assert answer.status_code == 413
    assert "提交的内容太大" in answer.content.decode()
    assert "yilu_type" not in answer.cookies


@pytest.mark.parametrize("path", ["/nothing-here", "/verify/proof/xyz"])
def test_a_page_that_is_not_there_says_what_to_do(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "回到首页" in answer.content.decode()


def test_an_old_form_is_refused_with_what_to_do():
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/preferences/type", {"large": "1"})

    assert answer.status_code == 403
    assert "请刷新页面后再提交一次" in answer.content.decode()


def test_a_part_of_a_page_gets_the_words_in_a_header(client):
    answer = client.get("/nothing-here", headers={"HX-Request": "true"})

    assert answer.status_code == 404
    assert answer.headers["Yilu-Says"].startswith("%E6%B2%A1%E6%9C%89%E6%89%BE%E5%88%B0")


@override_settings(DEBUG=False)
def test_the_gallery_is_for_builders_only(client):
    assert client.get("/gallery").status_code == 404
    assert client.get("/gallery/staff").status_code == 404


def test_the_pages_do_not_try_what_the_policy_forbids(client):
    """htmx would copy a ``style`` attribute from what was there; the browser refuses it, aloud."""
    config = re.search(r"name=\"htmx-config\"\s+content='([^']+)'", client.get("/help").text)
    assert "style" not in json.loads(config[1])["attributesToSettle"]


def test_a_number_to_ring_leaves_its_words_room(client):
    """The whole line is what one touches, so that it stays readable in large type."""
    assert '<a class="y-row" href="tel:12378">' in client.get("/help").text
