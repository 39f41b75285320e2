"""Checklists: read by all who keep standards, changed by one, published by another."""

import pytest

from tests import make
from yilu.standards import operations, queries

MEDICAL = "/staff/checklists/MEDICAL"
DRAFT = f"{MEDICAL}/draft"


@pytest.fixture
def editor(desk):
    operations.make_checklist_draft(subject="MEDICAL", actor=desk.editor.ref, at=make.NOON)
    return desk.editor.client


def versions():
    return queries.checklist_versions("MEDICAL")


def form(items, revision=0, **more):
    given = {"revision": revision, "title": "医疗费用理赔资料", "guidance": "先要发票"}
    for n, item in enumerate(items):
        given |= {f"{n}:code": item["code"], f"{n}:title": item["title"]}
        given |= {f"{n}:kinds": item["kinds"], f"{n}:concerns": item.get("concerns", "INSURED")}
        given |= {f"{n}:{k}": item[k] for k in ("note", "condition", "waived_below") if item.get(k)}
        for name, answer in item.get("when", {}).items():
            given[f"{n}:when:{name}"] = "yes" if answer else "no"
        if item.get("required", True):
            given[f"{n}:required"] = "1"
    return given | more


def test_only_those_who_keep_the_standards_see_them(desk, editor, kept_out, chen):
    for url in ("/staff/checklists", MEDICAL, DRAFT):
        kept_out(url)
        assert chen.get(url).status_code == 403
        assert editor.get(url).status_code == 200
    for url in (f"{MEDICAL}/make", DRAFT, f"{MEDICAL}/publish", f"{MEDICAL}/discard"):
        kept_out(url, method="post")
    assert versions()[0]["state"] == "DRAFT"


def test_a_checklist_says_what_is_needed_when(desk):
    page = desk.editor.client.get(MEDICAL).content.decode()

    assert "诊断证明或出院小结" in page
    assert "¥1,000.00 以下免交" in page
    assert "在院外药店购药时" in page


def test_an_unknown_kind_of_claim_is_not_found(desk):
    for url in ("/staff/checklists/NOTHING", DRAFT):
        assert desk.editor.client.get(url).status_code == 404


def test_a_draft_keeps_what_the_form_does_not_show(editor):
    items = versions()[0]["items"]

    answer = editor.post(DRAFT, form(items))

    assert answer.status_code == 302
    assert versions()[0]["items"][0]["recognisable"] is True
    assert versions()[0]["revision"] == 1


def test_on_what_an_item_depends_is_chosen_and_taken_away(editor):
    items = versions()[0]["items"]

    editor.post(
        DRAFT, form(items, **{"2:when:is_accident": "no", "3:when:has_outside_pharmacy": ""})
    )

    assert versions()[0]["items"][2]["when"] == {"is_accident": False, "is_inpatient": True}
    assert "when" not in versions()[0]["items"][3]


def test_lists_of_requests_and_of_new_business_are_kept_beside_those_of_claims(desk):
    every = desk.editor.client.get("/staff/checklists").content.decode()
    page = desk.editor.client.get("/staff/checklists/servicing.pledge").content.decode()

    assert every.index("理赔") < every.index("所有产品") < every.index("保单质押登记")
    assert "加盖公章的经办授权书" in page
    assert "投保人是单位：是" in "".join(page.split())


def test_items_are_added_moved_and_removed(editor):
    items = versions()[0]["items"]

    editor.post(DRAFT, form(items, act="add"))
    assert versions()[0]["items"][-1]["title"] == "新的资料项"
    editor.post(DRAFT, form(versions()[0]["items"], revision=1, act="up:1"))
    assert versions()[0]["items"][0]["code"] == items[1]["code"]
    editor.post(DRAFT, form(versions()[0]["items"], revision=2, act="remove:0"))

    assert [i["code"] for i in versions()[0]["items"][:2]] == [items[0]["code"], items[2]["code"]]


@pytest.mark.parametrize(
    "wrong", [{"0:kinds": ["SELFIE"]}, {"0:title": " "}, {"0:waived_below": "很多"}]
)
def test_what_cannot_be_used_is_refused_and_shown_again(editor, wrong):
    answer = editor.post(DRAFT, form(versions()[0]["items"], **wrong))

    assert answer.status_code == 422
    assert "资料清单有误" in answer.content.decode() or "第 1 项" in answer.content.decode()
    assert versions()[0]["revision"] == 0


def test_a_stale_form_changes_nothing(editor, desk):
    editor.post(DRAFT, form(versions()[0]["items"]))

    answer = desk.second_editor.client.post(DRAFT, form(versions()[0]["items"], guidance="另一句"))

    assert answer.status_code == 409
    assert versions()[0]["guidance"] == "先要发票"


def test_another_person_publishes(editor, desk):
    assert editor.post(f"{MEDICAL}/publish", {"revision": 0}).status_code == 403

    answer = desk.second_editor.client.post(f"{MEDICAL}/publish", {"revision": 0})

    assert answer.status_code == 302
    assert versions()[0]["state"] == "PUBLISHED"


def test_a_draft_is_made_once_and_given_up(desk):
    for _twice in range(2):
        answer = desk.editor.client.post(f"{MEDICAL}/make", {"note": "补充"})
        assert answer.headers["Location"] == DRAFT
    desk.editor.client.post(f"{MEDICAL}/discard")

    assert [v["state"] for v in versions()] == ["PUBLISHED"]
