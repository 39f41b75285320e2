"""
The customer of a drill: a patience that rises and falls by what is said to it, and what it answers.

Everything is data (``catalogue/drills``): the people, their topics, what must be told them, their lines in
three moods, and by how much each thing said changes their patience. What is typed is read for signs and
for nothing else: an order to "give full marks" is a sentence without a sign, and the customer says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from yilu.kernel.words import marked as _
from yilu.quality.rules.scenarios import MOODS, Scenario

__all__ = [
    "MOODS",
    "Manner",
    "Reply",
    "Scenario",
    "Sign",
    "State",
    "begin",
    "left",
    "over_time",
    "respond",
]

OUTCOMES: Final[Mapping[str, str]] = {
    "RESOLVED": _("客户接受"), "ESCALATED": _("客户要求升级"), "TIME_OVER": _("时间或轮次用完"),
    "LEFT": _("中途放弃"),
}  # fmt: skip
SIGNS: Final[Mapping[str, str]] = {
    "forbidden": _("服务禁语"), "jargon": _("客户听不懂的词"), "repeated": _("重复问同一件事"),
    "same": _("重复同一句话"), "short": _("答得太短"), "no_empathy": _("客户着急时没有安抚"),
    "no_next": _("没有说下一步和时间"), "empathy": _("表示理解"), "next": _("说明下一步和时间"),
    "fact": _("说清一件事"), "company": _("报公司"), "self": _("报本人"), "purpose": _("说来意"),
    "closing": _("礼貌结束"),
}  # fmt: skip
"""What is read in a line."""
MOST_UP, MOST_DOWN = 20, -40
"""By how much one line changes patience at most."""
_EXPLAINED = re.compile(r"就是|意思是|指的是|简单说|通俗|[（(]|换句话")
_ASKS = re.compile(r"[^。！!？?；;\n]*(?:吗|呢|[？?]|多少|什么时候|哪一)[^。！!？?；;\n]*[？?]?")
_WORD = re.compile(r"[\w]")
_SELF = re.compile(r"我是|我姓|我叫|工号|我这边是")
_PURPOSE = re.compile(r"为您|请问|帮您|关于|给您来电|有什么可以|什么事")
_TIME = re.compile(
    r"今天|今晚|明天|后天|本周|这周|下周|周[一二三四五六日天]|星期[一二三四五六日天]|下班前|月底"
    r"|[0-9一二两三四五六七八九十半]+个?(?:工作日|小时|分钟|天|日|点|号)"
)
_STEP = re.compile(
    r"回电|回复|答复|联系您|联系到您|给您(?:打|发|寄|一个|书面|来电)|通知您|我(?:会|来|马上|现在|这就|帮)|为您(?:办|登记|查|催|申请|预约|提交|安排)"
    r"|催办|登记|提交|上门|付款|到账|寄给|发给"
)
_SENTENCE = re.compile(r"[。！!？?；;\n]")
_WAITING = re.compile(r"稍等|等了|请等|久等|别挂")


@dataclass(frozen=True, slots=True)
class Manner:
    """What all customers have in common: words they feel, words they do not know, changes, lines."""

    empathy: tuple[str, ...]
    closing: tuple[str, ...]
    jargon: tuple[str, ...]
    change: Mapping[str, int]
    calm_from: int
    irritable_from: int
    lines: Mapping[str, tuple[str, ...]]

    def mood_of(self, patience: int) -> str:
        """How somebody with so much patience is."""
        if patience >= self.calm_from:
            return "calm"
        return "irritable" if patience >= self.irritable_from else "angry"


@dataclass(frozen=True, slots=True)
class State:
    """Where a drill stands; nothing else decides what the customer does next."""

    patience: int
    turns: int = 0
    told: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    comforted: int = 0
    next_named: bool = False
    settled: bool = False
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """Something read in a line: what, by which words (of a fact: its code), and in which sentence."""

    code: str
    words: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the customer says then, and where the drill stands now."""

    state: State
    line: str
    signs: tuple[Sign, ...]
    change: int


def begin(scenario: Scenario, seed: str) -> tuple[State, str]:
    """The first line, and the patience somebody comes with."""
    return State(scenario.patience), _one(scenario.opening, f"{seed}:0")


def respond(
    scenario: Scenario, manner: Manner, state: State, text: str, *, forbidden: Sequence[str],
    company: str, seed: str,
) -> Reply:  # fmt: skip
    """
    What the customer makes of a line. ``forbidden`` are the forbidden phrases found in it, as they were said.

    A drill that is over stays as it is. Every line takes one of the drill's turns, so it always ends.
    """
    if state.outcome:
        return Reply(state, "", (), 0)
    signs = _signs(scenario, manner, state, text, forbidden, company)
    change = _change(manner, signs, state)
    told = tuple(dict.fromkeys((*state.told, *(s.words for s in signs if s.code == "fact"))))
    codes = [sign.code for sign in signs]
    after = replace(
        state, patience=max(0, min(100, state.patience + change)), turns=state.turns + 1, told=told,
        asked=(*state.asked, *_questions(text))[-30:], said=(*state.said, _flat(text))[-30:],
        comforted=state.comforted + codes.count("empathy"),
        next_named=state.next_named or "next" in codes,
    )  # fmt: skip
    after, line = _answer(scenario, manner, state, after, signs, seed)
    return Reply(after, line, signs, change)


def over_time(state: State) -> State:
    """The same when its minutes are over: what was settled stays settled."""
    if state.outcome:
        return state
    return replace(state, outcome="RESOLVED" if state.settled else "TIME_OVER")


def left(state: State) -> State:
    """The same when somebody gives it up: a settled customer counts as settled."""
    return (
        state if state.outcome else replace(state, outcome="RESOLVED" if state.settled else "LEFT")
    )


def _answer(
    scenario: Scenario, manner: Manner, before: State, after: State, signs: Sequence[Sign], seed: str
) -> tuple[State, str]:  # fmt: skip
    """The customer's next line and what it ends, in the order in which people mind things."""
    pick = f"{seed}:{after.turns}"
    found = {sign.code: sign.words for sign in signs}

    def common(name: str, **words: str) -> str:
        return _one(manner.lines[name], pick).format(**words)

    if after.patience == 0:
        return replace(after, outcome="ESCALATED"), common("escalated")
    if before.settled:
        return replace(after, outcome="RESOLVED"), common("goodbye")
    if after.turns >= scenario.turns:
        return replace(after, outcome="TIME_OVER"), common("time_over")
    if "forbidden" in found:
        return after, common("forbidden", words=found["forbidden"])
    if "jargon" in found:
        return after, common("jargon", words=found["jargon"])
    if "same" in found or "repeated" in found:
        return after, common("repeated")
    mood = manner.mood_of(after.patience)
    for told in scenario.facts:
        if told.code not in after.told:
            return after, _one(told.lines[mood], pick)
    if not after.next_named:
        return after, common("when")
    if mood == "angry":
        return after, common("not_yet")
    return replace(after, settled=True), _one(scenario.settled, pick)


def _signs(
    scenario: Scenario, manner: Manner, state: State, text: str, forbidden: Sequence[str], company: str
) -> tuple[Sign, ...]:  # fmt: skip
    """What a line holds, bad things first."""
    found = [
        *_clumsy(scenario, manner, state, text, forbidden),
        *_helpful(scenario, manner, state, text),
    ]
    if state.turns == 0:
        found += _opening(text, company)
    if closing := _first(manner.closing, text):
        found.append(Sign("closing", closing, _sentence_with(closing, text)))
    codes = {sign.code for sign in found}
    if manner.mood_of(state.patience) != "calm" and "empathy" not in codes and not state.settled:
        found.append(Sign("no_empathy", ""))
    if state.turns >= 2 and not state.next_named and "next" not in codes:
        found.append(Sign("no_next", ""))
    return tuple(found)


def _clumsy(
    scenario: Scenario, manner: Manner, state: State, text: str, forbidden: Sequence[str]
) -> list[Sign]:
    """What makes it worse: forbidden phrases, words unknown to the customer, the same again, next to nothing."""
    never = [phrase for phrase in scenario.never if phrase in text]
    found = [
        Sign("forbidden", words, _sentence_with(words, text))
        for words in dict.fromkeys((*forbidden, *never))
    ]
    found += [
        Sign("jargon", word, _sentence_with(word, text))
        for word in dict.fromkeys((*scenario.jargon, *manner.jargon))
        if _unexplained(word, text)
    ]
    if _flat(text) in state.said:
        found.append(Sign("same", text[:40]))
    elif again := next((q for q in _questions(text) if _asked_before(q, state.asked)), ""):
        found.append(Sign("repeated", again[:40]))
    if len(_WORD.findall(text)) < 4:
        found.append(Sign("short", text[:40], text[:60]))
    return found


def _helpful(scenario: Scenario, manner: Manner, state: State, text: str) -> list[Sign]:
    """What helps: comfort, a thing told for the first time, a next step with its time."""
    found = []
    if empathy := _first(manner.empathy, text):
        found.append(Sign("empathy", empathy, _sentence_with(empathy, text)))
    found += [
        Sign("fact", told.code, _sentence_with(word, text))
        for told in scenario.facts
        if told.code not in state.told and (word := _first(told.any, text))
    ]
    if step := _next_step(text):
        found.append(Sign("next", step[:40], step))
    return found


def _opening(text: str, company: str) -> list[Sign]:
    """Who speaks, for whom, and what for (A138)."""
    found = []
    if word := _first((company, "公司", "人寿"), text):
        found.append(Sign("company", word, _sentence_with(word, text)))
    for code, pattern in (("self", _SELF), ("purpose", _PURPOSE)):
        if match := pattern.search(text):
            found.append(Sign(code, match.group(), _sentence_with(match.group(), text)))
    return found


def _change(manner: Manner, signs: Sequence[Sign], state: State) -> int:
    """By how much patience changes; where a forbidden phrase was said nothing good counts."""
    changes = [manner.change.get(sign.code, 0) for sign in signs]
    down = sum(each for each in changes if each < 0)
    if any(sign.code == "forbidden" for sign in signs):
        return max(MOST_DOWN, min(down, -1))
    up = sum(each for each in changes if each > 0)
    if state.comforted >= 2:  # said a third time it is a phrase
        up -= sum(max(0, manner.change["empathy"]) for s in signs if s.code == "empathy")
    return max(MOST_DOWN, min(MOST_UP, up + down))


def _next_step(text: str) -> str:
    """The sentence that promises something by a time; "please wait a minute" promises nothing."""
    for sentence in _SENTENCE.split(text):
        if _STEP.search(sentence) and _TIME.search(sentence) and not _WAITING.search(sentence):
            return sentence.strip()
    return ""


def _first(words: Sequence[str], text: str) -> str:
    """The first of some words that a text holds; "" where it holds none."""
    return next((word for word in words if word and word in text), "")


def _sentence_with(words: str, text: str) -> str:
    """The sentence in which they were said; the line where they run over its end, or hold blanks."""
    return next((s.strip() for s in _SENTENCE.split(text) if words in s), text)[:120]


def _unexplained(word: str, text: str) -> bool:
    place = text.find(word)
    return place >= 0 and not _EXPLAINED.search(text[place + len(word) : place + len(word) + 12])


def _questions(text: str) -> list[str]:
    return [flat for found in _ASKS.findall(text) if len(flat := _flat(found)) >= 4]


def _asked_before(question: str, asked: Sequence[str]) -> bool:
    pairs = _pairs(question)
    return any(
        len(pairs & other) >= 0.7 * len(pairs | other) for other in (_pairs(each) for each in asked)
    )


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)} or {text}


def _flat(text: str) -> str:
    return "".join(_WORD.findall(text))[:120]


def _one(variants: Sequence[str], seed: str) -> str:
    """One of several, the same for the same seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4])
    return variants[number % len(variants)]
