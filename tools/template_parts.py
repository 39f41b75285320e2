"""What a template of ours is made of: tokens, and tags with what is between them and their end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_STANDING_TAGS = """
    html head body meta link title base div section article aside header footer main nav search address dialog
    p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd br hr blockquote figure figcaption details summary noscript source
    table caption colgroup col thead tbody tfoot tr td th form fieldset legend option optgroup datalist
    g path rect line polyline polygon circle defs marker
"""
BLOCK = frozenset(_STANDING_TAGS.split())
"""Beside these white space is not shown."""
_VOID_TAGS = "area base br col embed hr img input link meta source track wbr"
VOID = frozenset(_VOID_TAGS.split())
KEPT_WHOLE = ("script", "style", "text")
STANDING = frozenset(["form-control", "form-select", "form-check"])
"""Classes of blocks, whatever the tag."""
PAIRED = {"if": "endif", "for": "endfor", "with": "endwith", "block": "endblock"}
BRANCHES = ("else", "elif", "empty")
_DJANGO = r"\{%.*?%\}|\{\{.*?\}\}|\{\#.*?\#\}"
_ATTRIBUTES = rf"(?:{_DJANGO}|\"(?:{_DJANGO}|[^\"])*\"|'(?:{_DJANGO}|[^'])*'|[^<>\"'])*"
_WHOLE = "|".join(rf"<{name}\b{_ATTRIBUTES}>.*?</{name}>" for name in KEPT_WHOLE)
TOKEN = re.compile(
    r"(?P<whole>\{%\s*blocktranslate\b.*?endblocktranslate\s*%\}|\{%\s*comment\b.*?endcomment\s*%\}"
    rf"|<!--.*?-->|{_WHOLE})"
    rf"|(?P<django>{_DJANGO})"
    rf"|(?P<tag></?[a-zA-Z!]{_ATTRIBUTES}>)"
    r"|(?P<space>\s+)"
    r"|(?P<text>(?:(?!\{%|\{\{|\{\#|<[/a-zA-Z!])\S)+)",
    re.DOTALL,
)
ATTRIBUTE = re.compile(
    rf"(?:{_DJANGO}|\"(?:{_DJANGO}|[^\"])*\"|'(?:{_DJANGO}|[^'])*'|[^\s\"'])+", re.DOTALL
)

JOINED, SPACE, FREE = "joined", "space", "free"
STANDS, VANISHES, FLOWS = "stands", "vanishes", "flows"
"""How a part meets its neighbour: on lines of its own, perhaps not at all, or in one line with it."""


@dataclass
class Part:
    """A token, or a tag with what is between it and its end."""

    text: str
    name: str = ""  # of the tag
    kind: str = "text"
    before: str = ""  # the white space before it, as it was
    children: list[Part] = field(default_factory=list)
    end: Part | None = None  # where it is closed; None for a token by itself
    gap: str = JOINED

    @property
    def stands(self) -> bool:
        return self.kind == "tag" and (self.name in BLOCK or bool(classes(self) & STANDING))

    @property
    def opens(self) -> bool:
        """Whether it is a tag of HTML that its end may follow."""
        opening = self.kind == "tag" and self.text[1].isalpha() and not self.text.endswith("/>")
        return opening and self.name not in VOID

    @property
    def ends(self) -> bool:
        """Whether it ends a tag of Django's."""
        return self.kind == "django" and self.name in PAIRED.values()

    @property
    def is_branch(self) -> bool:
        """Whether it is ``else`` and the like: ``empty`` with words is a tag of ours."""
        return (
            self.kind == "django"
            and self.name in BRANCHES
            and (self.name != "empty" or self.text == "{% empty %}")
        )


class Unreadable(Exception):
    """Something between the tags is no token."""


def tokens(source: str) -> Iterator[Part]:
    """Every token with the white space before it."""
    space, at = "", 0
    while at < len(source):
        found = TOKEN.match(source, at)
        if found is None:
            raise Unreadable(source[at : at + 60])
        at = found.end()
        text, kind = found[0], str(found.lastgroup)
        if kind == "space":
            space = text
            continue
        name = ""
        if kind == "tag":
            name = re.match(r"</?!?([a-zA-Z0-9-]+)", text)[1].lower()  # type: ignore[index]
            text = _tag(text)
        elif kind == "whole":
            name = re.search(r"[a-z]+", text)[0] if text[1] != "!" else "comment"  # type: ignore[index]
        elif kind == "django" and text.startswith("{%"):
            name = text[2:-2].split()[0]
        yield Part(text, name, kind, space)
        space = ""
    if space:
        yield Part("", "", "text", space)


def _tag(text: str) -> str:
    if "\n" not in text:
        return text
    joined = " ".join(ATTRIBUTE.findall(text))
    return joined[:-2] + ">" if joined.endswith(" >") else joined


def tree(source: str) -> list[Part]:
    """The parts of a template; what is not closed where it was opened is a token by itself."""
    top = Part("")
    nest: list[tuple[Part, list[Part]]] = [(top, [])]  # Django's open tags, and HTML's within each

    def holder() -> Part:
        opener, html = nest[-1]
        return html[-1] if html else opener

    def give_up() -> None:
        """The innermost tag of HTML is not closed here: what followed it is not within it."""
        lost = nest[-1][1].pop()
        holder().children += lost.children
        lost.children = []

    for part in tokens(source):
        opener, html = nest[-1]
        if part.ends or part.is_branch:
            while html:
                give_up()
        if part.ends:
            if PAIRED.get(opener.name) != part.name:
                raise Unreadable(part.text)
            opener.end = part
            nest.pop()
        elif part.kind == "tag" and part.text.startswith("</") and part.name in names(html):
            while html[-1].name != part.name:
                give_up()
            html.pop().end = part
        else:
            holder().children.append(part)
            if part.kind == "django" and part.name in PAIRED:
                nest.append((part, []))
            elif part.opens:
                html.append(part)
    while nest[-1][1]:
        give_up()
    if len(nest) > 1:
        raise Unreadable(nest[-1][0].text)
    return top.children


def names(parts: list[Part]) -> set[str]:
    return {part.name for part in parts}


def classes(part: Part) -> set[str]:
    """The classes a tag certainly has."""
    found = re.search(r'\bclass="([^"]*)"', part.text)
    return set(re.sub(r"\{%.*?%\}", " ", found[1]).split()) if found else set()
