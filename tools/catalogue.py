"""
The English catalogue: find every Chinese text that people see, and compile what was translated.

    python tools/catalogue.py extract    add new texts to django.po (and drop those that are gone)
    python tools/catalogue.py compile    write django.mo from django.po
    python tools/catalogue.py missing    list what has no English yet

Pure Python: neither GNU gettext nor the database is needed. Chinese is the source language, so a
text without a translation is shown in Chinese.
"""

from __future__ import annotations

import ast
import csv
import re
import struct
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "yilu"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
HEADER = (
    "Project-Id-Version: yilu\\n"
    "Language: en\\n"
    "MIME-Version: 1.0\\n"
    "Content-Type: text/plain; charset=UTF-8\\n"
    "Content-Transfer-Encoding: 8bit\\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\\n"
)
_CALLS = {
    "gettext", "gettext_lazy", "gettext_noop", "later", "_", "_n", "ngettext", "ngettext_lazy",
}  # fmt: skip
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass
class Entry:
    """One text: where it stands, its plural if it has one, and its English."""

    text: str
    plural: str = ""
    places: list[str] = field(default_factory=list)
    english: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether there is English for it, and for each of its forms."""
        wanted = 2 if self.plural else 1
        return len(self.english) == wanted and all(self.english)


# -- Finding texts -------------------------------------------------------------------------------


def find() -> dict[str, Entry]:
    """Every text of the program, by its Chinese words."""
    found: dict[str, Entry] = {}
    for path in sorted(SOURCE.rglob("*")):
        if "migrations" in path.parts or ("templates" in path.parts and path.suffix != ".html"):
            continue
        if path.suffix == ".py":
            texts = _in_python(path.read_text(encoding="utf-8"))
        elif path.suffix == ".html":
            texts = _in_template(path.read_text(encoding="utf-8"))
        elif path.name.startswith("underwriting_") and path.parent.name == "tables":
            texts = _of_underwriting(tomllib.loads(path.read_text(encoding="utf-8")))
        elif path.name == "contact_tier.toml":  # each row ends with what the customer is told
            texts = ((row[-1], "") for row in tomllib.loads(path.read_text("utf-8"))["rows"])
        elif path.name == "needs.toml":
            texts = _of_needs(tomllib.loads(path.read_text(encoding="utf-8")))
        elif path.suffix == ".toml" and path.relative_to(SOURCE).parts[0] in _SAID_FROM_DATA:
            texts = _in_data(tomllib.loads(path.read_text(encoding="utf-8")))
        elif path.suffix == ".toml" and path.relative_to(SOURCE).parts[:2] == _JOURNEYS:
            texts = _of_steps(tomllib.loads(path.read_text(encoding="utf-8")))
        elif path.suffix == ".toml" and path.relative_to(SOURCE).parts[:3] == _COURSES:
            texts = iter([(tomllib.loads(path.read_text(encoding="utf-8"))["title"], "")])
        elif path.name == "kpis.toml":
            texts = _of_kpis(tomllib.loads(path.read_text(encoding="utf-8")))
        elif path.name == "terms.toml" and path.relative_to(SOURCE).parts[0] == "products":
            texts = _of_product(path.parent)
        elif path.name == "questions.toml" and path.relative_to(SOURCE).parts[0] == "products":
            texts = _of_questions(tomllib.loads(path.read_text(encoding="utf-8")))
        elif path.name == "examinations.toml":
            texts = ((str(t), "") for t in tomllib.loads(path.read_text("utf-8")).values())
        elif path.suffix == ".csv" and path.relative_to(SOURCE).parts[0] in _SAID_FROM_DATA:
            texts = _in_rows(path.read_text(encoding="utf-8"))
        else:
            continue
        place = path.relative_to(SOURCE).as_posix()
        for text, plural in texts:
            if not _CHINESE.search(text):
                continue
            entry = found.setdefault(text, Entry(text))
            entry.plural = entry.plural or plural
            if place not in entry.places:
                entry.places.append(place)
    return found


def _in_python(code: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
        elif isinstance(node, ast.ClassDef):
            yield from _in_class(node)


def _in_call(node: ast.Call) -> Iterator[tuple[str, str]]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if name in _CALLS and texts:
        plural = texts[1] if name.startswith("ngettext") and len(texts) > 1 else ""
        yield texts[0], plural
    elif name == "fact" and len(texts) == 2:  # what a timeline says
        yield texts[1], ""


def _in_class(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """The words of refusals and the labels of choices: doors translate them when they show them."""
    bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    for line in node.body:
        if not isinstance(line, ast.Assign) or len(line.targets) != 1:
            continue
        name = ast.unparse(line.targets[0])
        value = line.value
        if name in {"message", "hint"} and isinstance(value, ast.Constant):
            yield str(value.value), ""
        elif "TextChoices" in bases and isinstance(value, ast.Tuple):
            last = value.elts[-1]
            if isinstance(last, ast.Constant) and isinstance(last.value, str):
                yield last.value, ""


_JOURNEYS = ("journeys", "catalogue")
_COURSES = ("quality", "catalogue", "courses")


def _of_steps(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The names of a journey and of its steps, and what the customer is told at each."""
    for each in (given, *given.get("step", ()), *given.get("variant", ())):
        yield from ((str(each[field]), "") for field in ("name", "words") if field in each)


def _of_kpis(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The titles and sources of figures; what they mean is written in both languages there."""
    for each in given.get("kpi", ()):
        yield str(each["title"]), ""
        yield str(each["citation"]), ""


_SAID_FROM_DATA = {"care", "standards", "obligations", "retention"}
_SAID_FIELDS = {
    "title", "name", "label", "description", "guidance", "note", "condition", "text", "citation",
    "customer_words", "words",
}  # fmt: skip


def _in_data(given: object) -> Iterator[tuple[str, str]]:
    """The words of shipped tables, checklists and promises; of tables also what a row says."""
    if isinstance(given, list):
        for each in given:
            yield from _in_data(each)
    elif isinstance(given, dict):
        for name, value in given.items():
            if name in _SAID_FIELDS and isinstance(value, str):
                yield value, ""
            elif name == "changes" and isinstance(value, list):
                yield from ((each, "") for each in value if isinstance(each, str))
            elif name != "case":
                yield from _in_data(value)
        said = [c["kind"] == "TEXT" for c in (*given.get("input", ()), *given.get("output", ()))]
        for row in given.get("rows", ()):
            yield from ((cell, "") for cell, is_said in zip(row, said, strict=True) if is_said)


def _of_product(folder: Path) -> Iterator[tuple[str, str]]:
    """What a buyer and a claimant see of a product: name, summary, benefits, the clauses pointed out, papers."""
    terms = tomllib.loads((folder / "terms.toml").read_text(encoding="utf-8"))
    notices, papers = _beside(folder, "notices"), _beside(folder, "papers")
    said = [terms["name"], terms.get("summary", "")]
    said += [each["name"] for each in terms["benefits"]]
    said += [text for n in notices for text in (n.get("title", ""), n.get("text", ""))]
    pointed_out = {n["clause"] for n in notices} | {
        e["clause"] for e in terms.get("exclusions", ())
    }
    for clause in terms["clauses"]:
        if clause["number"] in pointed_out:
            said += [clause["title"], clause["text"]]
    said += [text for p in papers for text in (p["name"], p.get("note", ""))]
    yield from ((text, "") for text in said if text)


def _beside(folder: Path, name: str) -> list[dict[str, Any]]:
    path = folder / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")).get(name, []) if path.exists() else []


def _of_questions(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The bank of health questions: what is asked, under which heading, in which unit, with which choices."""
    for question in given["questions"]:
        yield from ((question.get(field, ""), "") for field in ("group", "text", "unit", "help"))
        yield from ((choice["text"], "") for choice in question.get("choices", ()))


_SAID_BY_ROWS = {"words", "exclusion"}


def _of_underwriting(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Names of an underwriting table, and what its rows say to a customer: the case and what is left out."""
    yield given["name"], ""
    columns = (*given["input"], *given["output"])
    yield from ((column["label"], "") for column in columns)
    for row in given["rows"]:
        yield from (
            (cell, "")
            for column, cell in zip(columns, row, strict=True)
            if column["name"] in _SAID_BY_ROWS and cell
        )


def _of_needs(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a diagnosis of needs asks, concludes and gives as reasons."""
    for question in given["question"]:
        yield question["text"], ""
        yield from ((words, "") for _code, words in question.get("choices", ()))
    for tag in given["tag"]:
        yield tag["label"], ""
    for plan in given["plan"]:
        yield from ((reason, "") for _tag, reason in plan["reasons"])


def _in_rows(text: str) -> Iterator[tuple[str, str]]:
    """The names of days in a shipped calendar."""
    for row in csv.DictReader(text.splitlines()):
        yield row["name"], ""


_TAG = re.compile(r"{%-?\s*translate\s+(\"[^\"]*\"|'[^']*')[^%]*%}")
_INLINE = re.compile(r"""\b_\((\"[^\"]*\"|'[^']*')\)""")
_BLOCK = re.compile(
    r"{%\s*blocktranslate\b(?P<head>[^%]*)%}(?P<one>.*?)(?:{%\s*plural\s*%}(?P<many>.*?))?"
    r"{%\s*endblocktranslate\s*%}",
    re.DOTALL,
)
_VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")


def _in_template(text: str) -> Iterator[tuple[str, str]]:
    for quoted in (*_TAG.findall(text), *_INLINE.findall(text)):
        yield quoted[1:-1], ""
    for block in _BLOCK.finditer(text):
        yield (
            _as_message(block["one"], block["head"]),
            _as_message(block["many"] or "", block["head"]),
        )


def _as_message(text: str, head: str) -> str:
    """A block's words as Django looks them up."""
    if " trimmed" in head:
        text = " ".join(line.strip() for line in text.strip().splitlines())
    escaped = text.replace("%", "%%")
    return _VARIABLE.sub(r"%(\1)s", escaped)


# -- The .po file --------------------------------------------------------------------------------


def read() -> dict[str, Entry]:
    """What is translated so far."""
    if not CATALOGUE.exists():
        return {}
    entries: dict[str, Entry] = {}
    for block in CATALOGUE.read_text(encoding="utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            match = re.match(r'(msgid|msgid_plural|msgstr(?:\[\d\])?) "(.*)"$', line)
            if match:
                name = match[1]
                fields[name] = _unquoted(match[2])
            elif line.startswith('"'):
                fields[name] += _unquoted(line[1:-1])
        if fields.get("msgid"):
            english = [v for k, v in sorted(fields.items()) if k.startswith("msgstr")]
            entries[fields["msgid"]] = Entry(
                fields["msgid"], fields.get("msgid_plural", ""), [], english
            )
    return entries


def write(entries: dict[str, Entry]) -> None:
    """Write the catalogue in the order of the places where texts stand."""
    blocks = [f'msgid ""\nmsgstr ""\n"{HEADER}"']
    for entry in sorted(entries.values(), key=lambda e: (e.places[:1], e.text)):
        lines = [f"#: {place}" for place in entry.places[:3]]
        lines.append(f"msgid {_quoted(entry.text)}")
        english = [*entry.english, "", ""]
        if entry.plural:
            lines.append(f"msgid_plural {_quoted(entry.plural)}")
            lines += [f"msgstr[{n}] {_quoted(english[n])}" for n in range(2)]
        else:
            lines.append(f"msgstr {_quoted(english[0])}")
        blocks.append("\n".join(lines))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def _quoted(text: str) -> str:
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    )
    return f'"{escaped}"'


_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), text)


# -- The .mo file --------------------------------------------------------------------------------


def compile_catalogue() -> Path:
    """Write ``django.mo`` beside the ``.po``: two sorted tables of texts, as gettext reads them."""
    pairs = {"": HEADER.replace("\\n", "\n")}
    for entry in read().values():
        if entry.done:
            key = f"{entry.text}\0{entry.plural}" if entry.plural else entry.text
            pairs[key] = "\0".join(entry.english)
    keys = sorted(key.encode() for key in pairs)
    values = [pairs[key.decode()].encode() for key in keys]
    count = len(keys)
    start = 28 + 16 * count
    key_table, value_table, texts = b"", b"", b""
    for table, items in (("k", keys), ("v", values)):
        for each in items:
            row = struct.pack("<II", len(each), start + len(texts))
            key_table, value_table = (
                (key_table + row, value_table) if table == "k" else (key_table, value_table + row)
            )
            texts += each + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, start)
    target = CATALOGUE.with_suffix(".mo")
    target.write_bytes(head + key_table + value_table + texts)
    return target


def extract() -> dict[str, Entry]:
    """The texts of the program with the English known for them."""
    known, found = read(), find()
    for text, entry in found.items():
        if text in known:
            entry.english = known[text].english
    return found


def missing(*areas: str) -> list[Entry]:
    """What stands in one of the areas (folders under ``src/yilu``) and has no English yet."""
    return [
        entry
        for entry in extract().values()
        if not entry.done
        and (not areas or any(p.startswith(area) for p in entry.places for area in areas))
    ]


def main(arguments: list[str]) -> int:
    """The commands above."""
    command = arguments[0] if arguments else "compile"
    if command == "extract":
        entries = extract()
        write(entries)
        left = sum(not entry.done for entry in entries.values())
        print(f"catalogue: {len(entries)} texts, {left} without English")
    elif command == "compile":
        target = compile_catalogue()
        print(f"catalogue: {target.relative_to(ROOT)}")
    elif command == "missing":
        for entry in missing(*arguments[1:]):
            print(f"{entry.places[0]}\t{entry.text}")
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
