"""What a calculation says: figures first, sentences only when somebody reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from string import Formatter
from typing import Any

import orjson

from yilu.claims.rules import texts
from yilu.kernel.errors import Sentence, said
from yilu.kernel.money import CENT
from yilu.policies.terms import Use

Translate = Callable[[str], str]


def as_written(text: str) -> str:
    """No translation: the Chinese source."""
    return text


def shortest(amount: Decimal) -> Decimal:
    """The same amount with two decimals, or as many more as it really has."""
    exact = amount.quantize(CENT)
    return exact if exact == amount else amount.normalize()


@cache
def _pieces(template: str) -> tuple[tuple[str, int | None, str], ...]:
    """A template taken apart once: text before, which figure, and how it is written."""
    return tuple(
        (before, None if field is None else int(field), spec or "")
        for before, field, spec, _ in Formatter().parse(template)
    )


def _written(value: Any, spec: str) -> str:
    """A figure in a sentence: amounts as 1,234.50, a share with ``{0:%}`` as 80%."""
    if not isinstance(value, Decimal):
        return str(value)
    if spec == "%":
        return f"{(value * 100).normalize():f}%"
    return f"{value.normalize():f}" if spec == "n" else f"{shortest(value):,f}"


def _say(template: str, args: Sequence[Any], translate: Translate) -> str:
    parts = [said(each, translate) if isinstance(each, str) and each else each for each in args]
    told = ""
    for before, figure, spec in _pieces(translate(template)):
        told += before if figure is None else before + _written(parts[figure], spec)
    return told


@dataclass(frozen=True, slots=True)
class Line:
    """
    One step of the sum (理算明细): signed yuan, exact; all lines together make the benefit.

    ``label`` says what, ``explanation`` the formula with its figures; both are made when read.
    """

    code: str
    amount: Decimal
    args: tuple[Any, ...] = ()
    benefit_code: str = ""

    @property
    def label(self) -> str:
        """What this step is, in Chinese."""
        return self.label_in(as_written)

    @property
    def explanation(self) -> str:
        """How it was worked out, with the figures, in Chinese."""
        return self.explained_in(as_written)

    def label_in(self, translate: Translate) -> str:
        """The label through a door's translation."""
        return translate(texts.LINES[self.code][0])

    def explained_in(self, translate: Translate) -> str:
        """The explanation through a door's translation."""
        return _say(texts.LINES[self.code][1], self.args, translate)


@dataclass(frozen=True, slots=True)
class Ground:
    """
    A reason that a person has to weigh (须人工判断的事由): never a refusal by the machine.

    ``applied``: whether the sum already leaves the part out (a limit of the clause) or still
    includes it until a person upholds the ground (waiting, exclusion, suicide, non-disclosure).
    ``instead``: what the clause grants where it is upheld.
    """

    code: str
    clause: str
    clause_text: str
    args: tuple[Any, ...] = ()
    benefit_code: str = ""
    detail: str = ""
    applied: bool = False
    instead: Decimal | None = None

    @property
    def key(self) -> str:
        """By which a person upholds it: code, detail and benefit."""
        return ":".join(part for part in (self.code, self.detail, self.benefit_code) if part)

    @property
    def label(self) -> str:
        """What it is, in Chinese."""
        return texts.GROUNDS[self.code][0]

    @property
    def why(self) -> str:
        """Why it is raised, with the figures, in Chinese."""
        return self.why_in(as_written)

    def why_in(self, translate: Translate) -> str:
        """The reason through a door's translation."""
        return _say(texts.GROUNDS[self.code][1], self.args, translate)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A fact that is missing or does not fit, without which the sum is provisional (理算缺项)."""

    code: str
    args: tuple[Any, ...] = ()

    @property
    def message(self) -> str:
        """What is missing and what to do, in Chinese."""
        return self.message_in(as_written)

    def message_in(self, translate: Translate) -> str:
        """The message through a door's translation."""
        return _say(texts.SHORTFALLS[self.code], self.args, translate)


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader should know that changes no figure (理算提示)."""

    code: str
    args: tuple[Any, ...] = ()

    @property
    def message(self) -> str:
        """The sentence, in Chinese."""
        return _say(texts.NOTES[self.code], self.args, as_written)


@dataclass(frozen=True, kw_only=True)
class Calculation:
    """
    The benefit and how it came about (理算结果).

    ``benefit`` is payable now, yuan with two places, and the exact sum of ``lines``. It may go out
    unasked only where ``needs_person`` is False. ``uses`` are to be recorded with
    ``policies.operations.record_benefit_use(seen=…)`` when it is approved. ``waived_from``: the day
    from which premiums are waived. ``ends_policy``: paying it ends the contract.
    """

    benefit: Decimal
    lines: tuple[Line, ...]
    shortfalls: tuple[Shortfall, ...]
    refusal_grounds: tuple[Ground, ...]
    notes: tuple[Note, ...]
    uses: tuple[Use, ...]
    seen: int
    waived_from: date | None
    ends_policy: bool
    inputs: tuple[Any, ...]

    @property
    def needs_person(self) -> bool:
        """Whether a person must look: something is missing, doubtful, or nothing would be paid."""
        return bool(self.shortfalls or self.refusal_grounds) or (
            self.benefit <= 0 and self.waived_from is None
        )

    @cached_property
    def inputs_text(self) -> str:
        """The facts, terms and earlier use as canonical JSON: what is kept with the result."""
        return canonical(self.inputs)

    def inputs_digest(self) -> str:
        """SHA-256 over the canonical facts, terms and earlier use: same facts, same digest."""
        return hashlib.sha256(self.inputs_text.encode()).hexdigest()

    def digest(self) -> str:
        """SHA-256 over inputs and result: what a decision is bound to."""
        result = (
            self.benefit, [(n.code, n.amount, n.args, n.benefit_code) for n in self.lines],
            self.shortfalls, [g.key for g in self.refusal_grounds], self.uses, self.waived_from,
        )  # fmt: skip
        return hashlib.sha256((self.inputs_digest() + canonical(result)).encode()).hexdigest()

    def as_plain(self) -> dict[str, Any]:
        """
        The result as plain JSON values with its Chinese sentences, to be kept and shown as it was.

        ``retold`` says what was kept in another language, from the same figures.
        """
        return {
            "benefit": str(self.benefit),
            "lines": [
                {
                    "code": n.code, "label": n.label, "amount": f"{shortest(n.amount):f}",
                    "explanation": n.explanation, "args": _kept(n.args),
                }
                for n in self.lines
            ],
            "shortfalls": [
                {"code": s.code, "message": s.message, "args": _kept(s.args)} for s in self.shortfalls
            ],
            "refusal_grounds": [
                {
                    "key": g.key, "code": g.code, "label": g.label, "why": g.why, "clause": g.clause,
                    "clause_text": g.clause_text, "applied": g.applied, "args": _kept(g.args),
                    "instead": None if g.instead is None else str(g.instead),
                }
                for g in self.refusal_grounds
            ],
            "notes": [n.message for n in self.notes],
            "note_args": [{"code": n.code, "args": _kept(n.args)} for n in self.notes],
            "waived_from": self.waived_from and self.waived_from.isoformat(),
            "ends_policy": self.ends_policy,
        }  # fmt: skip


def _kept(args: Sequence[Any]) -> list[Any]:
    """Figures as JSON that can be filled in again: amounts and nested sentences are marked."""
    kept: list[Any] = []
    for each in args:
        if isinstance(each, Decimal):
            kept.append({"amount": f"{each:f}"})
        elif isinstance(each, Sentence):
            kept.append({"template": each.template, "figures": each.figures})
        else:
            kept.append(each.isoformat() if isinstance(each, date) else each)
    return kept


def _filled(kept: Sequence[Any]) -> list[Any]:
    filled: list[Any] = []
    for each in kept:
        if isinstance(each, dict):
            each = (
                Decimal(each["amount"])
                if "amount" in each
                else Sentence(each["template"], **each["figures"])
            )
        filled.append(each)
    return filled


class Kept(Sentence):
    """A sentence as it was kept, which can still be said in another language from its figures."""

    def __new__(cls, kept: str, template: str, args: Sequence[Any]) -> Kept:
        made = str.__new__(cls, kept)
        made.template, made.figures = template, {"args": args}
        return made

    def told(self, translate: Translate) -> str:
        """The same from the same figures, by the template in the reader's language."""
        return _say(self.template, _filled(self.figures["args"]), translate)


def tellable(plain: dict[str, Any]) -> dict[str, Any]:
    """What ``as_plain`` kept, word for word, each sentence one that a door can say in its language."""

    def told(entry: dict[str, Any], field: str, template: str) -> dict[str, Any]:
        if "args" not in entry:
            return entry
        return {**entry, field: Kept(entry[field], template, entry["args"])}

    notes = list(plain.get("notes", ()))
    for n, (note, kept) in enumerate(zip(notes, plain.get("note_args", ()), strict=False)):
        notes[n] = Kept(note, texts.NOTES[kept["code"]], kept["args"])
    return {
        **plain,
        "lines": [told(n, "explanation", texts.LINES[n["code"]][1]) for n in plain["lines"]],
        "shortfalls": [
            told(s, "message", texts.SHORTFALLS[s["code"]]) for s in plain["shortfalls"]
        ],
        "refusal_grounds": [
            told(g, "why", texts.GROUNDS[g["code"]][1]) for g in plain["refusal_grounds"]
        ],
        "notes": notes,
    }


def retold(plain: dict[str, Any], translate: Translate) -> dict[str, Any]:
    """What ``as_plain`` kept, with every sentence in another language; figures stay as they were."""

    def told(entry: dict[str, Any], field: str, template: str) -> dict[str, Any]:
        if "args" not in entry:
            return entry
        said_now = _say(template, _filled(entry["args"]), translate)
        label = {"label": translate(entry["label"])} if "label" in entry else {}
        return {**entry, **label, field: said_now}

    return {
        **plain,
        "lines": [told(n, "explanation", texts.LINES[n["code"]][1]) for n in plain["lines"]],
        "shortfalls": [
            told(s, "message", texts.SHORTFALLS[s["code"]]) for s in plain["shortfalls"]
        ],
        "refusal_grounds": [
            told(g, "why", texts.GROUNDS[g["code"]][1]) for g in plain["refusal_grounds"]
        ],
        "notes": [
            _say(texts.NOTES[n["code"]], _filled(n["args"]), translate)
            for n in plain.get("note_args", ())
        ],
    }


def canonical(value: Any) -> str:
    """Canonical JSON of facts: equal values give equal text whatever their trailing zeros or order."""
    return orjson.dumps(value, default=_plain, option=_SORTED).decode()


_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS
_FIELDS: dict[type, tuple[str, ...]] = {}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    cls = type(value)
    names = _FIELDS.get(cls)
    if names is None:
        if not is_dataclass(cls):
            raise TypeError(f"not a fact: {cls.__name__}")
        names = _FIELDS[cls] = tuple(f.name for f in fields(cls))
    return [getattr(value, name) for name in names]
