"""热线播报: what the hotline says and whose voice says it; read out by one colleague, approved by another."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.contact import operations, queries
from yilu.contact.queries import PromptView
from yilu.gateways import speech
from yilu.kernel.errors import Refusal
from yilu.web.common import sound
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.staff.asked import acting, actor_of, names_said, number_in
from yilu.web.staff.page import access_of, show

HERE = "hotline"
VOICES = {
    "PERSON": (gettext_noop("真人录音"), "good"),
    "MADE": (gettext_noop("合成语音"), "info"),
    "AT_ONCE": (gettext_noop("合成语音，来电时现读"), "info"),
    "TONE": (gettext_noop("只有嘀一声"), "warn"),
}
"""Whose voice a caller by telephone hears."""
SHOWS = (
    ("", gettext_noop("全部")),
    ("draft", gettext_noop("待批准")),
    ("tone", gettext_noop("只有嘀一声")),
)


@require_GET
@staff_only(right="knowledge.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Every text in the order of the flow, with the voice that says it; ``?lang=en``, ``?show=``."""
    english = request.GET.get("lang") == "en"
    asked = request.GET.get("show", "")
    rows = [(each, voice_of(each)) for each in queries.list_prompts(timezone.localdate())]
    here = [row for row in rows if (row[0].prompt.language == "en-US") == english]
    page = {
        "rows": [row for row in here if _wanted(*row, asked)], "voices": VOICES, "shows": SHOWS,
        "english": english, "asked": asked,
        "counts": {
            "person": sum(voice == "PERSON" for _each, voice in here),
            "made": sum(voice in ("MADE", "AT_ONCE") for _each, voice in here),
            "tone": sum(voice == "TONE" for _each, voice in here),
        },
    }  # fmt: skip
    return show(request, "staff/contact/prompts.html", page, here=HERE)


def _wanted(view: PromptView, voice: str, asked: str) -> bool:
    return {"draft": view.draft is not None, "tone": voice == "TONE"}.get(asked, True)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="knowledge.view")
def prompt(request: HttpRequest, name: str) -> HttpResponse:
    """One text: read it out or hand in a file, hear what waits and what callers hear."""
    view = queries.prompt_of(name, timezone.localdate())
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            operations.hand_in_prompt(prompt=name, content=_uploaded(request), **acting(request))
            messages.success(request, _("已提交。另一位同事试听并批准后，来电的人就会听到。"))
            return redirect("staff:hotline_prompt", name)
        except Refusal as refused:
            refusal = refused
    access, me = access_of(request), str(actor_of(request))
    page: dict[str, Any] = {
        "view": view, "voice": voice_of(view), "machine": machine_voice(view), "voices": VOICES,
        "refusal": refusal, "may_record": access.may("contact.supervise"),
        "may_approve": access.may("knowledge.approve"), "me": me,
        "who": names_said(*{s for r in view.recordings for s in (r.author, r.approver, r.ended_by)}),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return sound.with_microphone(
        show(request, "staff/contact/prompt.html", page, here=HERE, status=status)
    )


def _uploaded(request: HttpRequest) -> bytes:
    file = request.FILES.get("sound")
    # One byte more than may be: whether it is too long the room says, without reading it all.
    return file.read(operations.PROMPT_BYTES_MAX + 1) if file is not None else b""


@require_POST
@staff_only(right="knowledge.view")
def act(request: HttpRequest, name: str, what: str) -> HttpResponse:
    """Approve what was heard, or play it no more."""
    do = _ACTS.get(what)
    if do is None:
        raise Http404
    with telling(request):
        do(recording_id=number_in(request, "recording"), **acting(request))
        messages.success(request, _(_DONE[what]))
    return redirect("staff:hotline_prompt", name)


_ACTS = {"approve": operations.approve_prompt, "withdraw": operations.withdraw_prompt}
_DONE = {
    "approve": gettext_noop("已批准：下一位来电的人就会听到这段录音。"),
    "withdraw": gettext_noop("已停用这段录音。"),
}


@require_GET
@staff_only(right="knowledge.view")
def recording(request: HttpRequest, recording_id: int) -> HttpResponse:
    """A recording, to be heard."""
    response = HttpResponse(queries.prompt_recording(recording_id), content_type="audio/wav")
    response.headers["Cache-Control"] = "private, max-age=3600"  # its sound never changes
    return response


def voice_of(view: PromptView) -> str:
    """Whose voice says a text to whoever calls."""
    return "PERSON" if view.played else machine_voice(view)


def machine_voice(view: PromptView) -> str:
    """Whose voice says it without a person's."""
    # It brings numpy along: only where somebody looks at the hotline.
    from yilu.gateways.calls.builtin.prompts import file_name

    if (settings.CALL_PROMPTS / file_name(view.prompt.words, view.prompt.language)).exists():
        return "MADE"
    return "AT_ONCE" if speech.synthesizer() is not None else "TONE"


def only_beeps() -> bool:
    """Whether callers somewhere hear a tone where the hotline has something to say."""
    return any(voice_of(view) == "TONE" for view in queries.list_prompts(timezone.localdate()))
