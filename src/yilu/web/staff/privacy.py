"""个人信息保护台账: assessments, processors, incidents, audits and models, written by one and approved by another."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.insight.queries import automatic
from yilu.kernel import sheets
from yilu.kernel.errors import Invalid, Refusal, said
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.people import operations
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.common.templatetags.yilu import full_day, moment
from yilu.web.staff.asked import acting, day_of, id_after, moment_in, names, number_in
from yilu.web.staff.page import access_of, show

SEE, KEEP = "people.privacy_read", "people.privacy"
HERE = "privacy"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = dict(people.PRIVACY_KINDS)


@require_GET
@staff_only(right=SEE)
def register(request: HttpRequest) -> HttpResponse:
    """The entries of one kind, the newest first."""
    access, kind = access_of(request), _kind(request.GET.get("kind", "ASSESSMENT"))
    state = request.GET.get("state", "")
    rows, following = people.list_privacy_records(
        access, kind, state if state in STATES else "", id_after(request)
    )
    page = {
        "kinds": KINDS.items(), "kind": kind, "label": KINDS[kind], "rows": rows,
        "following": following, "form": people.PRIVACY_FORMS[kind], "state": state,
        "states": STATES.items(), "may_keep": access.may(KEEP),
        "may_see_log": kind == "MODEL" and automatic.may_read(access),
        "without": people.judges_without_entry(access) if kind == "MODEL" else (),
    }  # fmt: skip
    return show(request, "staff/privacy/register.html", page, here=HERE)


STATES = {"DRAFT": "待批准", "STANDING": "有效", "ENDED": "已结束"}


@require_http_methods(["GET", "POST"])
@staff_only(right=KEEP)
def new(request: HttpRequest) -> HttpResponse:
    """Write a new entry: an empty form, or what was typed with what is still missing."""
    given = request.POST if request.method == "POST" else request.GET
    kind = _kind(given.get("kind", ""))
    if request.method == "POST":
        try:
            made = operations.open_privacy_record(new=_typed(request, kind), **acting(request))
        except Refusal as refusal:
            return _form(request, kind, None, refusal)
        messages.success(request, _("已登记。"))
        return redirect("staff:privacy_record", made)
    return _form(request, kind, None)


@require_http_methods(["GET", "POST"])
@staff_only(right=KEEP)
def edit(request: HttpRequest, privacy_id: int) -> HttpResponse:
    """Say a draft, or an incident of which more is known, anew."""
    entry = people.see_privacy_record(access_of(request), privacy_id)
    kind = entry.row.kind
    if request.method == "POST":
        try:
            operations.write_privacy_record(
                record_id=privacy_id, revision=number_in(request, "revision"),
                new=_typed(request, kind), **acting(request),
            )  # fmt: skip
        except Refusal as refusal:
            return _form(request, kind, entry, refusal)
        messages.success(request, _("已保存。"))
        return redirect("staff:privacy_record", privacy_id)
    return _form(request, kind, entry)


@require_GET
@staff_only(right=SEE)
def record(request: HttpRequest, privacy_id: int) -> HttpResponse:
    """One entry: what it says, its clocks, everything done about it, and what comes next."""
    return _page(request, privacy_id)


@require_POST
@staff_only(right=KEEP)
def act(request: HttpRequest, privacy_id: int) -> HttpResponse:
    """One thing done about an entry; ``do`` names it."""
    doing = _ACTS.get(request.POST.get("do", ""))
    if doing is None:
        raise Invalid(_("页面内容不完整"), hint=_("请刷新页面后再提交。"))
    try:
        doing(request, record_id=privacy_id, **acting(request))
    except Refusal as refusal:
        return _page(request, privacy_id, refusal)
    messages.success(request, _("已登记。"))
    return redirect("staff:privacy_record", privacy_id)


@require_GET
@staff_only(right=SEE)
def export(request: HttpRequest) -> HttpResponse:
    """Every entry of a kind with all its steps as a workbook, for the authority that asks for it."""
    kind = _kind(request.GET.get("kind", ""))
    entries = list(people.privacy_export(access_of(request), kind))
    who = names(
        *(ref for e in entries for ref in (e.author, e.approver, *(s.actor for s in e.steps)))
    )
    out = io.BytesIO()
    book = sheets.workbook(out)
    bold = book.add_format({"bold": True})
    form = people.PRIVACY_FORMS[kind]
    sheet = book.add_worksheet(_(KINDS[kind]))
    sheet.write_row(0, 0, [
        _("编号"), _("名称"), _("状态"), *(_(f.label) for f in form.fields), _("起"), _("止"),
        _("知悉时间"), _("涉及人数"), _("所依据的评估"), _("编制人"), _("批准人"), _("批准时间"), _("至少保存到"),
    ], bold)  # fmt: skip
    for n, each in enumerate(entries, 1):
        sheet.write_row(n, 0, [
            each.row.id, each.row.title, _(each.row.state_label),
            *(said(text, _) if ours and text else text for _label, text, ours in each.answers),
            full_day(each.starts_on), full_day(each.row.until), moment(each.row.known_at),
            "" if each.persons is None else each.persons, each.assessment_title,
            who.get(each.author, ""), who.get(each.approver, "") if each.approver else "",
            moment(each.approved_at), full_day(each.kept_until),
        ])  # fmt: skip
    done = book.add_worksheet(_("处理情况"))
    done.write_row(
        0, 0, [_("编号"), _("事项"), _("说明"), _("发生时间"), _("登记时间"), _("经办人")], bold
    )
    steps = [(e.row.id, step) for e in entries for step in reversed(e.steps)]
    for n, (number, step) in enumerate(steps, 1):
        done.write_row(n, 0, [
            number, _(step.label), step.note, moment(step.happened_at), moment(step.noted_at),
            who.get(step.actor, ""),
        ])  # fmt: skip
    book.close()
    answer = HttpResponse(out.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="privacy-{kind.lower()}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


def _kind(code: str) -> str:
    if code not in KINDS:
        raise people.PrivacyRecordNotFound
    return code


def _typed(request: HttpRequest, kind: str) -> operations.NewPrivacyRecord:
    post = request.POST
    return operations.NewPrivacyRecord(
        kind=kind, title=post.get("title", ""),
        said={f.name: post.get(f.name, "") for f in people.PRIVACY_FORMS[kind].fields},
        starts_on=day_of(post["starts_on"]) if post.get("starts_on") else None,
        until=day_of(post["until"]) if post.get("until") else None,
        known_at=moment_in(request, "known_at"), persons=whole(post.get("persons")),
        assessment_id=whole(post.get("assessment_id")), replaces_id=whole(post.get("replaces_id")),
    )  # fmt: skip


def _form(
    request: HttpRequest, kind: str, entry: people.PrivacyEntry | None,
    refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    access, form = access_of(request), people.PRIVACY_FORMS[kind]
    older = whole(request.GET.get("replaces"))
    before = people.see_privacy_record(access, older) if older and entry is None else entry
    answers = {name: str(value) for name, value in request.POST.items()} if refusal else {}
    if not refusal and before is not None:
        answers = {
            **before.said, "title": before.row.title,
            "starts_on": before.starts_on.isoformat() if before.starts_on else "",
            "until": before.row.until.isoformat() if before.row.until and entry else "",
            "known_at": timezone.localtime(before.row.known_at).strftime("%Y-%m-%dT%H:%M") if before.row.known_at else "",
            "persons": "" if before.persons is None else str(before.persons),
            "assessment_id": str(before.assessment_id or ""),
            "replaces_id": str(entry.replaces_id or "") if entry else str(older or ""),
        }  # fmt: skip
    page = {
        "kind": kind, "label": KINDS[kind], "form": form, "entry": entry, "refusal": refusal,
        "answers": answers, "fields": [(f, answers.get(f.name, "")) for f in form.fields],
        "assessments": people.standing_assessments(access, "HANDED_ON") if kind == "PROCESSOR" else (),
        "chosen": whole(answers.get("assessment_id")),
        "fixed_day": kind == "AUDIT" and entry is not None,
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/privacy/form.html", page, here=HERE, status=status)


def _page(request: HttpRequest, privacy_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    entry = people.see_privacy_record(access, privacy_id)
    me, row = Ref("staff", access.staff_id), entry.row
    may, standing = access.may(KEEP), row.state == "STANDING"
    incident = row.kind == "INCIDENT"
    page: dict[str, Any] = {
        "entry": entry, "row": row, "refusal": refusal, "may_keep": may,
        "who": names(entry.author, entry.approver, *(s.actor for s in entry.steps)),
        "clocks": obligations.list_clocks(Ref("privacy_record", privacy_id), timezone.now()),
        "is_author": entry.author == me,
        "may_edit": may and (row.state == "DRAFT" or (incident and standing)),
        "decides": may and row.state == "DRAFT" and entry.author != me,
        "may_give_up": may and row.state == "DRAFT" and row.kind != "AUDIT",
        "tells": may and incident and standing,
        "may_ask_not": may and incident and standing and "PERSONS" in row.missing
        and not entry.asks_not_to_tell,
        "answers_not": may and entry.asks_not_to_tell and standing and entry.asked_by != me,
        "notes": may and standing and row.kind != "ASSESSMENT",
        "may_end": may and standing and row.kind != "AUDIT" and not row.missing,
        "may_renew": may and standing and row.kind in ("ASSESSMENT", "MODEL"),
        "typed": {name: request.POST.get(name, "") for name in ("note", "told_at", "next_on")},
        "doing": request.POST.get("do", ""),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/privacy/record.html", page, here=HERE, status=status)


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "")


def _approve(request: HttpRequest, **more: Any) -> None:
    told = request.POST.get("next_on", "")
    operations.approve_privacy_record(
        revision=number_in(request, "revision"), note=_note(request),
        next_on=day_of(told) if told else None, **more,
    )  # fmt: skip


def _send_back(request: HttpRequest, **more: Any) -> None:
    operations.send_privacy_record_back(
        revision=number_in(request, "revision"), note=_note(request), **more
    )


def _tell(request: HttpRequest, **more: Any) -> None:
    operations.tell_of_incident(
        addressee=request.POST.get("addressee", ""), told_at=moment_in(request, "told_at"),
        note=_note(request), **more,
    )  # fmt: skip


def _not_to_tell(agree: bool | None) -> Callable[..., None]:
    def decide(request: HttpRequest, **more: Any) -> None:
        operations.decide_not_to_tell(agree=agree, note=_note(request), **more)

    return decide


def _noted(operation: Callable[..., None]) -> Callable[..., None]:
    def doing(request: HttpRequest, **more: Any) -> None:
        operation(note=_note(request), **more)

    return doing


_ACTS: dict[str, Callable[..., None]] = {
    "approve": _approve, "send_back": _send_back, "tell": _tell,
    "ask_not": _not_to_tell(None), "agree_not": _not_to_tell(True),
    "refuse_not": _not_to_tell(False), "give_up": _noted(operations.give_up_privacy_record),
    "note": _noted(operations.note_privacy_work), "end": _noted(operations.end_privacy_record),
}  # fmt: skip
