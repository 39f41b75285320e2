"""checklist, and the way of one from draft to publication."""

from datetime import timedelta
from decimal import Decimal

import pytest

from yilu.standards import operations, queries

from .conftest import ALICE, BOB, NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)
ITEM = {"code": "invoice", "title": "发票", "kinds": ["INVOICE"]}


def required(*args, **given):
    return {i.code for i in queries.checklist(*args, **given).items if i.required}


def draft(items=(ITEM,), actor=ALICE):
    operations.make_checklist_draft(subject="MEDICAL", actor=actor, at=NOON)
    return put(items, 0, actor)


def put(items, revision, actor=ALICE):
    return operations.put_checklist_items(
        subject="MEDICAL", items=items, revision=revision, actor=actor, at=NOON
    )


def publish(revision, actor=BOB, **given):
    return operations.publish_checklist(
        subject="MEDICAL", revision=revision, actor=actor, at=NOON, **given
    )


def test_conditional_items_are_shown_but_not_required_while_unknown(catalogue):
    items = {i.code: i for i in queries.checklist("MEDICAL", NOON).items}
    assert items["invoice"].required
    assert not items["accident_proof"].required
    assert items["accident_proof"].condition == "因意外事故出险时"


def test_circumstances_decide_the_conditional_items(catalogue):
    assert "accident_proof" in required("MEDICAL", NOON, {"is_accident": True})
    illness = queries.checklist("MEDICAL", NOON, {"is_accident": False})
    assert "accident_proof" not in {i.code for i in illness.items}


def test_a_small_claim_is_spared_some_items(catalogue):
    assert "diagnosis" in required("MEDICAL", NOON, amount=Decimal("1000"))
    assert "diagnosis" not in required("MEDICAL", NOON, amount=Decimal("999.99"))


def test_a_death_claim_needs_certificate_and_relation(catalogue):
    assert {"death_certificate", "relation_proof"} <= required("DEATH", NOON)


def test_missing_names_what_no_document_at_hand_fulfils(catalogue):
    checklist = queries.checklist("MEDICAL", NOON)
    assert [i.code for i in checklist.missing(["INVOICE"])] == ["diagnosis"]
    assert checklist.missing(["INVOICE", "DISCHARGE"]) == ()


def test_checklist_refuses_an_unknown_kind(catalogue):
    with pytest.raises(queries.UnknownChecklist):
        queries.checklist("THEFT", NOON)


def test_publish_checklist_takes_effect_when_it_says(catalogue):
    publish(draft(), effective_from=LATER)
    assert queries.checklist("MEDICAL", NOON).version == 1
    assert queries.checklist("MEDICAL", LATER).version == 2
    assert [v["state"] for v in queries.checklist_versions("MEDICAL")] == ["PUBLISHED", "RETIRED"]


def test_publish_checklist_refuses_the_author_and_a_stale_look(catalogue):
    revision = draft()
    with pytest.raises(operations.SameHands):
        publish(revision, actor=ALICE)
    with pytest.raises(operations.StaleDraft):
        publish(revision - 1)
    assert queries.checklist("MEDICAL", LATER).version == 1


def test_a_second_draft_is_refused_and_a_discarded_one_forgotten(catalogue):
    draft()
    with pytest.raises(operations.DraftExists):
        operations.make_checklist_draft(subject="MEDICAL", actor=BOB, at=NOON)
    operations.discard_checklist_draft(subject="MEDICAL", actor=BOB, at=NOON)
    with pytest.raises(operations.NoChecklistDraft):
        put([ITEM], 0)
    with pytest.raises(operations.NoChecklistDraft):
        operations.make_checklist_draft(subject="THEFT", actor=BOB, at=NOON)


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([], "至少需要一项"),
        ([ITEM | {"kinds": ["PASSPORT"]}], "文件种类应取自"),
        ([ITEM | {"kinds": []}], "文件种类应取自"),
        ([ITEM, ITEM], "重复"),
        ([ITEM | {"title": ""}], "缺少代码或名称"),
        ([ITEM | {"colour": "x"}], "不认识的字段 colour"),
        ([ITEM | {"when": {"is_accident": True}}], "何时需要"),
        ([ITEM | {"when": {"is_minor": True}, "condition": "未成年时"}], "条件只能是 is_accident"),
        ([ITEM | {"when": {"is_accident": "YES"}, "condition": "意外时"}], "“是”或“否”"),
        ([ITEM | {"waived_below": "-1"}], "大于零"),
        ([ITEM | {"waived_below": "很少"}], "不是数值"),
        ([ITEM | {"required": False}], "至少一项应为必需"),
        ([ITEM | {"concerns": "NOBODY"}], "资料归属"),
    ],
)
def test_put_checklist_items_says_what_is_wrong(catalogue, items, reason):
    revision = draft()
    with pytest.raises(operations.WrongChecklist, match=reason):
        put(items, revision)
    assert len(queries.checklist_versions("MEDICAL")[0]["items"]) == 1
