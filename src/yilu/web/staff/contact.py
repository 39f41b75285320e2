"""坐席: one's seat with what rings, the conversation with the customer beside it, problem cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.contact import operations, queries
from yilu.insight.queries import person360
from yilu.journeys import queries as journeys
from yilu.kernel.errors import NotAllowed, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.web.common import push, reporting
from yilu.web.common.access import staff_only
from yilu.web.common.errors import tell_refused
from yilu.web.common.moments import moment_of
from yilu.web.common.numbers import whole
from yilu.web.staff import contact_concerns, contact_papers
from yilu.web.staff.asked import acting, actor_of, names
from yilu.web.staff.kept import told_kept
from yilu.web.staff.page import access_of, show
from yilu.web.staff.video import with_rooms

HERE, DESK = "contact", "contact_list"
PAGE = 50
POLL = 3
LINES = ("PHONE", "VIDEO", "CHAT")
"""Somebody waits at the other end: a talk that can be ended before it is written up."""


@require_GET
@staff_only(right="contact.handle")
def seat(request: HttpRequest) -> HttpResponse:
    """My seat: my state, what rings, what I have at hand."""
    access = access_of(request)
    page = _now(request) | {
        "ticket": push.ticket(f"seat:{access.staff_id}", for_whom=f"staff:{access.staff_id}"),
        "sound": bool(settings.SWITCH_URL),
        "pauses": [(code, queries.PAUSES[code]) for code in queries.CHOSEN_PAUSES],
        "channels": [(code, queries.CHANNELS[code]) for code in ("PHONE", "COUNTER")],
    }
    return show(request, "staff/contact/seat.html", page, here=HERE)


@require_GET
@staff_only(right="contact.handle")
def seat_now(request: HttpRequest) -> HttpResponse:
    """What moves on the seat page."""
    return render(request, "staff/contact/seat_now.html", _now(request))


def _now(request: HttpRequest) -> dict[str, Any]:
    staff_id = access_of(request).staff_id
    hands = queries.hands_of(staff_id)
    callers = [hands.offered, *hands.at_hand] if hands.offered else list(hands.at_hand)
    return {
        "seat": queries.seat_of(staff_id), "hands": hands, "poll_seconds": POLL,
        "callers": {
            each.party_id: people.get_party(each.party_id) for each in callers if each.party_id
        },
        "reasons": queries.REASONS, "skills": queries.SKILLS,
    }  # fmt: skip


class NobodyFound(NotFound):
    """Nobody of one's offices answers to what was typed."""

    code = "nobody_found"
    message = gettext_noop("没有找到这位客户")
    hint = gettext_noop("手机号和证件号要写全，姓名从姓写起；也可以空着先开始，再在会话里找。")


@require_POST
@staff_only(right="contact.handle")
def seat_act(request: HttpRequest, name: str) -> HttpResponse:
    """Sign on or come back, pause, leave; begin a talk of one's own."""
    told = acting(request)
    try:
        if name == "ready":
            operations.ready(**told)
        elif name == "pause":
            operations.pause(why=request.POST.get("why", ""), **told)
        elif name == "off":
            operations.sign_off(**told)
        elif name == "begin":
            return redirect(_begin(request))
        else:
            raise Http404
    except Refusal as refused:
        tell_refused(request, refused)
    return redirect("staff:contact_seat")


def _begin(request: HttpRequest) -> str:
    """
    A talk that begins at the seat: a call out, or somebody at the counter. Returns its page.

    Whose it is may be told as one knows people: by phone, identity number or name. Where several answer to it
    the page lists them; where nobody does, nothing begins.
    """
    access, party_id, text = access_of(request), None, request.POST.get("who", "").strip()[:60]
    if text:
        access.require("people.view")
        found = people.search_parties(access, text, today=timezone.localdate())
        if not found:
            raise NobodyFound()
        party_id = found[0].id if len(found) == 1 else None
    channel = request.POST.get("channel", "PHONE")
    conversation_id = operations.open_conversation(
        channel=channel, direction="IN" if channel == "COUNTER" else "OUT", party_id=party_id,
        office_id=None if party_id else access.office_id, actor=actor_of(request), at=timezone.now(),
    )  # fmt: skip
    operations.take_up(conversation_id=conversation_id, **acting(request))
    page = reverse("staff:contact_conversation", args=[conversation_id])
    return page if party_id or not text else f"{page}?{urlencode({'q': text})}"


@require_GET
@staff_only(right="contact.view")
def conversations(request: HttpRequest) -> HttpResponse:
    """What was said with whom lately, of one's offices; ``?state=``, ``?reason=``, ``?channel=``, ``?before=``."""
    access, asked = access_of(request), request.GET
    rows = queries.list_for_staff(
        access, state=asked.get("state", ""), reason=asked.get("reason", ""),
        channel=asked.get("channel", ""), before=moment_of(asked.get("before", "")), limit=PAGE + 1,
    )  # fmt: skip
    more, rows = len(rows) > PAGE, rows[:PAGE]
    known = people.list_parties(row.party_id for row in rows if row.party_id)
    page = {
        "rows": [(row, known.get(row.party_id or 0)) for row in rows],
        "state": asked.get("state", ""), "reason": asked.get("reason", ""),
        "channel": asked.get("channel", ""), "next": f"{timezone.localtime(rows[-1].opened_at):%Y-%m-%dT%H:%M:%S.%f}" if more else "",
        "states": queries.STATES, "reasons": queries.REASONS, "channels": queries.CHANNELS,
        "seats": names(*{Ref("staff", row.seat_id) for row in rows if row.seat_id}),
    }  # fmt: skip
    return show(request, "staff/contact/conversations.html", page, here=DESK)


@require_GET
@staff_only(right="contact.view")
def conversation(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """A conversation with the customer beside it: what is known, what was said, how to go on."""
    return _conversation(request, conversation_id)


@require_POST
@staff_only(right="contact.handle")
def number(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The number to call, once: the page without it is one reload away."""
    queries.get_for_staff(conversation_id, access_of(request))
    try:
        shown = operations.show_number(conversation_id=conversation_id, **acting(request))
    except NotFound:
        raise
    except Refusal as refused:
        tell_refused(request, refused)
        return redirect("staff:contact_conversation", conversation_id)
    response = _conversation(request, conversation_id, number=shown)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _conversation(request: HttpRequest, conversation_id: int, *, number: str = "") -> HttpResponse:
    access, now = access_of(request), timezone.now()
    found = queries.get_for_staff(conversation_id, access)
    party, seen = _customer(access, found.party_id, now)
    page = {
        "talk": found, "mine": found.seat_id == access.staff_id, "party": party, "seen": seen,
        "why": with_rooms(journeys.list_taken_up(found.party_id, access), access) if found.party_id else [],
        "turns": queries.turns_of(found.id), "known": queries.known_in(found.id, at=now),
        "types": {code: kind.title for code, kind in reporting.TYPES.items()},
        "earlier": [
            each for each in (queries.list_for_party(found.party_id, 8) if found.party_id else [])
            if each.id != found.id
        ],
        "problems": queries.problems_of_party(found.party_id) if found.party_id else [],
        "follow_ups": queries.open_for_holder(found.party_id, at=now) if found.party_id else [],
        "note": queries.note_of(found.id), "reasons": queries.REASONS, "skills": queries.SKILLS,
        "labels": queries.NOTED_LABELS, "seat": names(Ref("staff", found.seat_id) if found.seat_id else None),
        **contact_concerns.beside(found, access), "may_complain": access.may("complaints.handle"),
        "may_report": access.may("claims.register"), "may_service": access.may("servicing.call"),
        "line": queries.line_of(found.id), "sound": bool(settings.SWITCH_URL),
        **_written(found), "number": number, **contact_papers.beside(found, may_hand_in=access.may("claims.register")), "dials": _dials(found), "lines": LINES,
        "recording": queries.recording_of(found.id, access),
        "kept": told_kept(queries.recording_kept(found.id, now), access),
        "ticket": push.ticket(f"conversation:{found.id}", for_whom=f"staff:{access.staff_id}"),
        "found": people.search_parties(access, request.GET["q"], today=timezone.localdate())
        if request.GET.get("q") and access.may("people.view") else None,
        "q": request.GET.get("q", ""),
        "may_be": queries.may_be(found.id, access)
        if found.party_id is None and access.may("people.view") else (),
    }  # fmt: skip
    return show(request, "staff/contact/conversation.html", page, here=HERE)


def _dials(talk: queries.ConversationView) -> bool:
    """Whether the seat is to call somebody now, by a number it has not been shown."""
    calls = talk.channel == "VOICEMAIL" or (talk.channel == "PHONE" and talk.direction == "OUT")
    return calls and talk.state == "CONNECTED" and bool(talk.masked_address)


def _written(talk: queries.ConversationView) -> dict[str, Any]:
    """What belongs to a conversation in writing: what came with the letters, and what became of our answers."""
    if talk.channel not in queries.LETTERS:
        return {}
    letters = queries.letters_of(talk.id)
    return {
        "letter": bool(letters), "answers": queries.answers_sent(talk.id),
        "key": f"{timezone.now():%H%M%S%f}",
    }  # fmt: skip


def _customer(access: people.Access, party_id: int | None, now: Any) -> tuple[Any, Any]:
    """Who it is; and all about them, where the asker may see customers of that branch."""
    if party_id is None:
        return None, None
    party = people.get_party(party_id)
    try:
        return party, person360.person(access, party_id, now)
    except (NotAllowed, NotFound):
        return party, None


@require_GET
@staff_only(right="contact.view")
def turns(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """What was said so far: the part of the page that moves."""
    found = queries.get_for_staff(conversation_id, access_of(request))
    page = {"talk": found, "turns": queries.turns_of(found.id), "poll_seconds": POLL} | _written(
        found
    )
    return render(request, "staff/contact/turns.html", page)


@require_POST
@staff_only(right="contact.handle")
def act(request: HttpRequest, conversation_id: int, name: str) -> HttpResponse:
    """Answer, decline, say, note what is known, name the customer, pass on, hang up, write up."""
    if name not in _ACTS:
        raise Http404
    access = access_of(request)
    queries.get_for_staff(conversation_id, access)
    back = redirect("staff:contact_conversation", conversation_id)
    try:
        return _ACTS[name](request, conversation_id) or back
    except NotFound:
        raise
    except Refusal as refused:
        tell_refused(request, refused)
        return redirect("staff:contact_seat") if name in ("accept", "decline") else back


def _accept(request: HttpRequest, conversation_id: int) -> HttpResponse | None:
    operations.accept(conversation_id=conversation_id, **acting(request))
    return None


def _decline(request: HttpRequest, conversation_id: int) -> HttpResponse:
    operations.decline(conversation_id=conversation_id, **acting(request))
    return redirect("staff:contact_seat")


def _say(request: HttpRequest, conversation_id: int) -> HttpResponse | None:
    """Written on the page: to whoever wrote to us it goes as an answer, else it is noted or shown in the chat."""
    if queries.get_conversation(conversation_id).channel in queries.LETTERS:
        operations.answer_letter(
            conversation_id=conversation_id, text=request.POST.get("text", ""),
            request_key=request.POST.get("key", "")[:40] or None, **acting(request),
        )  # fmt: skip
        messages.success(request, _("答复已交去发送，下面会显示有没有送到。"))
        return None
    operations.add_turn(
        conversation_id=conversation_id, who="SEAT", text=request.POST.get("text", ""),
        actor=actor_of(request), at=timezone.now(),
    )  # fmt: skip
    return None


def _know(request: HttpRequest, conversation_id: int) -> HttpResponse | None:
    operations.keep_fact(
        conversation_id=conversation_id, name=request.POST.get("name", ""),
        value=request.POST.get("value", ""), actor=actor_of(request), at=timezone.now(),
    )  # fmt: skip
    return None


def _name(request: HttpRequest, conversation_id: int) -> HttpResponse | None:
    party = people.see_party(access_of(request), whole(request.POST.get("party")) or 0)
    operations.link(
        conversation_id=conversation_id, party_id=party.id, actor=actor_of(request),
        at=timezone.now(),
    )  # fmt: skip
    return None


def _pass_on(request: HttpRequest, conversation_id: int) -> HttpResponse:
    operations.transfer(
        conversation_id=conversation_id, skill=request.POST.get("skill", ""),
        why=request.POST.get("why", ""), **acting(request),
    )  # fmt: skip
    messages.success(request, _("已转接，客户说过的一起带过去了。"))
    return redirect("staff:contact_seat")


def _hang_up(request: HttpRequest, conversation_id: int) -> HttpResponse | None:
    operations.hang_up(
        conversation_id=conversation_id, by="SEAT", actor=actor_of(request), at=timezone.now()
    )
    return None


def _wrap_up(request: HttpRequest, conversation_id: int) -> HttpResponse:
    given = request.POST
    reason, _dot, sub_reason = given.get("reason", "").partition(".")
    opened = operations.wrap_up(
        conversation_id=conversation_id, reason=reason, sub_reason=sub_reason,
        resolved=given.get("resolved") == "yes", note=given.get("note", ""),
        problem=given.get("problem", ""), **acting(request),
    )  # fmt: skip
    if opened:
        messages.success(request, _("已转问题件，会有人按时答复客户。"))
    else:
        messages.success(request, _("小结已保存。"))
    return redirect("staff:contact_seat")


def _claim(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """One click to the claim screen, with whom and what is known filled in."""
    operations.set_reason(
        conversation_id=conversation_id, reason="REPORT", actor=actor_of(request), at=timezone.now()
    )
    found = queries.get_conversation(conversation_id)
    known = {each.name: each.value for each in queries.known_in(found.id, at=timezone.now())}
    about = {
        "party": found.party_id, "policy": known.get("policy"), "type": known.get("claim_type"),
        "conversation": found.id,
    }  # fmt: skip
    asked = urlencode({name: value for name, value in about.items() if value})
    return redirect(f"{reverse('staff:report')}?{asked}")


def _complaint(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """One click to the complaint's form, with whom and what was said filled in."""
    found = queries.get_conversation(conversation_id)
    if found.party_id is None:
        raise Http404
    operations.set_reason(
        conversation_id=found.id, reason="COMPLAINT", actor=actor_of(request), at=timezone.now()
    )
    form = reverse("staff:complaint_new", args=[found.party_id])
    return redirect(f"{form}?{contact_concerns.CARRIED}={found.id}")


def _about(request: HttpRequest, conversation_id: int) -> HttpResponse | None:
    contact_concerns.link(request, conversation_id)
    messages.success(request, _("已关联，案件页能看到这次会话。"))
    return None


def _underwriter(request: HttpRequest, conversation_id: int) -> HttpResponse | None:
    contact_concerns.ask_underwriter(request, conversation_id)
    messages.success(request, _("已转给核保员，一个工作日内给客户回电。"))
    return None


_ACTS: dict[str, Callable[[HttpRequest, int], HttpResponse | None]] = {
    "accept": _accept, "decline": _decline, "say": _say, "know": _know, "name": _name,
    "pass-on": _pass_on, "hang-up": _hang_up, "wrap-up": _wrap_up, "claim": _claim,
    "complaint": _complaint, "about": _about, "underwriter": _underwriter,
}  # fmt: skip


@require_GET
@staff_only(right="contact.view")
def problems(request: HttpRequest) -> HttpResponse:
    """Problem cases of one's offices: open ones, or with ``?solved=1`` the solved."""
    solved = request.GET.get("solved") == "1"
    rows = queries.list_problems(access_of(request), solved=solved)
    known = people.list_parties(row.party_id for row in rows if row.party_id)
    page = {"rows": [(row, known.get(row.party_id or 0)) for row in rows], "solved": solved}
    return show(request, "staff/contact/problems.html", page, here="contact_problems")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="contact.view")
def problem(request: HttpRequest, problem_id: int) -> HttpResponse:
    """One problem case: what, who, its clock; track it, solve it."""
    access, refusal = access_of(request), None
    found = queries.get_problem(problem_id, access)
    if request.method == "POST":
        try:
            if request.POST.get("act") == "solve":
                operations.solve_problem(
                    problem_id=problem_id, answer=request.POST.get("words", ""), **acting(request)
                )
                messages.success(request, _("已解决，时限到此为止。"))
            else:
                operations.track_problem(
                    problem_id=problem_id, note=request.POST.get("words", ""), **acting(request)
                )
                messages.success(request, _("已记录。"))
            return redirect("staff:contact_problem", problem_id)
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
    right = "contact.sales" if found.side == "SALES" else "contact.handle"
    page = {
        "case": found, "refusal": refusal,
        "party": people.get_party(found.party_id) if found.party_id else None,
        "clocks": obligations.list_clocks(Ref("problem", found.id), timezone.now()), "given": request.POST,
        "may": access.may(right, office_id=found.office_id),
        "who": names(*{Ref.parse(step.made_by) for step in found.steps}),
    }  # fmt: skip
    return show(
        request, "staff/contact/problem.html", page, here="contact_problems",
        status=refusal.status if refusal else 200,
    )  # fmt: skip
