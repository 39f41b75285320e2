"""What every page must have for people with machine aids, and must not have for our script policy."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
DATA = {"application/json", "application/ld+json", "text/template"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.labels: set[str] = set()
        self.fields: list[tuple[dict[str, str], bool]] = []
        self.counts: dict[str, int] = {}
        self.html: dict[str, str] = {}
        self.title = ""
        self.buttons: list[list[str]] = []
        self.links: list[list[str]] = []
        self.forms: list[list[bool]] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in given}
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self._policy(tag, attrs)
        if id_ := attrs.get("id"):
            if id_ in self.ids:
                self.problems.append(f"two elements have the id {id_}")
            self.ids.add(id_)
        if tag == "html":
            self.html = attrs
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit() and "dialog" not in self.open:
            self.headings.append(int(tag[1]))
        elif tag == "label" and "for" in attrs:
            self.labels.add(attrs["for"])
        elif tag in {"input", "select", "textarea"}:
            self._field(attrs)
        elif tag == "img":
            if "alt" not in attrs:
                self.problems.append(f"<img src={attrs.get('src', '')[:60]}> has no alt")
            for stack in (self.buttons, self.links):
                if stack:
                    stack[-1].append(attrs.get("alt", ""))
        elif tag == "form":
            posts = attrs.get("method", "get").lower() == "post"
            self.forms.append([posts, False])
        elif tag == "button":
            self.buttons.append([attrs.get("aria-label") or attrs.get("title") or ""])
        elif tag == "a" and "href" in attrs:
            self.links.append([attrs.get("aria-label") or attrs.get("title") or "", attrs["href"]])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        if tag == "button" and self.buttons and not "".join(self.buttons.pop()).strip():
            self.problems.append("a button says nothing")
        if tag == "a" and self.links:
            label, href, *text = self.links.pop()
            if not "".join([label, *text]).strip():
                self.problems.append(f"the link to {href} says nothing")
        if tag == "form" and self.forms:
            posts, guarded = self.forms.pop()
            if posts and not guarded:
                self.problems.append("a form that posts has no token")

    def handle_startendtag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, given)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "title" and "svg" not in self.open:
            self.title += data
        for stack in (self.buttons, self.links):
            if stack:
                stack[-1].append(data)

    def _field(self, attrs: dict[str, str]) -> None:
        if attrs.get("name") == "csrfmiddlewaretoken" and self.forms:
            self.forms[-1][1] = True
        if attrs.get("type", "text") not in UNLABELLED:
            self.fields.append((attrs, "label" in self.open))

    def _policy(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "script" and "src" not in attrs and attrs.get("type", "") not in DATA:
            self.problems.append("an inline script: our policy does not let it run")
        if tag == "style" or "style" in attrs:
            self.problems.append(f"an inline style on <{tag}>: our policy ignores it")
        for name, value in attrs.items():
            if name.startswith(("on", "hx-on")):
                self.problems.append(f"{name} on <{tag}>: our policy does not let it run")
            elsewhere = value.strip().lower().startswith(("http://", "https://", "//"))
            if name in {"src", "srcset"} and elsewhere:
                self.problems.append(f"<{tag}> loads {value[:60]} from elsewhere")
            if name in {"href", "src", "action"} and value.strip().lower().startswith(
                "javascript:"
            ):
                self.problems.append(f"<{tag}> has a javascript: address")


def problems_of(page: str) -> list[str]:
    """What is wrong with a page; a part of one is asked only what a part can have wrong."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    problems = list(reader.problems)
    for attrs, wrapped in reader.fields:
        named = attrs.get("aria-label") or attrs.get("aria-labelledby") or attrs.get("title")
        if not (wrapped or named or attrs.get("id") in reader.labels):
            problems.append(f"the field {attrs.get('name') or attrs.get('id')} has no label")
    if "html" in reader.counts:
        if not reader.html.get("lang"):
            problems.append("<html> has no lang")
        if not reader.title.strip():
            problems.append("no title")
        if reader.counts.get("main", 0) != 1:
            problems.append(f"{reader.counts.get('main', 0)} main landmarks")
        for before, after in zip(reader.headings, reader.headings[1:], strict=False):
            if after > before + 1:
                problems.append(f"a heading of level {after} follows one of level {before}")
        if reader.counts.get("h1", 0) > 1:
            problems.append(f"{reader.counts['h1']} first headings")
    return problems
