"""Why knowledge is not changed."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from yilu.kernel.words import marked as _

ONE_ANSWER = _("已经有这个问题：一个问题只有一个答案，请打开它修改。")
SAY_WHAT = _("请写明要改什么，不超过 200 字。")


class QuestionNotFound(NotFound):
    """There is no such question, draft or version."""

    code = "question_not_found"
    message = _("没有找到这个问题")
    hint = _("请从知识库列表重新打开。")


class NoSource(Invalid):
    """An answer without what it rests on is no answer."""

    code = "no_source"
    message = _("答案没有依据")
    hint = _("请写明依据的条款、法规或服务承诺；没有依据的答案不能给客户。")


class BadEntry(Invalid):
    """Something is empty or too long."""

    code = "bad_entry"
    message = _("问题、答案或问法没有写好")
    hint = _(
        "问题不超过 60 字；答案 10 至 600 字；其他问法最多 20 条，每条不超过 60 字，不要重复。"
    )


class OwnDraft(NotAllowed):
    """The author may not approve."""

    code = "own_draft"
    message = _("不能批准自己起草的答案")
    hint = _("请另一位有审批权限的同事核对后批准。")


class DraftChanged(Stale):
    """The draft is not what the person saw."""

    code = "draft_changed"
    message = _("草稿已被修改，您看到的不是最新的")
    hint = _("请刷新，核对最新内容后再提交。")


class DraftExists(Stale):
    """Somebody is at it already."""

    code = "draft_exists"
    message = _("这个问题已经有草稿")
    hint = _("请打开已有的草稿，在上面修改。")
