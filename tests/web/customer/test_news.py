"""A ticket for news is exchanged for a fresh one, for whom it was made."""

from __future__ import annotations

import json

from tests.web.signing import signed_in
from yilu.web.common import push


def test_gives_the_same_person_a_fresh_one(people, lin):
    old = push.ticket(f"party:{people.lin}", for_whom=f"party:{people.lin}")

    answer = lin.get("/push/ticket", {"ticket": old})

    assert push.read(json.loads(answer.content)["ticket"]).topics == (f"party:{people.lin}",)


def test_gives_nobody_else_anything(people, lin, client):
    old = push.ticket(f"party:{people.lin}", for_whom=f"party:{people.lin}")

    for other in (client, signed_in(people.as_zhou), signed_in(people.as_chen)):
        assert other.get("/push/ticket", {"ticket": old}).status_code == 403
    assert lin.get("/push/ticket", {"ticket": "no"}).status_code == 403
