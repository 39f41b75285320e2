"""Whoever dies, wherever: each step of a claim's way is taken once, and none is left out."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from demo import papers as own
from demo.claims import within_the_list

from tests import make
from tests.scenarios import dying
from tests.scenarios.world import card
from yilu.claims import operations
from yilu.claims.models import Claim, Decision, Settlement
from yilu.claims.operations import Paper, Verdict
from yilu.documents import jobs as reading
from yilu.journal.models import Event, Reaction
from yilu.journal.operations import reacting
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.obligations.models import Clock
from yilu.payments.models import Payout
from yilu.policies.queries import benefit_use

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mortal(world, monkeypatch):
    made = dying.MortalWorld(world.bank, world.now)
    monkeypatch.setattr(reading, "_now", lambda: made.now)
    # Here a worker dies twice in every kind of reaction, more often than any may before staff look.
    monkeypatch.setattr(reacting, "ATTEMPTS_MAX", 40)
    return made


def every_thing_once(claim: Claim, lin: int) -> None:
    """Nothing about a paid claim is doubled, and nothing that follows from it is missing."""
    ref = f"claim:{claim.pk}"
    assert (claim.state, claim.outcome) == ("CLOSED", "PAID")
    assert claim.paid_amount == claim.benefit_amount > 0
    settled = Payout.objects.filter(about=ref, state="SETTLED")
    assert sum(p.amount for p in settled) == claim.benefit_amount
    assert Settlement.objects.filter(claim=claim).count() == settled.count()
    assert Decision.objects.filter(claim=claim, state="STANDS").count() == 1
    assert (
        sum(u.paid for u in benefit_use(claim.policy_id).by_benefit.values()) == claim.paid_amount
    )
    said = Counter(Event.objects.filter(subject=ref).values_list("kind", flat=True))
    for kind in ("reported", "registered", "approved", "paid", "closed"):
        assert said[f"claims.claim_{kind}"] == 1, kind
    told = Counter(
        Message.objects.filter(about=ref, recipient=f"party:{lin}", copy_of=None).values_list(
            "template", flat=True
        )
    )
    for template in ("reported", "approved", "paid", "closed_rate_us", "prevention_tip"):
        assert told[f"claims.{template}"] == 1, template
    assert not Reaction.objects.exclude(state="DONE").exists()
    assert not Clock.objects.filter(
        subject=ref, state__in=["RUNNING", "PAUSED", "BREACHED"]
    ).exists()


def test_a_claim_that_the_machine_pays(mortal, office, monkeypatch):
    lin = make.insured(office)
    policy = make.medical_policy(office, holder_id=lin)
    told = make.report(
        policy.number, lin, account_id=card(lin), claimed_amount=Decimal("900.00"),
        loss_date=date(2026, 3, 1),
    )  # fmt: skip
    bill = within_the_list(
        own.make_bill("林客户", 11, issued_on=date(2026, 3, 3), largest=Decimal(900))
    )
    file = Paper("INVOICE", "电子票据.xml", own.xml(bill), request_key="once")
    actor = Ref("party", lin)
    with dying.at_every_commit(monkeypatch) as visits:
        claim_id = mortal.insist(
            lambda: operations.report_claim(report=told, actor=actor, at=mortal.now)
        ).claim_id
        mortal.insist(
            lambda: operations.hand_in_documents(
                claim_id=claim_id, papers=[file], actor=actor, at=mortal.now
            )
        )
        for _ in range(3):
            mortal.pass_(minutes=5)

    every_thing_once(Claim.objects.get(), lin)
    assert len(visits) >= 10
    assert mortal.deaths >= 2 * len(visits) - 3, "the last kinds happen once, and die once"


def test_a_claim_that_a_person_decides_and_the_bank_rejects(mortal, office, monkeypatch):
    lin = make.insured(office)
    chen = make.colleague(office, "ASSESSOR")
    claim = make.claim_in_review(
        holder_id=lin, office_id=office, account_id=card(lin, "0001"), at=mortal.now
    )
    better = card(lin)
    with dying.at_every_commit(monkeypatch):
        mortal.insist(
            lambda: operations.decide(
                claim_id=claim.claim_id, access=chen[0], actor=chen[1], at=mortal.now,
                verdict=Verdict(digest=mortal.desk(claim, chen).digest, kind="APPROVE"),
            )
        )  # fmt: skip
        mortal.pass_(minutes=5)
        assert Claim.objects.get().state == "PAYOUT_PROBLEM"
        mortal.insist(
            lambda: operations.correct_account(
                claim_id=claim.claim_id, account_id=better, actor=Ref("party", lin), at=mortal.now
            )
        )
        for _ in range(6):
            mortal.pass_(minutes=5)

    every_thing_once(Claim.objects.get(), lin)
    assert sorted(p.state for p in Payout.objects.all()) == ["REJECTED", "SETTLED"]
    assert Event.objects.filter(kind="claims.payout_failed").count() == 1
