"""The room's README says what the rules say."""

from pathlib import Path

import yilu.people
from yilu.kernel.facts import REGISTRY
from yilu.people.models import StaffRole
from yilu.people.rules import rights

README = Path(yilu.people.__file__).parent / "README.md"


def rights_table() -> str:
    lines = ["| role | 角色 | rights | standard amount |", "|---|---|---|---|"]
    for role, granted in rights.ROLE_RIGHTS.items():
        limit = rights.STANDARD_LIMITS.get(role)
        label = StaffRole.Role(role).label
        lines.append(
            f"| {role} | {label} | {', '.join(sorted(granted))} | {f'{limit:,.0f}' if limit else '–'} |"
        )
    return "\n".join(lines)


def test_the_rights_table_is_the_one_in_force():
    assert rights_table() in README.read_text(encoding="utf-8"), rights_table()


def test_every_event_of_the_room_is_named():
    text = README.read_text(encoding="utf-8")
    for kind in REGISTRY:
        if kind.startswith("people."):
            assert kind.partition(".")[2] in text, kind
