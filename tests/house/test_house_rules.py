"""The rules of the house that no linter knows."""

import ast
import io
import re
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps

from yilu.kernel import sheets

HOUSE = Path(__file__).parents[2] / "src" / "yilu"
ROOMS = {c.name.split(".")[1] for c in apps.get_app_configs() if c.name.startswith("yilu.")} - {
    "web"
}
FRONT_ROOMS = {"operations", "queries", "events", "models", "terms", "offering"}
"""What other rooms may enter: models for foreign keys only; terms and the like are frozen values without a database."""
WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create",
    "update_or_create", "acreate", "aupdate", "adelete",
}  # fmt: skip
PURE = {
    "__future__", "decimal", "enum", "dataclasses", "datetime", "collections", "math", "typing", "itertools",
    "orjson", "base64", "binascii", "struct",
    "functools", "bisect", "re", "tomllib", "hashlib", "hmac", "json", "statistics", "fractions", "heapq", "operator",
    "yilu.kernel", "yilu.products.terms", "yilu.products.offering", "yilu.products.actuarial",
    "yilu.policies.terms", "yilu.underwriting.terms", "yilu.standards.terms", "unicodedata", "zoneinfo", "abc", "types", "calendar", "string", "difflib",
}  # fmt: skip
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 80


@dataclass(frozen=True)
class Module:
    """What the rules ask about a file: walked once, for all of them."""

    path: Path
    lines: int
    imports: list[ast.Import | ast.ImportFrom]
    calls: list[ast.Call]
    """Of methods: ``something.name(…)``."""
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef]


@cache
def modules() -> tuple[Module, ...]:
    return tuple(
        read(path) for path in sorted(HOUSE.rglob("*.py")) if "migrations" not in path.parts
    )


def read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    module = Module(path, text.count("\n"), [], [], [])
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module.imports.append(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            module.calls.append(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            module.functions.append(node)
    return module


def room_of(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0]


def is_part_of(path: Path, name: str) -> bool:
    """Whether a file is ``name.py`` of its room, or inside the package ``name/``."""
    parts = path.relative_to(HOUSE).parts
    return path.stem == name or (len(parts) > 2 and name in parts[1:-1])


def test_foreign_keys_between_rooms_leave_no_way_back():
    """A reverse accessor is an upward dependency that the import linter cannot see."""
    for model in apps.get_models():
        if not model.__module__.startswith("yilu."):
            continue
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model is not None:
                if field.related_model._meta.app_label != model._meta.app_label:
                    assert field.remote_field.hidden, f"{field}: give it related_name='+'"


def test_other_rooms_are_entered_by_their_front_rooms():
    for module in modules():
        path, home = module.path, room_of(module.path)
        for node in module.imports:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("yilu."):
                parts = node.module.split(".")[1:]
                for alias in node.names:
                    room, entry = [*parts, alias.name][:2]
                    if room in ROOMS and room != home:
                        runs = home == "site" or "console" in path.parts  # starts the worker
                        allowed = FRONT_ROOMS | ({"jobs", "reactions"} if runs else set())
                        assert entry in allowed, f"{path}:{node.lineno} reaches into {room}.{entry}"


def test_doors_never_touch_models():
    for module in modules():
        path = module.path
        if room_of(path) == "web":
            for node in module.imports:
                if isinstance(node, ast.ImportFrom):
                    named = {a.name for a in node.names}
                    assert not (node.module or "").endswith(".models"), f"{path}:{node.lineno}"
                    assert not ((node.module or "").startswith("yilu.") and "models" in named), (
                        f"{path}:{node.lineno}"
                    )


def test_only_operations_write():
    for module in modules():
        path = module.path
        if is_part_of(path, "operations") or room_of(path) in {"kernel", "gateways", "site", "web"}:
            continue
        for node in module.calls:
            writes = node.func.attr in WRITES and "objects" in ast.unparse(node.func.value)
            assert not writes, f"{path}:{node.lineno} writes outside operations"


def test_rules_are_pure():
    for module in modules():
        path = module.path
        if is_part_of(path, "rules"):
            for node in module.imports:
                names = (
                    [a.name for a in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or ""]
                    if not node.level
                    else []
                )
                for name in names:
                    inside = f"yilu.{room_of(path)}.rules"
                    assert any(name == a or name.startswith(a + ".") for a in PURE | {inside}), (
                        f"{path} imports {name}"
                    )


def test_every_room_has_its_readme():
    for room in sorted(ROOMS):
        text = HOUSE / room / "README.md"
        assert text.exists(), f"{room} has no README.md"
        assert len(text.read_text(encoding="utf-8")) > 300, f"{text} says too little"


def test_a_function_fits_on_a_screen_and_a_file_can_be_read():
    for module in modules():
        path = module.path
        assert module.lines <= FILE_LINES_MAX, (
            f"{path} has {module.lines} lines: one file a use case reads better"
        )
        for node in module.functions:
            length = node.end_lineno - node.lineno + 1
            assert length <= FUNCTION_LINES_MAX, f"{path}:{node.lineno} {node.name}: {length} lines"


def test_nothing_named_utils_or_helpers():
    for module in modules():
        assert module.path.stem not in {"utils", "helpers", "services", "managers", "misc"}, (
            module.path
        )


def test_a_day_is_the_insurers_never_utcs():
    """``at.date()`` of a UTC moment is yesterday until eight in the morning: say ``day_of(at)``."""
    for module in modules():
        for node in module.calls:
            if node.func.attr == "date" and not node.args and not node.keywords:
                owner = node.func.value
                name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
                assert name != "at", f"{module.path}:{node.lineno}"
                assert not name.endswith("_at"), f"{module.path}:{node.lineno}"


def test_rows_are_locked_up_to_a_limit_where_they_are_looked_for_once():
    """
    ``in (select … limit n for update skip locked)`` may be read again for each row of the other side, and
    every time it skips what it has locked: more than n. A ``with`` clause and an array are read once.
    """
    again = re.compile(
        r"\bin\s*\(\s*select\b[^()]*(?:\([^()]*\)[^()]*)*\blimit\b[^()]*skip locked", re.IGNORECASE
    )
    assert again.search("where id in (select id from a where f(x) limit 3 for update skip locked)")
    for module in modules():
        assert not again.search(module.path.read_text(encoding="utf-8")), module.path


def test_workbooks_are_begun_where_nothing_typed_becomes_a_formula_or_a_link():
    for module in modules():
        if module.path.name != "sheets.py":
            assert "xlsxwriter" not in module.path.read_text(encoding="utf-8"), module.path

    out = io.BytesIO()
    book = sheets.workbook(out)
    typed = (
        '=HYPERLINK("http://evil.example")',
        "http://evil.example",
        "external:c:\\temp\\a.xlsx",
        "+1",
    )
    book.add_worksheet().write_row(0, 0, typed)
    book.close()
    with zipfile.ZipFile(out) as made:
        told = b"".join(made.read(name) for name in made.namelist() if "sheet1" in name)
    assert b"<f>" not in told
    assert b"hyperlink" not in told.lower()
