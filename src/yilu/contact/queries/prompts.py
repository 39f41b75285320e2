"""What the hotline says and whose voice says it (热线播报)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Q

from yilu.contact import storage
from yilu.contact.models import PromptRecording
from yilu.contact.queries.flows import flow_on, flows_from
from yilu.contact.refusals import PromptNotFound
from yilu.contact.rules.ivr import Flow
from yilu.contact.rules.prompts import ENGLISH, MOMENT, Prompt, prompts_of

KEPT = 100
"""Recordings held in memory, of two hundred kilobytes each in the mean."""


@dataclass(frozen=True, slots=True)
class PromptRecordingView:
    """One recording of a text; ``current`` says that it reads what the hotline says now."""

    id: int
    number: int
    state: str
    state_label: str
    words: str
    seconds: float
    decibels: int
    author: str
    handed_in_at: datetime
    approver: str
    approved_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    current: bool


@dataclass(frozen=True, slots=True)
class PromptView:
    """A text of the hotline with its recordings, the newest first, as far as they were asked for."""

    prompt: Prompt
    recordings: tuple[PromptRecordingView, ...]

    @property
    def played(self) -> PromptRecordingView | None:
        """What callers hear in a person's voice; nothing where a machine speaks."""
        return next((r for r in self.recordings if r.state == "APPROVED" and r.current), None)

    @property
    def draft(self) -> PromptRecordingView | None:
        """What waits for a second person."""
        return next((r for r in self.recordings if r.state == "DRAFT"), None)

    @property
    def outdated(self) -> bool:
        """Whether there is an approved recording, of words that have changed since."""
        return any(r.state == "APPROVED" and not r.current for r in self.recordings)


def hotline_prompts(on: date) -> Mapping[str, Prompt]:
    """Every text that can be said beforehand on a day, by name, in the order of the flow."""
    return prompts_of(flow_on(on))


def prompts_to_speak(on: date) -> list[Prompt]:
    """Every text to be spoken by a machine: said on that day, or once an approved flow comes into force; each once."""
    found = [each for flow in flows_from(on) for each in prompts_of(flow).values()]
    return list({(each.words, each.language): each for each in found}.values())


def plain_words(flow: Flow, name: str, text: str) -> str:
    """The words of a place without the moment in ``text``; empty where there is none in it."""
    node = flow.nodes.get(name.removesuffix(ENGLISH))
    if node is None:
        return ""
    words = (node.en if name.endswith(ENGLISH) else node.say).replace(MOMENT, "")
    return words if words != text else ""


def list_prompts(on: date) -> list[PromptView]:
    """Every text with what is played and what waits."""
    rows = PromptRecording.objects.filter(state__in=["APPROVED", "DRAFT"]).order_by("-number")
    return [PromptView(each, _views(each, rows)) for each in hotline_prompts(on).values()]


def prompt_of(name: str, on: date) -> PromptView:
    """One text with all its recordings. :raises PromptNotFound: the hotline says nothing of that name."""
    said = hotline_prompts(on).get(name)
    if said is None:
        raise PromptNotFound
    rows = PromptRecording.objects.filter(Q(prompt=name) | Q(words=said.words))
    return PromptView(said, _views(said, rows.order_by("-number")))


def prompt_recording(recording_id: int) -> bytes:
    """A recording as it was handed in: a WAV file. :raises PromptNotFound: none, or its file is gone."""
    row = PromptRecording.objects.filter(pk=recording_id).first()
    content = _content(row.file) if row is not None else None
    if content is None:
        raise PromptNotFound
    return content


def played_recordings() -> dict[str, int]:
    """Words that a person's voice says to callers, with that recording's id."""
    rows = PromptRecording.objects.filter(state="APPROVED").order_by("id")
    return dict(rows.values_list("words", "id"))


def voice_of(words: str) -> bytes | None:
    """The approved recording of exactly these words, as a WAV file; None where a machine speaks."""
    rows = PromptRecording.objects.filter(state="APPROVED", words=words).order_by("-id")
    file = rows.values_list("file", flat=True).first()
    return _content(file) if file else None


def is_played(recording_id: int) -> bool:
    """Whether callers hear this recording."""
    return PromptRecording.objects.filter(pk=recording_id, state="APPROVED").exists()


@lru_cache(maxsize=KEPT)
def _kept(file: str) -> bytes:
    return storage.prompts.get(file)


def _content(file: str) -> bytes | None:
    """A file never changes under its name; what is gone is asked for again, it may come from a backup."""
    try:
        return _kept(file)
    except storage.FileMissing:
        return None


def _views(said: Prompt, rows: Iterable[PromptRecording]) -> tuple[PromptRecordingView, ...]:
    return tuple(
        PromptRecordingView(
            row.pk, row.number, row.state, PromptRecording.State(row.state).label, row.words,
            row.milliseconds / 1000, row.decibels, row.author, row.handed_in_at, row.approver,
            row.approved_at, row.ended_at, row.ended_by, row.words == said.words,
        )
        for row in rows
        if row.prompt == said.name or row.words == said.words
    )  # fmt: skip
