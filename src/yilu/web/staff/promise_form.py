"""
Changing a promise: every part of it as data, a preview of what its clocks would say, and its end.

An edit never touches what runs: it is a new version from a day on. One of a row of law waits for a
second person, who sees it beside what counts now.
"""

from __future__ import annotations

import copy
import re
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from yilu.kernel.errors import Invalid, Refusal, Stale
from yilu.obligations import operations
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, moment_in, number_in
from yilu.web.staff.page import show
from yilu.work import queries as work

WIDEST = 1000
ROWS_MAX = 40
TRIGGERS = {
    "start": gettext_noop("起算：哪些事件开始计时"),
    "stop": gettext_noop("完成：哪些事件算做到了"),
    "cancel": gettext_noop("取消：哪些事件让承诺不再适用"),
}
PARTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(TRIGGERS, ("on", "when", "ordinal", "since", "until")),
    "grid": ("limit", "when", "unit"),
    "pause": ("cause", "label", "notice_arrived", "materials_arrived", "key", "proof", "since"),
    "warn": ("amount", "how", "queue", "silent"),
    "escalate": ("after", "queue", "role", "priority"),
}
"""The lists of a rule and the columns of their rows; a row whose first column is empty falls away."""
WAITS = gettext_noop("法定时限的修改已提出，等另一位有权限的同事确认；确认以前规则不变。")
WARNING_HOW = (
    ("%", gettext_noop("％的时限用掉时")),
    ("d", gettext_noop("天前（工作时限按工作日）")),
    ("h", gettext_noop("小时前")),
    ("m", gettext_noop("分钟前")),
)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="obligations.edit")
def revise(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a promise; ``step=preview`` shows what it would say, anything else saves it."""
    newest = obligations.definition_versions(code, timezone.now())[0]
    posted = request.method == "POST"
    looking = posted and request.POST.get("step") == "preview"
    rule, refusal = newest.rule, None
    shown: tuple[obligations.PreviewRow, ...] = ()
    try:
        if posted:
            rule = _rule(request, newest)
        if posted and not looking:
            return _save(request, code, newest, rule)
        shown = obligations.preview(rule, start=_start(request), office_id=_office(request))
    except Refusal as refused:
        refusal = refused
    page = {
        "code": code,
        "newest": newest,
        "by_law": newest.grade == "LAW",
        "waiting": obligations.waiting_change(code),
        "given": _given(newest, request.POST if posted else None),
        "rows": {name: _rows(name, rule, request.POST if posted else None) for name in PARTS},
        "triggers": TRIGGERS.items(),
        "preview": shown,
        "preview_at": timezone.localtime(_start(request)).strftime("%Y-%m-%dT%H:%M"),
        "preview_office": _office(request),
        "offices": people.list_offices(),
        "events": obligations.event_choices(),
        "queues": _queues(rule),
        "roles": obligations.OWNER_LABELS.items(),
        "how": WARNING_HOW,
        "units": obligations.UNITS,
        "grades": obligations.GRADES,
        "refusal": refusal,
    }
    status = refusal.status if refusal and not looking else 200
    template = "staff/obligations/revise.html"
    return show(request, template, page, here="obligations", status=status)


@require_POST
@staff_only(right="obligations.edit")
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Start no new clocks on a promise from a day on; those that run go on to their end."""
    newest = obligations.definition_versions(code, timezone.now())[0]
    if number_in(request, "version") != newest.number:
        raise Stale
    if not request.POST.get("sure"):
        raise Invalid(_("请勾选确认停用"), hint=_("停用后，新的案件不再按这项承诺计时。"))
    done = operations.end_definition(
        code=code,
        effective_to=moment_in(request, "effective_to"),
        reason=request.POST.get("reason", ""),
        actor=actor_of(request),
        at=timezone.now(),
    )
    if done:
        messages.success(request, _("已安排停用；正在计时的会按原来的规则走完。"))
    else:
        messages.success(request, _(WAITS))
    return redirect("staff:promise", code)


@require_POST
@staff_only(right="obligations.edit")
def change(request: HttpRequest, code: str) -> HttpResponse:
    """A second person agrees to the change of a row of law, or it is given up."""
    told: dict[str, Any] = {
        "code": code, "change_id": number_in(request, "change"), "actor": actor_of(request), "at": timezone.now(),
    }  # fmt: skip
    if request.POST.get("do") == "agree":
        operations.agree_to_change(**told)
        messages.success(request, _("已确认；正在计时的不受影响。"))
    else:
        operations.drop_change(**told)
        messages.success(request, _("这项修改不再办理，现行规则不变。"))
    return redirect("staff:promise", code)


def _save(
    request: HttpRequest, code: str, newest: obligations.DefinitionVersionView, rule: dict[str, Any]
) -> HttpResponse:
    if number_in(request, "version") != newest.number:
        raise Stale
    given = request.POST
    changes: dict[str, Any] = {
        name: given.get(name, "").strip()[:most]
        for name, most in (
            ("text", WIDEST), ("grade", WIDEST), ("title", 80), ("title_en", 160), ("citation", 200),
        )
    }  # fmt: skip
    number = operations.revise_definition(
        code=code,
        changes=changes | {"rule": rule},
        effective_from=moment_in(request, "effective_from"),
        reason=given.get("reason", ""),
        actor=actor_of(request),
        at=timezone.now(),
    )
    if number is None:
        messages.success(request, _(WAITS))
    else:
        messages.success(
            request, _("第 %(number)s 版已保存；正在计时的不受影响。") % {"number": number}
        )
    return redirect("staff:promise", code)


def _queues(rule: dict[str, Any]) -> list[tuple[str, str]]:
    """The queues to choose from; one the rule names stays even where nobody set it up (any more)."""
    known = {queue.code: queue.label for queue in work.list_queues()}
    named = [rule.get("owner_queue", "")]
    named += [
        row.get("queue", "")
        for part in ("warn", "escalate")
        for row in rule.get(part, ())
        if isinstance(row, dict)
    ]
    return list((known | {code: code for code in named if code and code not in known}).items())


# -- What the form shows --------------------------------------------------------------------------


def _given(version: obligations.DefinitionVersionView, posted: Any) -> dict[str, Any]:
    rule = version.rule
    kept = {
        "title": version.title,
        "title_en": version.title_en,
        "text": version.text,
        "citation": version.citation,
        "grade": version.grade,
        "limit": rule.get("limit", ""),
        "unit": rule.get("unit", ""),
        "customer_words": rule.get("customer_words", ""),
        "owner_queue": rule.get("owner_queue", ""),
        "owner_role": rule.get("owner_role", ""),
        "persons_only": rule.get("persons_only", False),
    }
    if not posted:
        return kept
    return kept | {k: posted[k] for k in posted} | {"persons_only": "persons_only" in posted}


def _rows(name: str, rule: dict[str, Any], posted: Any) -> list[dict[str, Any]]:
    """A list of the rule as rows of its form, with an empty one to add to it."""
    if posted and "with_rules" in posted:
        rows = [row for row in _posted(name, posted) if row[PARTS[name][0]]]
    else:
        rows = [_row(name, each, rule) for each in rule.get(name, ())]
    blank = dict.fromkeys(PARTS[name], "")
    known = {each.kind: each for each in obligations.event_choices()}
    return [
        row | {"n": n, "event": known.get(row.get("on", ""))}
        for n, row in enumerate([*rows, blank])
    ]


def _row(name: str, kept: Any, rule: dict[str, Any]) -> dict[str, Any]:
    if name == "warn":
        return _warning_row({"at": kept} if isinstance(kept, str) else kept)
    if name == "escalate":
        return {**dict.fromkeys(PARTS[name], ""), **kept, "after": kept.get("after_minutes", 0)}
    kept = {"on": kept} if isinstance(kept, str) else kept
    row = {part: kept.get(part, "") for part in PARTS[name]}
    if "when" in row:
        row["when"] = obligations.write_condition(kept.get("when", {}))
    if name == "grid":
        row["unit"] = kept.get("unit") or rule.get("unit", "")
    return row


def _warning_row(kept: dict[str, Any]) -> dict[str, Any]:
    hit = re.fullmatch(r"-?(\d+)([%mhd])", str(kept.get("at", "")))
    amount, how = (hit[1], hit[2]) if hit else ("", "%")
    silent = "1" if kept.get("notify", True) is False else ""
    return {"amount": amount, "how": how, "queue": kept.get("queue", ""), "silent": silent}


# -- What the form says ---------------------------------------------------------------------------


def _posted(name: str, given: Any) -> list[dict[str, str]]:
    """The rows of a list as they were sent: ``start-0-on``, ``start-0-when`` …"""
    wanted = re.compile(rf"{name}-(\d{{1,3}})-[a-z_]+")
    numbers = {int(hit[1]) for key in given if (hit := wanted.fullmatch(key))}
    return [
        {part: given.get(f"{name}-{n}-{part}", "").strip()[:200] for part in PARTS[name]}
        for n in sorted(numbers)[:ROWS_MAX]
    ]


def _rule(request: HttpRequest, newest: obligations.DefinitionVersionView) -> dict[str, Any]:
    """The rule as the form says it; a form without its lists leaves them as they are."""
    given = request.POST
    rule = copy.deepcopy(newest.rule)
    rule["limit"], rule["unit"] = _limit(given.get("limit", "")), given.get("unit", "")
    _put(rule, "customer_words", given.get("customer_words", "").strip()[:200])
    if "with_rules" not in given:
        return rule
    rule["owner_queue"], rule["owner_role"] = (
        given.get("owner_queue", ""),
        given.get("owner_role", ""),
    )
    _put(rule, "persons_only", "persons_only" in given)
    rows = {
        name: [row for row in _posted(name, given) if row[columns[0]]]
        for name, columns in PARTS.items()
    }
    for name in TRIGGERS:
        _put(rule, name, [_trigger(row) for row in rows[name]])
    started = tuple(row["on"] for row in rows["start"])
    _put(rule, "grid", [_case(row, started, rule["unit"]) for row in rows["grid"]])
    _put(rule, "pause", [{k: v for k, v in row.items() if v} for row in rows["pause"]])
    _put(rule, "warn", [_warning(row) for row in rows["warn"]])
    _put(rule, "escalate", [_step(row) for row in rows["escalate"]])
    return rule


def _put(rule: dict[str, Any], name: str, value: Any) -> None:
    if value:
        rule[name] = value
    else:
        rule.pop(name, None)


def _trigger(row: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {k: row[k] for k in ("on", "ordinal", "since", "until") if row[k]}
    if row["when"]:
        made["when"] = obligations.read_condition(row["when"], (row["on"],))
    return made


def _case(row: dict[str, str], started: tuple[str, ...], unit: str) -> dict[str, Any]:
    made: dict[str, Any] = {"limit": _limit(row["limit"])}
    made["when"] = obligations.read_condition(row["when"], started)
    if not made["when"]:
        raise Invalid(_("分情形的时限要写明是哪种情形"), hint=_("例如 band = UNDER_3K。"))
    return made | ({"unit": row["unit"]} if row["unit"] and row["unit"] != unit else {})


def _warning(row: dict[str, str]) -> dict[str, Any]:
    amount = _limit(row["amount"])
    made: dict[str, Any] = {"at": f"{amount}%" if row["how"] == "%" else f"-{amount}{row['how']}"}
    if row["queue"]:
        made["queue"] = row["queue"]
    return made | ({"notify": False} if row["silent"] else {})


def _step(row: dict[str, str]) -> dict[str, Any]:
    after = whole(row["after"])
    if after is None or after > 999_999:
        raise Invalid(_("升级的时间应为到期后多少分钟"), hint=_("到期即升级请填 0。"))
    made: dict[str, Any] = {"after_minutes": after, "queue": row["queue"]}
    if row["role"]:
        made["role"] = row["role"]
    priority = whole(row["priority"])
    return made | ({"priority": priority} if priority is not None else {})


def _limit(text: str) -> int:
    number = whole(text)
    if number is None or number > 999_999:
        raise Invalid(_("时限应为大于零的整数"), hint=_("例如 30；单位在旁边选择。"))
    return number


def _start(request: HttpRequest) -> datetime:
    """When the imagined claim is reported: as the form says, else now."""
    given = request.POST.get("preview_at", "")
    try:
        at = timezone.make_aware(datetime.fromisoformat(given).replace(tzinfo=None))
    except (ValueError, OverflowError):
        return timezone.now()
    near = timedelta(days=3660)
    return at if abs(at - timezone.now()) < near else timezone.now()


def _office(request: HttpRequest) -> int:
    number = whole(request.POST.get("preview_office"))
    return 0 if number is None else number
