from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests import make
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access


@dataclass(frozen=True)
class Editors:
    """Two people who may approve, one who may only draft, one who may neither."""

    author: Ref
    approver: Ref
    drafter: Ref
    stranger: Ref

    def access(self, who: Ref) -> Access:
        return people.staff_access(who.id)


@pytest.fixture
def editors(db) -> Editors:
    office = make.head_office()
    made = [
        Ref("staff", make.staff(office, role, username=name, name=name))
        for role, name in (
            ("SERVICE_MANAGER", "author"), ("STANDARDS_EDITOR", "approver"), ("CALL_AGENT", "drafter"),
        )
    ]  # fmt: skip
    return Editors(*made, Ref("staff", make.staff(office, username="stranger", name="stranger")))
