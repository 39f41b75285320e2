"""What we promise: read by everybody at the insurer, revised by few, from a day on."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from tests import make
from yilu.obligations import operations
from yilu.obligations import queries as obligations
from yilu.obligations.rules.definitions import read_rule
from yilu.web.staff import promise_form

LIST = "/staff/obligations"
PROMISE = f"{LIST}/law.rescission_30_days"
CODE_FIVE = "law.decide_five_working_days"
FIVE = f"{LIST}/{CODE_FIVE}"


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


def asked(do="agree", code="law.rescission_30_days"):
    return {"change": obligations.waiting_change(code).id, "do": do}


def agreed(desk, code=CODE_FIVE):
    """Another editor lets the change of a row of law count."""
    answer = desk.second_editor.client.post(f"{LIST}/{code}/change", asked(code=code))
    assert answer.status_code == 302


def test_a_change_of_law_is_for_those_who_may_revise_and_is_given_up(desk, kept_out, chen):
    desk.editor.client.post(f"{PROMISE}/revise", given())
    told = asked("drop")
    kept_out(f"{PROMISE}/change", method="post", data=told)
    assert chen.post(f"{PROMISE}/change", told).status_code == 403
    assert "核对过依据，确认" not in chen.get(PROMISE).content.decode()
    assert desk.second_editor.client.post(f"{PROMISE}/change", told).status_code == 302
    assert desk.second_editor.client.post(f"{PROMISE}/change", told).status_code == 409
    assert newest().number == 1
    assert obligations.waiting_change("law.rescission_30_days") is None


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
    assert newest().number == 1
    assert "您是提出的人" in desk.editor.client.get(PROMISE).content.decode()
    assert "有修改待另一人确认" in desk.editor.client.get(f"{LIST}?find=解除").content.decode()
    assert desk.editor.client.post(f"{PROMISE}/change", asked()).status_code == 403

    page = desk.second_editor.client.get(PROMISE).content.decode()
    assert "30 日" in page
    assert "20 日" in page
    assert desk.second_editor.client.post(f"{PROMISE}/change", asked()).status_code == 302
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
        ({"effective_from": "2015-01-01T00:00"}, 422), ({"version": "7"}, 409), ({"version": ""}, 422),
    ],
)  # fmt: skip
def test_what_cannot_run_is_refused_and_what_was_written_stays_on_the_page(desk, wrong, status):
    answer = desk.editor.client.post(f"{PROMISE}/revise", given(**wrong))

    assert answer.status_code == status
    assert newest().number == 1
    assert 'name="limit"' in answer.content.decode()


@pytest.mark.parametrize("promise", operations.shipped(), ids=lambda d: d["code"])
def test_the_form_keeps_every_part_of_every_shipped_promise(promise):
    words = {name: promise[name] for name in ("title", "title_en", "text", "citation", "grade")}
    kept = SimpleNamespace(rule=promise["rule"], **words)
    form = {k: v for k, v in promise_form._given(kept, None).items() if v} | {"with_rules": "1"}
    for name, columns in promise_form.PARTS.items():
        for row in promise_form._rows(name, kept.rule, None):
            form |= {f"{name}-{row['n']}-{each}": str(row[each]) for each in columns}
    sent = RequestFactory().post("/", form)

    assert read_rule(promise_form._rule(sent, kept)) == read_rule(kept.rule)


class TestEveryPartIsData:
    def sent(self, client, **changed):
        """The form as the browser would send it back, with some fields changed."""
        from html.parser import HTMLParser

        page = client.get(f"{FIVE}/revise").content.decode()
        form: dict[str, str] = {}

        class Reader(HTMLParser):
            select = ""
            area = ""

            def handle_starttag(self, tag, attributes):
                given = dict(attributes)
                name = given.get("name") or ""
                if tag == "input" and given.get("type") == "checkbox":
                    if "checked" in given:
                        form[name] = given.get("value", "on")
                elif tag == "input":
                    form[name] = given.get("value") or ""
                elif tag == "select":
                    self.select = name
                    form[name] = ""
                elif tag == "option" and "selected" in given and self.select:
                    form[self.select] = given.get("value") or ""
                elif tag == "textarea":
                    self.area = name
                    form[name] = ""

            def handle_endtag(self, tag):
                if tag == "select":
                    self.select = ""
                elif tag == "textarea":
                    self.area = ""

            def handle_data(self, data):
                if self.area:
                    form[self.area] += data

        Reader().feed(page[page.index('id="promise"') : page.index("h-preview")])
        form.pop("", None)
        return form | {"reason": "调整"} | changed

    def test_a_form_sent_back_as_it_was_changes_nothing_of_the_rule(self, desk):
        before = obligations.definition_versions(CODE_FIVE, make.NOON)[0].rule
        answer = desk.editor.client.post(f"{FIVE}/revise", self.sent(desk.editor.client))

        assert answer.status_code == 302, answer.content.decode()[:500]
        agreed(desk)
        after = obligations.definition_versions(CODE_FIVE, make.NOON)[0].rule
        assert read_rule(after) == read_rule(before)

    def test_triggers_pauses_warnings_and_escalations_are_edited(self, desk):
        client = desk.editor.client
        rule = obligations.definition_versions(CODE_FIVE, make.NOON)[0].rule
        count = len(rule["escalate"])
        declined = [t["on"] for t in rule["stop"]].index("claims.claim_declined")
        answer = client.post(
            f"{FIVE}/revise",
            self.sent(
                client,
                **{
                    "start-0-when": "programme ≠ COMPLEX；straight_through = 否",
                    f"stop-{declined}-on": "",
                    "warn-0-amount": "80", "warn-0-how": "%", "warn-0-silent": "1",
                    f"escalate-{count}-after": "60", f"escalate-{count}-queue": "obligations.breach",
                    f"escalate-{count}-role": "SERVICE_MANAGER", f"escalate-{count}-priority": "5",
                    "grid-0-when": "band = UNDER_3K", "grid-0-limit": "2", "grid-0-unit": "WORKING_DAYS",
                    "pause-0-label": "等待客户补充资料（司法解释二第十五条）",
                },
            ),
        )  # fmt: skip

        assert answer.status_code == 302
        agreed(desk)
        rule = obligations.definition_versions(CODE_FIVE, make.NOON)[0].rule
        assert rule["start"][0]["when"] == {
            "programme": {"not": ["COMPLEX"]},
            "straight_through": False,
        }
        assert "claims.claim_declined" not in [t["on"] for t in rule["stop"]]
        assert rule["warn"][0] == {"at": "80%", "notify": False}
        assert rule["escalate"][-1]["role"] == "SERVICE_MANAGER"
        assert rule["grid"] == [{"when": {"band": "UNDER_3K"}, "limit": 2}]
        assert rule["pause"][0]["label"].startswith("等待客户")

    @pytest.mark.parametrize(
        "wrong",
        [{"start-0-on": "no.such_event"}, {"start-0-when": "colour = 红"}, {"start-0-when": "随便"},
         {"warn-0-amount": "120", "warn-0-how": "%"}, {f"start-{n}-on": "" for n in range(9)},
         {"grid-0-limit": "2"}, {"escalate-0-after": "-5"}, {"pause-0-notice_arrived": ""}],
    )  # fmt: skip
    def test_what_cannot_run_is_refused_in_words_and_nothing_is_saved(self, desk, wrong):
        client = desk.editor.client
        answer = client.post(f"{FIVE}/revise", self.sent(client, **wrong))

        assert answer.status_code == 422
        assert "y-note-bad" in answer.content.decode()
        assert obligations.definition_versions(CODE_FIVE, make.NOON)[0].number == 1

    def test_a_look_ahead_says_the_deadline_and_saves_nothing(self, desk):
        client = desk.editor.client
        told = self.sent(
            client, step="preview", limit="3", preview_at="2026-03-09T10:00", reason=""
        )
        page = client.post(f"{FIVE}/revise", told)

        assert page.status_code == 200
        assert "3月12日 18:00" in page.content.decode()
        assert obligations.definition_versions(CODE_FIVE, make.NOON)[0].number == 1

    def test_a_promise_is_ended_from_a_day_on(self, desk, kept_out, chen):
        kept_out(f"{FIVE}/end", method="post", data={"version": 1, "sure": "1"})
        assert chen.post(f"{FIVE}/end", {"version": 1, "sure": "1"}).status_code == 403
        client = desk.editor.client
        assert client.post(f"{FIVE}/end", {"version": 1}).status_code == 422
        assert client.post(f"{FIVE}/end", {"version": 9, "sure": "1"}).status_code == 409
        assert obligations.definition_versions(CODE_FIVE, make.NOON)[0].effective_to is None

        answer = client.post(f"{FIVE}/end", {"version": 1, "sure": "1", "reason": "法规废止"})

        assert answer.status_code == 302
        assert "停用，等另一人确认" in client.get(FIVE).content.decode()
        agreed(desk)
        assert obligations.definition_versions(CODE_FIVE, make.NOON)[0].effective_to == make.NOON
        page = client.get(FIVE)
        assert page.status_code == 200
        assert "已停用" in page.content.decode()
        assert client.get(f"{FIVE}/revise").status_code == 200
