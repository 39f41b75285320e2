"""Figures at the workbench: read by who keeps standards, proposed by one and published by another."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.house.html_check import problems_of
from yilu.kernel.days import day_of
from yilu.standards import operations, queries

SHARE = "/staff/figures/policies.loan_share"


def given(value="70", revision=0, **more):
    tomorrow = day_of(timezone.now()) + timedelta(days=1)
    told = {"value": value, "revision": revision, "reason": "控制风险"}
    return told | {"effective_from": tomorrow.isoformat()} | more


def draft_of():
    return queries.get_figure("policies.loan_share", timezone.now()).draft


@pytest.fixture
def proposed(desk):
    """A colleague's proposal."""
    form = given()
    operations.draft_figure(
        code="policies.loan_share", value="60", reason="试行",
        effective_from=day_of(timezone.now()) + timedelta(days=3), actor=desk.second_editor.ref,
        at=timezone.now(),
    )  # fmt: skip
    return form


def test_only_those_who_keep_the_standards_see_them(desk, kept_out, chen):
    for url in ("/staff/figures", SHARE):
        kept_out(url)
        assert chen.get(url).status_code == 403
        assert desk.editor.client.get(url).status_code == 200
    for name in ("draft", "publish", "discard"):
        kept_out(f"{SHARE}/{name}", method="post")
        assert chen.post(f"{SHARE}/{name}", given()).status_code == 403
    assert draft_of() is None


def test_the_list_says_what_counts_and_where_other_numbers_are(desk):
    page = desk.editor.client.get("/staff/figures").content.decode()

    assert not problems_of(page)
    assert "保单借款最高占现金价值的比例" in page
    assert 'href="/staff/tables/servicing.self_service"' in page
    assert 'href="/staff/tables/contact.services"' in page


def test_large_sums_set_their_thousands_apart(desk):
    pages = desk.editor.client.get("/staff/figures").content.decode()
    most = next(f.most for f in queries.list_figures(timezone.now()) if float(f.most) >= 10_000)

    assert f"{Decimal(most):,}" in pages
    assert f">{most}" not in pages


def test_every_link_to_other_numbers_leads_somewhere(desk):
    page = desk.editor.client.get("/staff/figures")
    for url, _label in (*page.context["tables"], *page.context["pages"]):
        assert desk.editor.client.get(url).status_code in (200, 403), url


def test_every_figure_is_on_the_page(desk):
    page = desk.editor.client.get("/staff/figures")
    shown = {each.code for _room, _label, figures in page.context["groups"] for each in figures}
    assert shown == {each.code for each in queries.list_figures(timezone.now())}


def test_one_proposes_and_hears_that_another_publishes(desk):
    answer = desk.editor.client.post(f"{SHARE}/draft", given(), follow=True)

    page = answer.content.decode()
    assert not problems_of(page)
    assert "须由另一位有权限的同事发布" in page
    assert f"{SHARE}/publish" not in page
    assert draft_of().value == "70"
    # Typed in by hand all the same:
    refused = desk.editor.client.post(f"{SHARE}/publish", {"revision": 1})
    assert refused.status_code == 403
    assert draft_of() is not None


def test_beyond_the_bound_is_refused_with_the_article_and_keeps_what_was_typed(desk):
    answer = desk.editor.client.post(f"{SHARE}/draft", given("81", reason="想多借"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "不能高于 80%" in page
    assert "保监发〔2016〕76号" in page
    assert 'value="81"' in page
    assert "想多借" in page
    assert draft_of() is None


def test_another_publishes_what_was_proposed(desk, proposed):
    answer = desk.editor.client.post(f"{SHARE}/publish", {"revision": 1}, follow=True)

    assert "已发布" in answer.content.decode()
    found = queries.get_figure("policies.loan_share", timezone.now())
    assert [v.value for v in found.coming] == ["60"]
    assert found.now == "80"


def test_a_proposal_edited_meanwhile_is_not_published(desk, proposed):
    answer = desk.editor.client.post(f"{SHARE}/publish", {"revision": 7})
    assert answer.status_code == 409
    assert draft_of() is not None


def test_a_proposal_can_be_given_up(desk, proposed):
    desk.editor.client.post(f"{SHARE}/discard", {"revision": 1})
    assert draft_of() is None


@pytest.mark.parametrize("name", ["", "/draft", "/publish", "/discard"])
def test_an_unknown_figure_is_not_found(desk, name):
    url = f"/staff/figures/policies.nothing{name}"
    client = desk.editor.client
    answer = client.post(url, given()) if name else client.get(url)
    assert answer.status_code == 404
