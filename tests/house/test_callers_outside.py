"""The demo, the benchmarks and the year call operations as these are now: mypy reads ``src`` alone."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = sorted(
    path.relative_to(ROOT)
    for folder in ("demo", "bench", "simulation")
    for path in (ROOT / folder).rglob("*.py")
    if path.name != "__main__.py"
)


def called(node, names):
    """What a call calls, where names alone tell: ``f``, ``room.f``, ``tx.use_case(f)``; else nothing."""
    if isinstance(node, ast.Call):
        owns = ast.unparse(node.func) in ("tx.use_case", "tx.step") and len(node.args) == 1
        return called(node.args[0], names) if owns else None
    found = names.get(node.id) if isinstance(node, ast.Name) else None
    if isinstance(node, ast.Attribute) and inspect.ismodule(owner := called(node.value, names)):
        found = getattr(owner, node.attr, None)
    return found


def misfit(call, names):
    """What a call lacks or has too much, or nothing."""
    splat = any(isinstance(arg, ast.Starred) for arg in call.args)
    if splat or any(word.arg is None for word in call.keywords):
        return None
    target = called(call.func, names)
    if not inspect.isfunction(target) or not target.__module__.startswith("yilu."):
        return None
    try:
        inspect.signature(target).bind(*call.args, **{word.arg: word for word in call.keywords})
    except TypeError as problem:
        return str(problem)
    return None


@pytest.mark.parametrize("path", OUTSIDE, ids=str)
def test_calls_operations_as_they_are(path):
    names = vars(importlib.import_module(".".join(path.with_suffix("").parts)))
    wrong = [
        f"{path}:{node.lineno} {ast.unparse(node.func)}: {problem}"
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and (problem := misfit(node, names))
    ]
    assert wrong == []


def test_an_argument_that_is_missing_is_seen():
    from yilu.risk import operations as risk

    line = ast.parse("tx.use_case(risk.compare_diagnoses)(about=1, party_id=2)").body[0].value
    assert "missing" in misfit(line, {"risk": risk})
