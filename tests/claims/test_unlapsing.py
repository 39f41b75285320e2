"""state_mistaken_lapse, confirm_mistaken_lapse: a contract lapsed by mistake stands as if it never had."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.claims import hard
from tests.claims.hard import told
from yilu.claims import queries
from yilu.claims.models import Claim, MistakenLapse
from yilu.claims.operations import NotForOneself, NotPossibleNow, ReasonMissing
from yilu.claims.operations.unlapsing import (
    LapseStatedAlready,
    NoLapseToConfirm,
    confirm_mistaken_lapse,
    state_mistaken_lapse,
)
from yilu.claims.queries import lapses
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.policies import operations as policies
from yilu.policies import queries as contracts
from yilu.policies.models import Policy
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
SINCE = date(2026, 2, 1)
WHY = "银行回单显示宽限期内已经扣款，当天没有入账"


@pytest.fixture
def office(insurer):
    return hard.Office(make.office())


@pytest.fixture
def claim(office):
    """Reported while the contract gave cover; by the records it was suspended before the loss."""
    made = make.claim_in_review(office_id=office.id)
    row = Claim.objects.get(pk=made.claim_id)
    Policy.objects.filter(pk=row.policy_id).update(
        state="SUSPENDED", suspended_on=SINCE, suspended_for="PREMIUM", paid_to=date(2025, 12, 1),
        pay_mode="YEARLY",
    )  # fmt: skip
    return made


def state(office, claim, who=None, **given):
    return state_mistaken_lapse(
        **told(claim, who or office.chen, **({"ground": "PAID", "reason": WHY} | given))
    )


def answer(office, claim, finding, who=None, **given):
    return confirm_mistaken_lapse(
        **told(claim, who or office.fu, finding_id=finding, **({"agrees": True} | given))
    )


def card(office, claim):
    return queries.get_for_staff(claim.claim_id, office.chen[0])


def test_stands_as_if_it_had_never_been_suspended_once_another_agrees(office, claim):
    row = Claim.objects.get(pk=claim.claim_id)
    assert "中止" in lapses.cover_beside(card(office, claim)).why_not
    made = state(office, claim)
    assert Policy.objects.get(pk=row.policy_id).state == "SUSPENDED"
    assert Item.objects.filter(queue="claims.second_review", subject=str(row.ref)).exists()

    assert answer(office, claim, made)

    policy = Policy.objects.get(pk=row.policy_id)
    assert (policy.state, policy.suspended_on, policy.gaps) == ("IN_FORCE", None, [])
    assert policy.reinstated_on is None  # no waiting period runs anew
    assert policy.pay_until == day_of(make.NOON) + timedelta(days=60)
    cover = contracts.get_policy(row.policy_id, row.loss_date).cover
    assert cover.state == "GRACE"
    undone = Event.objects.get(kind="policies.lapse_undone").facts
    assert (undone["suspended_on"], undone["about"]) == (SINCE.isoformat(), str(row.ref))
    assert Decimal(undone["owed"]) == policy.premium * undone["premiums"] > 0
    said = Message.objects.get(template="policies.lapse_undone_owes")
    assert said.recipient == str(Ref("party", policy.holder_id))
    found = lapses.cover_beside(card(office, claim))
    assert (found.why_not, [f.state for f, _by, _confirmed in found.found]) == ("", ["STANDS"])
    assert not Item.objects.filter(
        queue="claims.second_review", subject=str(row.ref), closed_at=None
    ).exists()


@pytest.mark.parametrize("claimed_on_rider", [False, True])
def test_main_contract_and_rider_go_on_together(office, claim, claimed_on_rider):
    """Suspended together by the mistake, whichever of them the claim is on; another day's rider is not."""
    row = Claim.objects.get(pk=claim.claim_id)
    holder = Policy.objects.get(pk=row.policy_id).holder_id
    other, apart = (make.medical_policy(office.id, holder_id=holder) for _ in range(2))
    lapsed = {"state": "SUSPENDED", "suspended_for": "PREMIUM", "paid_to": date(2025, 12, 1)}
    main, rider = (other.id, row.policy_id) if claimed_on_rider else (row.policy_id, other.id)
    Policy.objects.filter(pk=other.id).update(**lapsed, suspended_on=SINCE, pay_mode="YEARLY")
    Policy.objects.filter(pk=rider).update(main_id=main)
    Policy.objects.filter(pk=apart.id).update(
        **lapsed, suspended_on=SINCE + timedelta(days=3), main_id=main
    )

    answer(office, claim, state(office, claim))

    states = dict(Policy.objects.values_list("pk", "state"))
    assert states == {main: "IN_FORCE", rider: "IN_FORCE", apart.id: "SUSPENDED"}
    said = Message.objects.get(template="policies.lapse_undone_owes").facts
    owed = [Decimal(e.facts["owed"]) for e in Event.objects.filter(kind="policies.lapse_undone")]
    assert (len(owed), Decimal(said["amount"])) == (2, sum(owed))


def test_what_lay_in_suspense_pays_what_was_due(office, claim):
    row = Claim.objects.get(pk=claim.claim_id)
    policy = Policy.objects.get(pk=row.policy_id)
    tx.use_case(policies.take_premium)(
        policy_id=policy.pk, amount=policy.premium, about=Ref("receipt", 1), actor=SYSTEM,
        at=make.NOON,
    )  # fmt: skip
    answer(office, claim, state(office, claim))
    policy.refresh_from_db()
    assert policy.paid_to is None  # its one premium is paid
    assert policy.pay_until is None
    assert Message.objects.filter(template="policies.lapse_undone").exists()


def test_one_person_is_not_enough_and_one_finding_waits(office, claim):
    made = state(office, claim, office.zhu)
    with pytest.raises(LapseStatedAlready):
        state(office, claim)
    with pytest.raises(NotForOneself):
        answer(office, claim, made, office.zhu)
    with pytest.raises(NotAllowed):
        answer(office, claim, made, office.chen)
    with pytest.raises(ReasonMissing):
        answer(office, claim, made, agrees=False)
    assert not answer(office, claim, made, agrees=False, answer="回单是另一张保单的")
    with pytest.raises(NoLapseToConfirm):
        answer(office, claim, made)
    assert MistakenLapse.objects.get().state == "SENT_BACK"
    assert (
        Policy.objects.get(pk=Claim.objects.get(pk=claim.claim_id).policy_id).state == "SUSPENDED"
    )


@pytest.mark.parametrize(
    ("given", "refusal"),
    [({"ground": "LUCK"}, Invalid), ({"reason": "有误"}, ReasonMissing)],
)  # fmt: skip
def test_says_what_was_wrong_and_why(office, claim, given, refusal):
    with pytest.raises(refusal):
        state(office, claim, **given)
    assert not MistakenLapse.objects.exists()


@pytest.mark.parametrize(
    "stands", [{"state": "IN_FORCE", "suspended_on": None}, {"suspended_for": "LOAN"}]
)
def test_only_a_lapse_for_an_unpaid_premium_is_undone(office, claim, stands):
    Policy.objects.filter(pk=Claim.objects.get(pk=claim.claim_id).policy_id).update(**stands)
    with pytest.raises(policies.NotLapsed):
        state(office, claim)


def test_not_once_the_claim_is_decided(office, claim):
    made = state(office, claim)
    Claim.objects.filter(pk=claim.claim_id).update(state="DECLINED")
    with pytest.raises(NotPossibleNow):
        answer(office, claim, made)
    assert (
        Policy.objects.get(pk=Claim.objects.get(pk=claim.claim_id).policy_id).state == "SUSPENDED"
    )
