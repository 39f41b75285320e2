"""Whoever the catalogue names for a promise may do the work it sends to them."""

import pytest

from yilu.obligations.operations.shipping import shipped
from yilu.people.rules.rights import ROLE_RIGHTS
from yilu.work.operations import CATALOGUE

RIGHT_OF = {row["code"]: row["right"] for row in CATALOGUE}


def asked_of(rule):
    """Every queue a promise sends work to, with the role that is to take it."""
    owner = rule["owner_role"]
    yield rule["owner_queue"], owner
    for point in rule.get("warn", ()):
        if isinstance(point, dict) and point.get("queue"):
            yield point["queue"], owner
    for step in rule.get("escalate", ()):
        yield step["queue"], step["role"]


@pytest.mark.parametrize("given", shipped(), ids=lambda given: given["code"])
def test_every_owner_may_take_from_the_queue_the_warning_goes_to(given):
    for queue, role in asked_of(given["rule"]):
        if queue.startswith("complaints.late"):  # its warning goes to who stands above the owner
            continue
        assert RIGHT_OF[queue] in ROLE_RIGHTS[role], (queue, role)
