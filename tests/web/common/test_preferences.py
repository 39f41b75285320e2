"""Large type and language, kept on the device."""

import pytest

from tests import make

pytestmark = pytest.mark.django_db


def test_set_type_size_is_kept_and_shown(client):
    answer = client.post("/preferences/type", {"large": "1", "next": "/help"})

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/help"
    assert 'data-type="large"' in client.get("/help").content.decode()

    client.post("/preferences/type", {"large": "0", "next": "/help"})
    assert 'data-type="large"' not in client.get("/help").content.decode()


def test_set_language_speaks_english_and_chinese_again(client):
    client.post("/preferences/language", {"language": "en", "next": "/help"})
    english = client.get("/help").content.decode()
    assert 'lang="en"' in english
    assert "How to reach us" in english

    client.post("/preferences/language", {"language": "zh-hans", "next": "/help"})
    assert "服务方式" in client.get("/help").content.decode()


def test_set_language_ignores_one_we_do_not_speak(client):
    answer = client.post("/preferences/language", {"language": "xx", "next": "/help"})

    assert answer.status_code == 302
    assert not answer.cookies


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""]
)
def test_the_way_back_never_leads_elsewhere(client, there):
    answer = client.post("/preferences/type", {"large": "1", "next": there})

    assert answer.headers["Location"] == "/"


def test_preferences_are_changed_by_forms_only(client):
    assert client.get("/preferences/type").status_code == 405
    assert client.get("/preferences/language").status_code == 405


def test_help_names_every_way_with_the_hours_managers_have_set(client):
    make.figure_set("contact.manned_to_hour", "22")
    page = " ".join(client.get("/help").text.split())
    assert "每天 8:00–22:00 人工接听" in page
    assert "20:00" not in page
    for place in ("tel:", "/c/chat", "/c/claims", "/c/me", "/c/complaints/new"):
        assert f'href="{place}' in page
    assert "现在没有客服人员在岗" in page
