"""知识库: one approved answer to a question; drafts, a second person's approval, what was not answered."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.knowledge import operations, queries
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, actor_of, names
from yilu.web.staff.page import access_of, show

HERE = "knowledge"
SHOWS = (
    ("", gettext_noop("全部")),
    ("draft", gettext_noop("待批准")),
    ("review", gettext_noop("到期复审")),
    ("retired", gettext_noop("已停用")),
)
PAGE = 50


@require_GET
@staff_only(right="knowledge.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Questions by topic and state; ``?q=`` searches, and shows what a customer would be answered."""
    now, asked = timezone.now(), request.GET
    rows = queries.list_questions(
        on=day_of(now), text=asked.get("q", ""), topic=asked.get("topic", ""),
        show=asked.get("show", ""), after=whole(asked.get("after")) or 0,
    )  # fmt: skip
    text = asked.get("q", "").strip()
    page = {
        "rows": rows[:PAGE], "more": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "counts": queries.counts(on=day_of(now)), "q": text, "topic": asked.get("topic", ""),
        "show": asked.get("show", ""), "shows": SHOWS, "topics": queries.TOPICS,
        "would_say": queries.find_answers(text, at=now) if text else (),
        "may_approve": access_of(request).may("knowledge.approve"),
    }  # fmt: skip
    return show(request, "staff/knowledge/list.html", page, here=HERE)


@require_GET
@staff_only(right="knowledge.view")
def question(request: HttpRequest, question_id: int) -> HttpResponse:
    """One question: the answer in force, the draft, every version."""
    return _question(request, question_id, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="knowledge.view")
def new(request: HttpRequest) -> HttpResponse:
    """A new question; ``?asked=`` from what a customer asked and had no answer to."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = operations.begin_question(
                topic=request.POST.get("topic", ""), draft=_draft(request), **acting(request)
            )
            messages.success(request, _("草稿已建立，请另一位同事批准。"))
            return redirect("staff:knowledge_question", made)
        except Refusal as refused:
            refusal = refused
    page = {
        "refusal": refusal, "given": request.POST or {"asked": request.GET.get("asked", "")},
        "topics": {c: t for c, t in queries.TOPICS.items() if c != "PRODUCT"},
    }  # fmt: skip
    return show(
        request, "staff/knowledge/new.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only(right="knowledge.view")
def act(request: HttpRequest, question_id: int, name: str) -> HttpResponse:
    """Begin, save, give up a draft; approve it, send it back; review or retire the answer."""
    if name not in _ACTS:
        raise Http404
    try:
        word = _ACTS[name](request, question_id)
    except NotFound:
        raise
    except Refusal as refused:
        return _question(request, question_id, refused)
    messages.success(request, word)
    return redirect("staff:knowledge_question", question_id)


@require_POST
@staff_only(right="knowledge.approve")
def adopt(request: HttpRequest) -> HttpResponse:
    """Approve everything that came with the release or from products' wordings."""
    count = operations.adopt_shipped(**acting(request))
    messages.success(request, _("已批准 %(count)s 条随版本提供的答案。") % {"count": count})
    return redirect("staff:knowledge")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="knowledge.view")
def not_answered(request: HttpRequest) -> HttpResponse:
    """What customers asked and had no answer to, or a wrong one: what to write next."""
    if request.method == "POST":
        operations.deal_with(asked_id=whole(request.POST.get("asked")) or 0, **acting(request))
        return redirect("staff:knowledge_gaps")
    page = {"rows": queries.list_not_answered()}
    return show(request, "staff/knowledge/gaps.html", page, here=HERE)


def _question(request: HttpRequest, question_id: int, refusal: Refusal | None) -> HttpResponse:
    found = queries.get_question(question_id)
    if found is None:
        raise operations.QuestionNotFound
    access, draft = access_of(request), found.draft
    people = {
        Ref.parse(text) for v in found.versions for text in (v.author, v.approver, v.owner) if text
    }
    page = {
        "question": found, "draft": draft,
        "draft_phrasings": "\n".join(draft.phrasings) if draft else "", "in_force": found.in_force, "refusal": refusal,
        "given": request.POST if refusal and "answer" in request.POST else None,
        "who": {str(ref): name for ref, name in names(*people).items()}, "is_author": draft is not None and draft.author == str(actor_of(request)),
        "may_approve": access.may("knowledge.approve"), "today": day_of(timezone.now()),
    }  # fmt: skip
    return show(
        request, "staff/knowledge/question.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _begin(request: HttpRequest, question_id: int) -> str:
    operations.begin_draft(question_id=question_id, **acting(request))
    return _("已建立草稿，批准前客户看到的仍是现在的答案。")


def _save(request: HttpRequest, question_id: int) -> str:
    operations.save_draft(
        question_id=question_id,
        revision=_revision(request),
        draft=_draft(request),
        **acting(request),
    )
    return _("草稿已保存。")


def _discard(request: HttpRequest, question_id: int) -> str:
    operations.discard_draft(
        question_id=question_id, revision=_revision(request), **acting(request)
    )
    return _("草稿已放弃。")


def _approve(request: HttpRequest, question_id: int) -> str:
    operations.approve(question_id=question_id, revision=_revision(request), **acting(request))
    return _("已批准，即刻生效。")


def _send_back(request: HttpRequest, question_id: int) -> str:
    operations.send_back(
        question_id=question_id, revision=_revision(request), why=request.POST.get("why", ""),
        **acting(request),
    )  # fmt: skip
    return _("已退回，并写明了要改什么。")


def _review(request: HttpRequest, question_id: int) -> str:
    operations.review(
        question_id=question_id, number=whole(request.POST.get("number")) or 0, **acting(request)
    )
    return _("已复审，答案继续有效一年。")


def _retire(request: HttpRequest, question_id: int) -> str:
    operations.retire(question_id=question_id, **acting(request))
    return _("已停用，不再这样回答客户。")


_ACTS: dict[str, Callable[[HttpRequest, int], str]] = {
    "begin": _begin, "save": _save, "discard": _discard, "approve": _approve,
    "send-back": _send_back, "review": _review, "retire": _retire,
}  # fmt: skip


def _revision(request: HttpRequest) -> int:
    return whole(request.POST.get("revision")) or 0


def _draft(request: HttpRequest) -> operations.Draft:
    given = request.POST
    return operations.Draft(
        asked=given.get("asked", ""), phrasings=given.get("phrasings", "").splitlines()[:60],
        answer=given.get("answer", ""), source=given.get("source", ""),
        quote=given.get("quote", ""), note=given.get("note", ""),
    )  # fmt: skip
