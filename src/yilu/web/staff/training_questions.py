"""考试题库: questions in versions; one writes or imports, another approves; which ones tell people apart."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.quality.operations import questioning
from yilu.quality.queries import questions
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, actor_of, names_said, number_in
from yilu.web.staff.page import access_of, show

HERE = "training_questions"
RIGHT = "quality.manage"
SHOWS = (
    ("", gettext_noop("在用")), ("weak", gettext_noop("有问题的")), ("draft", gettext_noop("待批准")), ("retired", gettext_noop("已停用")),
)  # fmt: skip
DIMENSIONS = (
    ("", gettext_noop("两个维度")),
    ("knowledge", gettext_noop("专业知识")),
    ("skill", gettext_noop("服务技巧")),
)
LETTERS = "ABCDEF"


@require_GET
@staff_only(right=RIGHT)
def listing(request: HttpRequest) -> HttpResponse:
    """The bank, the questions that do not work first; ``?show=``, ``?dimension=``, ``?q=``."""
    return _listing(request, None)


def _listing(
    request: HttpRequest, refusal: Refusal | None, told: questioning.Imported | None = None
) -> HttpResponse:
    access, asked = access_of(request), request.GET
    show_ = asked.get("show", "draft" if told else "")
    rows = questions.list_questions(
        access, dimension=asked.get("dimension", ""), show=show_, text=asked.get("q", "")
    )
    me = str(actor_of(request))
    page = {
        "rows": rows, "show": show_, "shows": SHOWS, "dimension": asked.get("dimension", ""),
        "dimensions": DIMENSIONS, "q": asked.get("q", ""), "counts": questions.bank_counts(access),
        "refusal": refusal, "told": told, "who": _who(rows), "me": me,
        "approvable": [row for row in rows if row.state == "DRAFT" and row.author != me],
    }  # fmt: skip
    return show(
        request, "staff/training/questions.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=RIGHT)
def new(request: HttpRequest) -> HttpResponse:
    """A new question."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            draft = _draft(request, request.POST.get("code", ""))
            questioning.write_question(draft=draft, revision=0, **acting(request))
            messages.success(request, _("草稿已保存，请另一位同事批准。"))
            return redirect("staff:training_question", draft.code.strip())
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
    page = {"refusal": refusal, "given": request.POST, "options": _options(request, ()), "code": ""}
    return show(
        request, "staff/training/question_new.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One question: every version, how it did, and the form for the next."""
    return _one(request, code, None)


def _one(request: HttpRequest, code: str, refusal: Refusal | None) -> HttpResponse:
    rows = questions.get_question(access_of(request), code)
    latest, draft = rows[0], next((row for row in rows if row.state == "DRAFT"), None)
    given = request.POST if refusal and "ask" in request.POST else None
    page = {
        "code": code, "rows": rows, "latest": latest, "draft": draft, "refusal": refusal,
        "in_force": next((row for row in rows if row.state == "APPROVED"), None),
        "given": given or {
            "dimension": latest.dimension, "ask": latest.ask, "source": latest.source,
            "right": str(latest.right),
        },
        "options": _options(request, latest.options if given is None else ()),
        "me": str(actor_of(request)), "who": _who(rows),
    }  # fmt: skip
    return show(
        request, "staff/training/question.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only(right=RIGHT)
def act(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Save a draft, approve it, give it up; retire the question."""
    if name not in _ACTS:
        raise Http404
    try:
        word = _ACTS[name](request, code)
    except NotFound:
        raise
    except Refusal as refused:
        return _one(request, code, refused)
    messages.success(request, word)
    if name == "discard":
        return redirect("staff:training_questions")
    return redirect("staff:training_question", code)


@require_POST
@staff_only(right=RIGHT)
def approve(request: HttpRequest) -> HttpResponse:
    """Approve the drafts that are ticked, as they were seen; all or none."""
    chosen = []
    for each in request.POST.getlist("draft")[:2000]:
        number, _dot, revision = each.partition(".")
        if (version_id := whole(number)) is not None and (seen := whole(revision)) is not None:
            chosen.append((version_id, seen))
    try:
        count = questioning.approve_questions(drafts=chosen, **acting(request))
    except Refusal as refused:
        return _listing(request, refused)
    messages.success(request, _("已批准 %(count)s 道题，以后开始的考试会用到。") % {"count": count})
    return redirect("staff:training_questions")


@require_POST
@staff_only(right=RIGHT)
def take_in(request: HttpRequest) -> HttpResponse:
    """A file of questions: good lines become drafts, bad ones are told with line and reason."""
    uploaded = request.FILES.get("file")
    try:
        if uploaded is None:
            raise Invalid(_("请选择文件"))
        told = questioning.import_questions(
            content=uploaded.read(), name=uploaded.name or "", **acting(request)
        )
    except Refusal as refused:
        return _listing(request, refused)
    return _listing(request, None, told)


@require_GET
@staff_only(right=RIGHT)
def file(request: HttpRequest) -> HttpResponse:
    """The bank as a workbook: to look at, to change, to hand in again."""
    answer = HttpResponse(
        questions.bank_file(access_of(request)),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer["Content-Disposition"] = 'attachment; filename="questions.xlsx"'
    return answer


def _save(request: HttpRequest, code: str) -> str:
    questioning.write_question(
        draft=_draft(request, code), revision=number_in(request, "revision"), **acting(request)
    )
    return _("草稿已保存，请另一位同事批准。")


def _approve(request: HttpRequest, code: str) -> str:
    seen = (number_in(request, "version"), number_in(request, "revision"))
    questioning.approve_questions(drafts=[seen], **acting(request))
    return _("已批准，以后开始的考试用这一版；已经开始的答卷不变。")


def _discard(request: HttpRequest, code: str) -> str:
    questioning.discard_question(version_id=number_in(request, "version"), **acting(request))
    return _("草稿已放弃。")


def _retire(request: HttpRequest, code: str) -> str:
    questioning.retire_question(code=code, **acting(request))
    return _("已停用，以后的考试不再抽到。")


_ACTS: dict[str, Callable[[HttpRequest, str], str]] = {
    "save": _save, "approve": _approve, "discard": _discard, "retire": _retire,
}  # fmt: skip


def _draft(request: HttpRequest, code: str) -> questioning.Question:
    given, right = request.POST, whole(request.POST.get("right"))
    return questioning.Question(
        code, given.get("dimension", ""), given.get("ask", ""),
        tuple(given.get(f"option{n}", "") for n in range(len(LETTERS))),
        -1 if right is None else right, given.get("source", ""),
    )  # fmt: skip


def _options(request: HttpRequest, known: tuple[str, ...]) -> list[tuple[int, str, str]]:
    filled = [*known, *[""] * len(LETTERS)] if known else [
        request.POST.get(f"option{n}", "") for n in range(len(LETTERS))
    ]  # fmt: skip
    return [(n, letter, filled[n]) for n, letter in enumerate(LETTERS)]


def _who(rows: list[questions.QuestionView]) -> dict[str, str]:
    return names_said(*(each for row in rows for each in (row.author, row.approver)))
