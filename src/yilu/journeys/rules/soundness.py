"""Whether a journey leads somewhere: no dead end, no step nobody reaches, no break without a place."""

from __future__ import annotations

from collections.abc import Iterator

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

from .definition import Journey, Step

Found = tuple[str, int, str, str]
"""Table, place in it, key, reason."""


def unsound(journey: Journey) -> Iterator[Found]:
    """Every way in which the whole does not hold together."""
    codes = [step.code for step in journey.steps]
    for place, step in enumerate(journey.steps):
        if codes.index(step.code) != place:
            yield "step", place, "code", Sentence(_("两个环节用了同一代码：{code}"), code=step.code)
        yield from _step(place, step, set(codes))
    yield from _reach(journey)
    for place, breaker in enumerate(journey.breakers):
        if breaker.step not in codes:
            yield (
                "break",
                place,
                "step",
                Sentence(_("没有这个环节：{step}"), step=breaker.step or "—"),
            )
    kinds = [kind.code for kind in journey.kinds]
    for place, kind in enumerate(journey.kinds):
        if kinds.index(kind.code) != place:
            yield "kind", place, "code", Sentence(_("两类旅程用了同一代码：{code}"), code=kind.code)
        if not kind.when:
            yield "kind", place, "when", _("须写明用哪些事实区分这一类（when）")


def _step(place: int, step: Step, codes: set[str]) -> Iterator[Found]:
    if not step.enter:
        yield "step", place, "enter", Sentence(_("环节“{name}”没有进入的事件"), name=step.name)
    for code in step.next:
        if code not in codes:
            yield "step", place, "next", Sentence(_("没有这个环节：{step}"), step=code)
    if step.final:
        if step.next:
            yield (
                "step",
                place,
                "next",
                Sentence(_("环节“{name}”已是结果，不能再有下一步"), name=step.name),
            )
        return
    if not step.next:
        yield (
            "step", place, "next",
            Sentence(_("环节“{name}”是断头路：没有下一步，也不是结果"), name=step.name),
        )  # fmt: skip
    if step.standard is None:
        yield "step", place, "standard", Sentence(_("环节“{name}”没有标准时间"), name=step.name)


def _reach(journey: Journey) -> Iterator[Found]:
    """From the first step every step can be reached, and from every step some end."""
    if not journey.steps:
        return
    ways: dict[str, tuple[str, ...]] = {step.code: step.next for step in journey.steps}
    reached = _closure({journey.steps[0].code}, ways)
    back: dict[str, tuple[str, ...]] = {
        code: tuple(source for source, to in ways.items() if code in to) for code in ways
    }
    ending = _closure({step.code for step in journey.steps if step.final}, back)
    for place, step in enumerate(journey.steps):
        if step.code not in reached:
            yield "step", place, "code", Sentence(_("环节“{name}”从开头走不到"), name=step.name)
        if step.next and step.code not in ending:
            yield "step", place, "next", Sentence(_("环节“{name}”怎么走都没有结果"), name=step.name)


def _closure(start: set[str], ways: dict[str, tuple[str, ...]]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        for code in ways.get(waiting.pop(), ()):
            if code not in found:
                found.add(code)
                waiting.append(code)
    return found
