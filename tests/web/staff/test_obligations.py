"""What we promise: read by everybody at the insurer, revised by few, from a day on."""

import pytest

from tests import make
from yilu.obligations import queries as obligations

LIST = "/staff/obligations"
PROMISE = f"{LIST}/law.rescission_30_days"


def given(**changed):
    newest = obligations.definition_versions("law.rescission_30_days", make.NOON)[0]
    form = {
        "version": newest.number, "title": newest.title, "title_en": newest.title_en,
        "text": newest.text, "citation": newest.citation, "grade": newest.grade, "limit": "20",
        "unit": "NATURAL_DAYS", "customer_words": "", "effective_from": "", "reason": "从严内控",
    }  # fmt: skip
    return form | changed


def newest():
    return obligations.definition_versions("law.rescission_30_days", make.NOON)[0]


def test_everybody_at_the_insurer_may_read_them(desk, others, kept_out, chen):
    for url in (LIST, PROMISE):
        kept_out(url, anybody=True)
        assert others.powerless.get(url).status_code == 200
        assert chen.get(url).status_code == 200


def test_the_list_names_source_limit_and_owner_and_is_searched(chen):
    page = chen.get(LIST).content.decode()
    assert "保险法第十六条第三款" in page
    assert "30 日" in page

    found = chen.get(f"{LIST}?grade=LAW&find=解除").content.decode()
    assert "知悉解除事由后三十日内行使解除权" in found
    assert "没有找到这样的承诺" in chen.get(f"{LIST}?find=月球").content.decode()


def test_a_promise_shows_what_runs_on_it_with_links(people, desk):
    claim = make.reported_claim(office_id=people.branch_a)

    code = next(
        d.code for d in obligations.list_definitions(make.NOON)
        if obligations.due_next(d.code, {people.branch_a})
    )  # fmt: skip
    page = desk.lead.client.get(f"{LIST}/{code}").content.decode()
    assert f"/staff/claims/{claim.claim_id}" in page


def test_figures_are_those_of_ones_own_offices(people, chen, desk):
    make.reported_claim(office_id=people.branch_b)

    assert obligations.open_clocks({people.branch_a}) == {}
    assert obligations.open_clocks({people.branch_b})


def test_an_unknown_promise_is_not_found(chen, desk):
    assert chen.get(f"{LIST}/no.such").status_code == 404
    assert desk.editor.client.get(f"{LIST}/no.such/revise").status_code == 404


def test_only_those_who_may_revise_do(chen, kept_out, desk):
    kept_out(f"{PROMISE}/revise")
    kept_out(f"{PROMISE}/revise", method="post", data={"version": 1})
    assert chen.get(f"{PROMISE}/revise").status_code == 403
    assert "修改" not in chen.get(PROMISE).content.decode().split("<main")[0]
    assert newest().number == 1


def test_a_revision_is_a_new_version_from_a_day_on(desk):
    answer = desk.editor.client.post(f"{PROMISE}/revise", given(effective_from="2026-04-01T00:00"))

    assert answer.status_code == 302
    assert newest().limits == ("20 日",)
    assert newest().planned
    page = desk.editor.client.get(PROMISE).content.decode()
    assert "已安排" in page
    assert "从严内控" in page
    assert obligations.definition("law.rescission_30_days", make.NOON).limits == ("30 日",)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"limit": "0"}, 422), ({"limit": "三十"}, 422), ({"unit": "FORTNIGHTS"}, 422), ({"grade": "MYTH"}, 422),
        ({"reason": " "}, 422), ({"title": ""}, 422), ({"effective_from": "soon"}, 422),
        ({"effective_from": "2020-01-01T00:00"}, 422), ({"version": "7"}, 409), ({"version": ""}, 422),
    ],
)  # fmt: skip
def test_what_cannot_run_is_refused_and_what_was_written_stays_on_the_page(desk, wrong, status):
    answer = desk.editor.client.post(f"{PROMISE}/revise", given(**wrong))

    assert answer.status_code == status
    assert newest().number == 1
    assert 'name="limit"' in answer.content.decode()
