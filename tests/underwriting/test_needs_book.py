"""The book of the diagnosis of needs: written by one, published by another, counting from a day (A17)."""

from __future__ import annotations

import copy
from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.underwriting.story import customer, insurer
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.standards import operations as standards
from yilu.standards import queries as standard_queries
from yilu.standards import shipped
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.underwriting.models import Needs
from yilu.underwriting.operations import NeedsPart
from yilu.underwriting.queries.needs import book_asked
from yilu.underwriting.queries.portrait import portrait
from yilu.underwriting.rules import needs, needs_book

NOON = make.NOON
TODAY, TOMORROW = day_of(NOON), day_of(NOON) + timedelta(days=1)
SHIPPED = shipped.books()["needs"]["content"]
PRODUCTS = {plan["product"]: plan["product"] for plan in SHIPPED["plan"]}
FOOT = {"code": "q_pet", "text": "您养宠物吗？", "choices": [["C_1", "养"], ["C_2", "不养"]]}
TOLD = {
    "family": "COUPLE", "income": Decimal(300_000), "debts": Decimal(800_000), "parents": "NO",
    "budget": Decimal(9_000), "social": "YES", "has": [], "work": "EMPLOYED", "worry": "ILLNESS",
}  # fmt: skip


def content() -> dict:
    return copy.deepcopy(SHIPPED)


def row(written: dict, part: str, code: str) -> dict:
    return next(each for each in written[part] if code in (each.get("code"), each.get("product")))


class TestRules:
    def test_what_is_shipped_may_be_published(self) -> None:
        assert needs_book.misshapen(SHIPPED) == []
        assert needs_book.loose_ends(SHIPPED, PRODUCTS) == []
        assert needs_book.changes(SHIPPED, SHIPPED, PRODUCTS) == []

    @pytest.mark.parametrize(
        ("part", "code", "change", "said"),
        [
            ("question", "family", {"text": ""}, "第 1 个问题：请写出问题"),
            ("question", "family", {"choices": [["A", "只有一个"]]}, "请写 2 到 12 个选项"),
            ("question", "family", {"choices": [["A", "同"], ["B", "同"]]}, "有两个选项写得一样"),
            ("question", "income", {"code": "salary"}, "可以改文字，不能删除"),
            ("tag", "owner", {"label": ""}, "请给标签起名"),
            ("tag", "owner", {"label": "长者"}, "已有同名标签"),
            ("tag", "owner", {"when": {}}, "至少选一个条件"),
            ("tag", "owner", {"when": {"min_age": 60, "max_age": 50}}, "没有人符合"),
            ("tag", "owner", {"when": {"min_age": "六十"}}, "年龄和金额请填整数"),
            ("plan", "accident", {"reasons": []}, "至少写一条推荐理由"),
            ("plan", "accident", {"product": "annuity"}, "同一产品只写一个方案"),
            ("plan", "accident", {"income_times": "1e9"}, "收入倍数填 0 到 50"),
            ("plan", "accident", {"order": "先"}, "先后顺序请填整数"),
        ],
    )  # fmt: skip
    def test_a_part_that_is_wrong_by_itself_is_named(self, part, code, change, said) -> None:
        written = content()
        row(written, part, code).update(change)

        assert any(said in problem for problem in needs_book.misshapen(written))

    @pytest.mark.parametrize(
        ("part", "code", "change", "said"),
        [
            ("tag", "owner", {"when": {"gone": "YES"}}, "已删除的问题"),
            ("tag", "owner", {"when": {"work": "SAILOR"}}, "已删除的选项"),
            ("tag", "owner", {"portrait": True}, "请二选一"),
            ("tag", "elderly", {"portrait": False}, "没有引出任何方案"),
            ("plan", "accident", {"product": "waiver-rider"}, "届时不能单独投保"),
            ("plan", "accident", {"needs": ["gone"]}, "已删除的标签（gone）"),
        ],
    )  # fmt: skip
    def test_parts_that_do_not_fit_together_are_named(self, part, code, change, said) -> None:
        written = content()
        row(written, part, code).update(change)

        assert needs_book.misshapen(written) == []
        assert any(said in problem for problem in needs_book.loose_ends(written, PRODUCTS))

    def test_what_a_version_changes_is_told_a_part_at_a_time(self) -> None:
        written = content()
        written["question"].append(FOOT)
        del written["plan"][0]
        row(written, "tag", "owner")["label"] = "老板"
        written["tag"][0], written["tag"][1] = written["tag"][1], written["tag"][0]

        assert needs_book.changes(SHIPPED, written, {}) == [
            "新增需求问题“您养宠物吗？”", "修改标签“老板”", "调整了标签的顺序",
            "删除方案“million-medical-social”",
        ]  # fmt: skip

    def test_a_tag_may_rest_on_any_of_several_answers_and_says_which(self) -> None:
        written = content()
        row(written, "tag", "owner")["when"] = {"has": ["LIFE", "ACCIDENT"], "max_debts": 100}
        book = needs.read(written, 2)
        told = {"has": ["MEDICAL", "LIFE"], "debts": Decimal(0)}

        assert "owner" in needs.tags_of(book, told, 30)
        assert needs.because(book, "owner", told, 30).endswith("医疗险、寿险")
        assert needs_book.words_of(row(written, "tag", "owner"), written["question"]) == [
            "房贷、车贷等还欠多少元？没有就填 0。 不多于 100 元",
            "您已经有哪些商业保险？可以多选，没有就不选。 寿险、意外险",
        ]
        assert "owner" not in needs.tags_of(book, {**told, "has": ["MEDICAL"]}, 30)


@pytest.fixture
def keepers(db):
    office = insurer()
    return [make.colleague(office, "STANDARDS_EDITOR") for _two in range(2)]


def told(keeper) -> dict:
    access, actor = keeper
    return {"access": access, "actor": actor}


def put(keeper, part, code, row, revision) -> int:
    return underwriting.put_needs_part(
        part=NeedsPart(part), code=code, row=row, revision=revision, **told(keeper)
    )


def test_one_writes_another_publishes_and_it_counts_from_its_day(keepers) -> None:
    author, second = keepers
    me = Ref("party", customer(second[0].office_id))
    ask = {"party_id": me.id, "answers": TOLD, "channel": "APP", "actor": me}
    before = underwriting.ask_needs(**ask, at=NOON)
    assert underwriting.draft_needs(note="问宠物", **told(author), at=NOON) == 2
    with pytest.raises(standards.DraftExists):
        underwriting.draft_needs(note="", **told(second), at=NOON)
    revision = put(author, "question", FOOT["code"], FOOT, 0)
    with pytest.raises(standards.StaleDraft):
        put(second, "question", FOOT["code"], None, 0)
    publish = {"revision": revision, "since": TOMORROW, "at": NOON}
    with pytest.raises(standards.SameHands):
        underwriting.publish_needs(**publish, **told(author))
    with pytest.raises(standards.BookDayPassed):
        underwriting.publish_needs(**publish | {"since": TODAY}, **told(second))

    assert underwriting.publish_needs(**publish, **told(second)) == 2

    assert [queries.book(day).number for day in (TODAY, TOMORROW)] == [1, 2]
    later = NOON + timedelta(days=1)
    with pytest.raises(underwriting.QuestionsChanged):
        underwriting.ask_needs(**ask, version=1, at=later)
    with pytest.raises(underwriting.BadNeeds, match="您养宠物吗"):
        underwriting.ask_needs(**ask, version=2, at=later)
    after = underwriting.ask_needs(**ask | {"answers": {**TOLD, "q_pet": "C_1"}}, at=later)
    kept = dict(Needs.objects.values_list("pk", "rules_version"))
    assert (kept[before], kept[after]) == ("1", "2")
    assert queries.get_needs(before, me.id, TODAY).book == 1


def test_whoever_was_asked_keeps_the_words_they_were_asked_with(keepers) -> None:
    author, second = keepers
    me = Ref("party", customer(second[0].office_id))
    made = underwriting.ask_needs(party_id=me.id, answers=TOLD, channel="APP", actor=me, at=NOON)
    underwriting.draft_needs(note="", **told(author), at=NOON)
    renamed = row(content(), "tag", "newly_wed") | {"label": "两口之家"}
    revision = put(author, "tag", "newly_wed", renamed, 0)
    underwriting.publish_needs(revision=revision, since=TOMORROW, **told(second), at=NOON)

    assert "新婚家庭" in queries.get_needs(made, me.id, TOMORROW).tags
    shown = portrait(me.id, age=30, on=TOMORROW)
    assert "新婚家庭" in {tag.label for tag in shown.tags}
    assert "两口之家" in {label for fit in shown.fitting for label in fit.tags}
    assert book_asked("2026-11-2").number == 1  # kept so before there were versions


def test_what_does_not_fit_is_kept_and_not_published(keepers) -> None:
    author, second = keepers
    underwriting.draft_needs(note="", **told(author), at=NOON)
    with pytest.raises(underwriting.BadNeedsBook, match="不能删除"):
        put(author, "question", "income", None, 0)
    revision = put(author, "question", "work", None, 0)

    with pytest.raises(underwriting.UnfinishedNeedsBook) as refused:
        underwriting.publish_needs(revision=revision, since=TOMORROW, **told(second), at=NOON)

    assert "标签“企业主”的条件用到了已删除的问题" in refused.value.hint
    assert standard_queries.book_versions("needs")[0].state == "DRAFT"
    underwriting.discard_needs_draft(revision=revision, **told(author), at=NOON)
    assert [v.number for v in standard_queries.book_versions("needs")] == [1]


def test_a_version_published_for_an_earlier_day_takes_the_place_of_one_to_come(keepers) -> None:
    author, second = keepers
    for days, text in ((9, "您的家庭？"), (2, "您家里几个人？")):
        underwriting.draft_needs(note="", **told(author), at=NOON)
        asked = row(content(), "question", "family") | {"text": text}
        put(author, "question", "family", asked, 0)
        underwriting.publish_needs(
            revision=1, since=TODAY + timedelta(days=days), **told(second), at=NOON
        )

    assert [queries.book(TODAY + timedelta(days=n)).number for n in (1, 2, 9)] == [1, 3, 3]
    assert [v.never_counted for v in standard_queries.book_versions("needs")] == [
        False,
        True,
        False,
    ]


def test_parts_move_and_stay_at_the_ends(keepers) -> None:
    author = keepers[0]
    underwriting.draft_needs(note="", **told(author), at=NOON)
    for revision, (code, by) in enumerate([("income", -1), ("income", -1), ("family", 1)]):
        underwriting.move_needs_part(
            part=NeedsPart.QUESTION, code=code, by=by, revision=revision, **told(author)
        )
    with pytest.raises(underwriting.NoSuchPart):
        underwriting.move_needs_part(
            part=NeedsPart.TAG, code="nobody", by=1, revision=3, **told(author)
        )

    kept = standard_queries.book_versions("needs")[0].content["question"]
    assert [each["code"] for each in kept[:3]] == ["income", "debts", "family"]


def test_nobody_without_the_right_touches_the_book(keepers) -> None:
    author = keepers[0]
    underwriting.draft_needs(note="", **told(author), at=NOON)
    stranger = told(make.colleague(author[0].office_id, "UNDERWRITER"))
    for refused in (
        lambda: underwriting.draft_needs(note="", **stranger, at=NOON),
        lambda: underwriting.put_needs_part(
            part=NeedsPart.QUESTION, code="work", row=None, revision=0, **stranger
        ),
        lambda: underwriting.publish_needs(revision=0, since=TOMORROW, **stranger, at=NOON),
        lambda: underwriting.discard_needs_draft(revision=0, **stranger, at=NOON),
    ):
        with pytest.raises(NotAllowed):
            refused()

    assert standard_queries.book_versions("needs")[0].revision == 0
