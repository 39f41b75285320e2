"""The second opinion is a second one: it shares no rule with what it checks, and reads what was really kept."""

import ast
from dataclasses import fields
from pathlib import Path

from yilu.audit import records
from yilu.claims.rules.facts import CaseFacts
from yilu.policies.terms import Contract, Used

ROOM = Path(records.__file__).parent


def test_audit_imports_nothing_of_what_it_checks():
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                assert not name.startswith(
                    (
                        "yilu.claims",
                        "yilu.policies",
                        "yilu.products",
                        "yilu.documents",
                        "yilu.payments",
                    )
                ), f"{path.name}: {name}"


def test_knows_in_which_order_a_calculation_keeps_its_facts():
    assert tuple(f.name for f in fields(CaseFacts))[: len(records.FACTS)] == records.FACTS
    assert tuple(f.name for f in fields(Contract))[: len(records.CONTRACT)] == records.CONTRACT
    assert fields(Used)[0].name == "seen"
