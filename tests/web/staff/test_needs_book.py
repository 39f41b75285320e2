"""The book of needs on the screen: read, written a part at a time, published by another."""

import re
from datetime import timedelta

import pytest

from tests import make
from yilu.standards import queries as standards

BOOK, DRAFT = "/staff/needs-book", "/staff/needs-book/draft"


def kept():
    return standards.book_versions("needs")[0]


def row(part, code):
    return next(r for r in kept().content[part] if code in (r.get("code"), r.get("product")))


def words(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def editor(desk):
    make_draft = desk.editor.client.post(f"{BOOK}/make", {"note": "问宠物"})
    assert make_draft.headers["Location"] == DRAFT
    return desk.editor.client


def test_only_those_who_keep_the_standards_come_in(desk, editor, kept_out, chen):
    for url in (BOOK, DRAFT, f"{DRAFT}/tag/owner"):
        kept_out(url)
        assert chen.get(url).status_code == 403
    for url in (f"{BOOK}/make", f"{DRAFT}/tag/owner", f"{BOOK}/publish", f"{BOOK}/discard"):
        kept_out(url, method="post")
    assert kept().revision == 0


def test_a_version_is_read_in_plain_words(desk):
    page = words(desk.editor.client.get(BOOK))

    assert "您已经有哪些商业保险？可以多选，没有就不选。 没有选重疾险" in page
    assert "家庭年收入的 5 倍 + 负债" in page
    assert "今天在用" in page


def test_a_question_and_a_tag_are_written_named_until_they_fit_and_published(editor, desk):
    make.products_on_sale()
    choices = {"how": "one", "0:label": "养", "2:label": "不养"}
    editor.post(f"{DRAFT}/question/new", {"revision": 0, "text": "您养宠物吗？", **choices})
    question = kept().content["question"][-1]
    assert (question["text"], [label for _c, label in question["choices"]]) == (
        "您养宠物吗？", ["养", "不养"],
    )  # fmt: skip
    when = {
        f"is:{question['code']}": question["choices"][0][0],
        "min_age": "20",
        "max_debts": "1,000",
    }
    editor.post(f"{DRAFT}/tag/new", {"revision": 1, "label": "养宠物", **when})
    tag = kept().content["tag"][-1]
    assert tag["when"] == {
        question["code"]: question["choices"][0][0],
        "min_age": 20,
        "max_debts": 1000,
    }
    assert "标签“养宠物”没有引出任何方案" in words(editor.get(DRAFT))
    plan = re.findall(
        r'name="(because:\w+)"[^>]*>([^<]*)<', words(editor.get(f"{DRAFT}/plan/accident"))
    )
    told = {"revision": 2, "order": "40", "income_times": "2.5", **dict(plan)}
    editor.post(f"{DRAFT}/plan/accident", told | {f"because:{tag['code']}": "遛狗也会摔跤。"})
    accident = row("plan", "accident")
    assert [tag for tag, _text in accident["reasons"]] == [
        "lacks_accident",
        "worries_accident",
        tag["code"],
    ]
    assert accident["income_times"] == "2.5"
    assert "您是编制人" in words(editor.get(DRAFT))

    second, since = desk.second_editor.client, (make.NOON + timedelta(days=1)).date().isoformat()
    assert "新增需求问题“您养宠物吗？”" in words(second.get(DRAFT))
    assert editor.post(f"{BOOK}/publish", {"revision": 3, "since": since}).status_code == 403
    wrong = second.post(f"{BOOK}/publish", {"revision": 3, "since": "2020-01-01"})
    assert (wrong.status_code, "生效日期须在明天或以后" in words(wrong)) == (422, True)
    assert second.post(f"{BOOK}/publish", {"revision": 3, "since": since}).status_code == 302
    assert "到日生效" in words(second.get(BOOK))


@pytest.mark.parametrize(
    ("address", "given", "said"),
    [
        ("question/family", {"text": " "}, "第 1 个问题：请写出问题"),
        ("question/new", {"text": "？", "how": "one", "0:label": "只有一个"}, "请写 2 到 12 个选项"),
        ("tag/owner", {"label": "企业主", "is:work": "OWNER", "min_age": "六十"}, "年龄和金额请填整数"),
        ("plan/new", {"product": "accident", "order": "9"}, "这个产品已有方案"),
        ("plan/accident", {"order": "40"}, "至少写一条推荐理由"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_stays(editor, address, given, said):
    answer = editor.post(f"{DRAFT}/{address}", {"revision": 0, **given})

    assert answer.status_code == 422
    assert said in words(answer)
    assert all(f'value="{text}"' in words(answer) for text in ("六十",) if text in given.values())
    assert kept().revision == 0


def test_parts_are_moved_taken_out_and_the_draft_given_up(editor, desk):
    editor.post(f"{DRAFT}/question/income", {"revision": 0, "act": "up"})
    assert kept().content["question"][0]["code"] == "income"
    refused = editor.post(f"{DRAFT}/question/income", {"revision": 1, "act": "remove"})
    assert "不能删除" in words(refused)
    editor.post(f"{DRAFT}/plan/annuity", {"revision": 1, "act": "remove"})
    assert "annuity" not in [plan["product"] for plan in kept().content["plan"]]
    stale = desk.second_editor.client.post(f"{DRAFT}/plan/accident", {"revision": 0, "act": "up"})
    assert stale.status_code == 409
    for gone in ("plan/annuity", "tag/nobody", "cat/new"):
        assert editor.get(f"{DRAFT}/{gone}").status_code == 404

    editor.post(f"{BOOK}/discard", {"revision": 2})
    assert [kept().number, editor.get(DRAFT).status_code] == [1, 404]


def test_a_second_draft_is_the_first_one(editor, desk):
    answer = desk.second_editor.client.post(f"{BOOK}/make", {"note": ""})

    assert answer.headers["Location"] == DRAFT
    assert kept().note == "问宠物"
