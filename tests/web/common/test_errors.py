"""What is said when something cannot be: a page in words, with the status and what to do."""

import pytest

pytestmark = pytest.mark.django_db


def test_an_address_that_wants_another_method_says_so_in_words(client):
    answer = client.get("/preferences/language")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    page = answer.content.decode()
    assert "这个操作方式不受支持" in page
    assert "<main" in page


def test_a_part_of_a_page_and_a_machine_get_theirs(client):
    part = client.get("/preferences/language", headers={"HX-Request": "true"})
    assert part.status_code == 405
    assert "<html" not in part.content.decode()
    assert part.headers["Yilu-Says"]

    machine = client.get("/preferences/language", headers={"Accept": "application/json"})
    assert machine.json()["message"] == "这个操作方式不受支持"


def test_asking_only_for_the_head_is_answered_without_a_body(client):
    answer = client.head("/preferences/language")
    assert answer.status_code == 405


def test_staff_are_sent_back_to_their_desk_and_customers_to_their_page(client):
    staff = client.get("/staff/nothing-here").content.decode()
    assert "回到工作台" in staff
    assert "回到首页" not in staff
    assert "回到首页" in client.get("/nothing-here").content.decode()
