"""A critical-illness policy bought on the phone: accepted at once, paid, issued, and it can be verified."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from tests.underwriting.story import Story, customer, insurer, pay
from yilu.journal.models import Event
from yilu.letters import jobs as letters_jobs
from yilu.letters import queries as letters
from yilu.policies import queries as policies
from yilu.policies.operations import documenting
from yilu.underwriting import queries

pytestmark = pytest.mark.django_db


def test_a_critical_illness_policy_from_the_first_tap_to_its_verified_document() -> None:
    story = Story(insurer(), product="critical-illness")
    done = story.submitted()
    assert done.outcome == "ACCEPT"
    story.at += timedelta(minutes=2)
    pay(story.row, story.at)

    view = queries.get_for_party(story.id, story.holder_id)
    assert view.state == "ISSUED"
    assert [step.state for step in view.track] == ["done"] * 4
    assert view.issued_in is not None
    assert view.issued_in < 600  # complete material to the policy: ten minutes

    (card,) = policies.list_for_party(story.holder_id)
    assert (card.number, card.state) == (view.policy_number, "IN_FORCE")
    while letters_jobs.render_due(story.at, limit=20):
        pass
    document = next(
        each
        for each in letters.list_letters(policies_ref(view.policy_id))
        if each.kind == documenting.KIND
    )
    opened = letters.open_letter(document.id)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(opened.content)).pages)
    assert view.policy_number in text
    proof = letters.find_by_code(document.code)
    assert proof is not None
    assert letters.find_by_sha256(document.sha256) == proof

    kinds = list(
        Event.objects.filter(subject=f"application:{story.id}")
        .order_by("id")
        .values_list("kind", flat=True)
    )
    told = [kind.partition(".")[2] for kind in kinds if kind.startswith("underwriting.")]
    order = [
        "application_started", "plan_chosen", "health_declared", "application_signed",
        "application_submitted", "application_decided", "premium_asked", "premium_arrived", "policy_issued",
    ]  # fmt: skip
    assert [kind for kind in told if kind in order] == order
    stranger = customer(story.office_id)
    with pytest.raises(queries.UnknownApplication):
        queries.get_for_party(story.id, stranger)


def policies_ref(policy_id):
    """The policy as letters call it."""
    from yilu.kernel.refs import Ref

    return Ref("policy", policy_id)
