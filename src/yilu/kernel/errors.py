"""Refusals: outcomes the business expects. Anything else is a bug and may crash."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class Sentence(str):
    """
    A Chinese sentence with figures filled in, which can still be said in another language.

    ``Sentence("保单已于 {on} 终止", on=day)`` is the filled text wherever a text is wanted; a door
    says it with ``said``, which looks up the template and fills the same figures in.
    """

    template: str
    figures: dict[str, Any]

    def __new__(cls, template: str, **figures: Any) -> Sentence:
        made = super().__new__(cls, template.format(**figures))
        made.template, made.figures = template, figures
        return made

    def told(self, translate: Callable[[str], str]) -> str:
        """The sentence through a translation: the template looked up, the figures filled in again."""
        figures = {
            name: said(value, translate) if isinstance(value, str) and value else value
            for name, value in self.figures.items()
        }
        return translate(self.template).format(**figures)


def said(text: str, translate: Callable[[str], str]) -> str:
    """A text through a translation; figures stay what they are, texts among them are translated."""
    return text.told(translate) if isinstance(text, Sentence) else translate(text)


def joined(texts: Iterable[str]) -> Sentence:
    """Several sentences as one, each still to be said in another language."""
    figures = {f"text{n}": text for n, text in enumerate(texts)}
    return Sentence("；".join(f"{{{name}}}" for name in figures), **figures)


class Refusal(Exception):
    """
    A use case could not be carried out, for a reason the person may be told.

    ``message`` says what is wrong, ``hint`` what to do about it; both are Chinese source texts that
    a door shows in the reader's language; one with figures in it is a ``Sentence``. ``status`` is
    the HTTP status a door answers with.
    """

    code = "refused"
    message = "无法办理"
    hint = ""
    status = 409

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        if message is not None:
            self.message = message
        if hint is not None:
            self.hint = hint
        super().__init__(self.message)


class Invalid(Refusal):
    """What was handed in is malformed: nothing was changed."""

    code = "invalid"
    message = "填写的内容有误"
    status = 422


class NotFound(Refusal):
    """
    There is no such thing, or it is not the asker's: both are said in the same words.

    A door must not tell a stranger which of the two it is.
    """

    code = "not_found"
    message = "没有找到您要的内容"
    hint = "请核对号码后再试；如需帮助，请联系客服。"
    status = 404


class NotAllowed(Refusal):
    """A member of staff lacks the right, the branch or the amount authority."""

    code = "not_allowed"
    message = "您没有办理此项的权限"
    hint = "请联系主管或有权限的同事办理。"
    status = 403


class Stale(Refusal):
    """The thing changed since the person looked at it."""

    code = "stale"
    message = "内容已被更新，您看到的不是最新的"
    hint = "请刷新页面，核对最新内容后再提交。"
