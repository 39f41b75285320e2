"""我的文书: everything written to the customer, and nothing that was written to others."""

from datetime import timedelta

import pytest

from tests.letters.desk import CLAIM, facts
from tests.make import NOON
from tests.web.pages import text
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.letters import jobs
from yilu.letters import operations as letters
from yilu.letters.models import IssuedLetter
from yilu.policies.models import Policy


def written(kind: str, party_id: int, **given) -> int:
    return tx.use_case(letters.issue)(
        kind=kind, about=CLAIM, party_id=party_id, facts={**facts(kind, party_id), **given},
        actor=SYSTEM, at=NOON,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_opens_for_whom_it_was_written_and_is_then_delivered(lin, zhou, browsers, people):
    assert "还没有文书" in text(lin.get("/c/letters"))
    mine = written("STATEMENT", people.lin)
    assert "正在制作" in text(lin.get("/c/letters"))
    assert lin.get(f"/c/letters/{mine}").status_code == 409
    jobs.render_due(NOON + timedelta(seconds=1))

    assert f'href="/c/letters/{mine}"' in text(lin.get("/c/letters"))
    assert f"/c/letters/{mine}" not in text(zhou.get("/c/letters"))
    for other in (zhou, *browsers.outsiders):
        assert other.get(f"/c/letters/{mine}").status_code in (302, 404)
    assert IssuedLetter.objects.get().delivered_at is None
    opened = lin.get(f"/c/letters/{mine}")
    assert (opened["Content-Type"], opened.content[:4]) == ("application/pdf", b"%PDF")
    assert IssuedLetter.objects.get().delivered_at == NOON


def test_the_list_goes_on_page_after_page(lin, people, monkeypatch):
    monkeypatch.setattr("yilu.web.customer.letters.PAGE", 2)
    numbers = [
        IssuedLetter.objects.get(pk=written("STATEMENT", people.lin)).number for _n in range(3)
    ]

    first = text(lin.get("/c/letters"))
    second = text(lin.get(f"/c/letters?after={IssuedLetter.objects.order_by('pk')[1].pk}"))

    assert [number in first for number in numbers] == [False, True, True]
    assert [number in second for number in numbers] == [True, False, False]


def test_a_holder_finds_on_the_policy_why_it_was_rescinded(lin, zhou, people, policy):
    """The letter belongs to a claim that need not be theirs."""
    page = f"/c/policies/{policy.id}"
    letter_id = written("RESCISSION", people.lin, policy=policy.number)
    IssuedLetter.objects.filter(pk=letter_id).update(
        state="ISSUED", sha256="0" * 64, storage_key="k", issued_at=NOON
    )
    assert "已经解除" not in text(lin.get(page))  # it still stands
    Policy.objects.filter(pk=policy.id).update(
        state="TERMINATED", ending="RESCINDED", ended_on=NOON.date()
    )

    assert f"/c/letters/{letter_id}" in text(lin.get(page))
    assert zhou.get(page).status_code == 404
