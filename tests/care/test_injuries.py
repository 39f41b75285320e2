"""Mediation goes by a plan; third parties are people of their own."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.documents.papers import picture
from tests.make import NOON
from yilu.care import operations as care
from yilu.care import queries
from yilu.care.models import Bid, Mediation, ThirdParty, Visit
from yilu.care.operations.leaving import pass_on
from yilu.claims import queries as claim_queries
from yilu.claims.models import Claim
from yilu.claims.operations import (
    Chosen,
    ClaimNotFound,
    ConsentNeeded,
    Paper,
    Verdict,
    calculate_claim,
    decide,
)
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.payments import queries as payments
from yilu.people import queries as people
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
BASIS = [
    ("误工费", Decimal("3000.00"), "单位证明，30 天"),
    ("护理费", Decimal("1500.00"), "医嘱 15 天"),
]


class Talks:
    def __init__(self):
        self.office = make.office()
        make.standards_in_force()
        self.lin = make.insured(self.office)
        self.claim_id = make.reported_claim(self.lin, office_id=self.office).claim_id
        self.access, self.actor = make.colleague(self.office, "ASSESSOR")

    def plan(self, basis=BASIS, **told):
        return care.plan_mediation(
            claim_id=self.claim_id,
            basis=basis,
            access=self.access,
            actor=self.actor,
            at=NOON,
            **told,
        )

    def act(self, operation, **told):
        return operation(**{"access": self.access, "actor": self.actor, "at": NOON, **told})


@pytest.fixture
def talks():
    return Talks()


class TestMediation:
    def test_goes_from_plan_to_agreement(self, talks):
        made = talks.plan()
        talks.act(care.make_bid, mediation_id=made, ours=True, amount=Decimal("4000"))
        talks.act(care.make_bid, mediation_id=made, ours=False, amount=Decimal("4500"))
        talks.act(care.end_mediation, mediation_id=made, agreed=Decimal("4500"), words="双方签字")

        [view] = queries.care_of_claim(talks.claim_id, talks.access).mediations
        assert (view.state, view.plan_amount, view.agreed_amount) == (
            "AGREED",
            Decimal("4500"),
            Decimal("4500"),
        )
        assert len(view.bids) == 2

    def test_what_was_agreed_goes_to_everybody_who_agreed_in_the_same_letter(self, talks):
        hurt = make.party(talks.office, name="周路人")
        entered = {"party_id": hurt, "relation": "INJURED"}
        third = talks.act(care.enter_third_party, claim_id=talks.claim_id, **entered)
        made = talks.plan()
        talks.act(care.make_bid, mediation_id=made, ours=True, amount=Decimal("4000"))
        ending = {"mediation_id": made, "agreed": Decimal("4000"), "words": "各方签字确认"}
        with pytest.raises(care.BadMediation):
            talks.act(care.end_mediation, **ending, third_party_id=third + 1)
        assert not IssuedLetter.objects.filter(kind="MEDIATION").exists()
        talks.act(care.end_mediation, **ending, third_party_id=third)

        letters = {n.party_id: n.facts for n in IssuedLetter.objects.filter(kind="MEDIATION")}
        assert letters.keys() == {talks.lin, hurt}
        assert letters[hurt] == letters[talks.lin]
        told = letters[hurt]
        assert (told["amount"], told["plan"], told["words"]) == (
            "4000.00",
            "4500.00",
            "各方签字确认",
        )
        assert [line["label"] for line in told["lines"]] == ["误工费", "护理费"]
        assert (told["insured_id"], told["hurt_id"]) == (talks.lin, hurt)
        seen = queries.care_of_claim(talks.claim_id, talks.access)
        assert [each.party_id for each in seen.agreements] == [talks.lin, hurt]
        hers = Message.objects.get(template="care.mediation_agreed_with_you")
        assert hers.recipient == f"party:{hurt}"
        assert (
            Message.objects.get(template="care.mediation_agreed").recipient == f"party:{talks.lin}"
        )

    def test_our_offer_beyond_the_plan_needs_a_reason(self, talks):
        made = talks.plan()
        with pytest.raises(care.AbovePlan):
            talks.act(care.make_bid, mediation_id=made, ours=True, amount=Decimal("4500.01"))
        assert not Bid.objects.exists()
        talks.act(
            care.make_bid,
            mediation_id=made,
            ours=True,
            amount=Decimal("5000"),
            reason="新增伤残鉴定",
        )

    def test_legal_aid_only_after_talks_that_failed(self, talks):
        made = talks.plan()
        with pytest.raises(care.NotNow):
            talks.act(care.ask_legal_aid, mediation_id=made, reason="对方拒绝")
        talks.act(care.end_mediation, mediation_id=made, agreed=None, words="差距过大，未达成")
        talks.act(care.ask_legal_aid, mediation_id=made, reason="协助诉讼")
        assert Mediation.objects.get().state == "LEGAL_AID"
        assert not IssuedLetter.objects.filter(kind="MEDIATION").exists()
        with pytest.raises(care.NotNow):
            talks.act(care.make_bid, mediation_id=made, ours=True, amount=Decimal(1))

    def test_legal_help_is_somebodys_work_and_leads_to_new_talks_or_to_court(self, talks):
        made = talks.plan()
        talks.act(care.end_mediation, mediation_id=made, agreed=None, words="差距过大，未达成")
        talks.act(care.ask_legal_aid, mediation_id=made, reason="协助诉讼")
        assert Message.objects.filter(template="care.legal_aid").count() == 1
        item = Item.objects.get(queue="care.legal_aid")
        ending = {"mediation_id": made, "to_court": False, "words": "对方愿意再谈"}
        with pytest.raises(NotAllowed):
            talks.act(care.end_legal_aid, **ending)
        access, actor = make.colleague(talks.office, "REVIEWER")
        lawyer = {"access": access, "actor": actor}
        with pytest.raises(care.BadMediation):
            talks.act(care.end_legal_aid, **ending | {"words": ""}, **lawyer)
        other = talks.plan()
        with pytest.raises(care.MediationOpenAlready):
            talks.act(care.end_legal_aid, **ending, **lawyer)
        talks.act(care.end_mediation, mediation_id=other, agreed=None, words="这一份作废")
        talks.act(care.end_legal_aid, **ending, **lawyer)
        with pytest.raises(care.NotNow):
            talks.act(care.end_legal_aid, **ending, **lawyer)
        item.refresh_from_db()
        assert item.closed_at is not None
        talks.act(care.make_bid, mediation_id=made, ours=True, amount=Decimal(4000))
        talks.act(care.end_mediation, mediation_id=made, agreed=None, words="仍未达成一致")
        talks.act(care.ask_legal_aid, mediation_id=made, reason="对方已起诉")
        talks.act(care.end_legal_aid, **ending | {"to_court": True}, **lawyer)
        assert Mediation.objects.get(pk=made).state == "COURT"

    def test_an_amount_nobody_named_is_not_agreed(self, talks):
        made = talks.plan()
        with pytest.raises(care.BadMediation):
            talks.act(care.end_mediation, mediation_id=made, agreed=Decimal(1), words="谈妥了")

    @pytest.mark.parametrize(
        "basis",
        [
            [],
            [("误工费", Decimal(-1), "证明")],
            [("", Decimal(1), "证明")],
            [("误工费", Decimal(1), "")],
        ],
    )
    def test_refuses_a_plan_that_rests_on_nothing(self, talks, basis):
        with pytest.raises(care.BadMediation):
            talks.plan(basis)
        assert not Mediation.objects.exists()

    def test_one_at_a_time_and_never_a_strangers(self, talks):
        made = talks.plan()
        with pytest.raises(care.MediationOpenAlready):
            talks.plan()
        access, actor = make.colleague(make.office(), "ASSESSOR")
        with pytest.raises(care.MediationNotFound):
            care.make_bid(
                mediation_id=made, ours=True, amount=Decimal(1), access=access, actor=actor, at=NOON
            )
        with pytest.raises(ClaimNotFound):
            queries.care_of_claim(talks.claim_id, access)


def test_every_service_is_counted_once_open_or_over(talks):
    made = talks.plan()
    talks.act(care.end_mediation, mediation_id=made, agreed=None, words="差距过大，未达成")
    talks.plan()
    registrar, actor = make.colleague(talks.office, "REGISTRAR")
    asked = {"claim_id": talks.claim_id, "kind": "HOME", "place": "文一路 1 号", "access": registrar, "actor": actor}  # fmt: skip
    visit = talks.act(care.ask_visit, **asked)
    with pytest.raises(care.VisitOpenAlready):
        talks.act(care.ask_visit, **asked)
    hurt = make.party(talks.office)
    talks.act(care.enter_third_party, claim_id=talks.claim_id, party_id=hurt, relation="INJURED")

    counted = {"MEDIATION": (1, 1), "HOME": (1, 0), "THIRD_PARTY": (1, 0)}
    assert queries.count_services([talks.office]) == counted
    Visit.objects.filter(pk=visit).update(state="CONFIRMED")
    Claim.objects.update(closed_at=NOON)
    counted |= {"HOME": (0, 1), "THIRD_PARTY": (0, 1)}
    assert queries.count_services([talks.office]) == counted
    assert queries.count_services([make.office()]) == {"THIRD_PARTY": (0, 0)}


class TestTheTalksAsAList:
    """Who is hurt, how far, when next, whose: nothing that somebody talks about is forgotten."""

    def test_each_has_a_leader_a_day_and_work_due_on_it(self, talks):
        today = day_of(NOON)
        made = talks.plan(next_on=today)
        [item] = Item.objects.filter(queue="care.mediation")
        assert (item.staff_id, day_of(item.due_at)) == (talks.access.staff_id, today)
        told = {"mediation_id": made, "ours": False, "amount": Decimal("6000")}
        talks.act(care.make_bid, **told)
        [row] = queries.list_talks(talks.access, today=today)
        assert (row.unarranged, row.next_on, row.theirs, row.ours) == (
            True,
            None,
            Decimal(6000),
            None,
        )

        soon = today + timedelta(days=3)
        chen, _actor = make.colleague(talks.office, "ASSESSOR")
        talks.act(care.arrange_talk, mediation_id=made, next_on=soon, staff_id=chen.staff_id)
        [row] = queries.list_talks(chen, which=queries.MINE, today=soon + timedelta(days=1))
        assert (row.next_on, row.late, row.staff_id) == (soon, True, chen.staff_id)
        assert not queries.list_talks(talks.access, which=queries.MINE, today=today)
        [item] = Item.objects.filter(queue="care.mediation").exclude(state="DONE")
        assert (item.staff_id, day_of(item.due_at)) == (chen.staff_id, soon)

        talks.act(care.end_mediation, mediation_id=made, agreed=Decimal(6000), words="双方签字")
        assert not queries.list_talks(talks.access, today=today)
        [row] = queries.list_talks(talks.access, which=queries.ENDED, today=today)
        assert (row.agreed_amount, row.next_on) == (Decimal(6000), None)
        assert not Item.objects.filter(queue="care.mediation").exclude(state="DONE").exists()
        with pytest.raises(care.NotNow):
            talks.act(care.arrange_talk, mediation_id=made, next_on=soon)

    def test_a_day_gone_by_far_off_or_somebody_who_may_not_changes_nothing(self, talks):
        today = day_of(NOON)
        made = talks.plan()
        nobody, _actor = make.colleague(talks.office, "INTAKE")
        for told in (
            {"next_on": today - timedelta(days=1)}, {"next_on": today + timedelta(days=91)},
            {"next_on": today, "staff_id": nobody.staff_id}, {"next_on": today, "staff_id": 0},
        ):  # fmt: skip
            with pytest.raises(care.BadMediation):
                talks.act(care.arrange_talk, mediation_id=made, **told)
        stranger, _actor = make.colleague(make.office(), "ASSESSOR")
        with pytest.raises(care.MediationNotFound):
            talks.act(care.arrange_talk, mediation_id=made, next_on=today, access=stranger)
        assert Mediation.objects.get().next_on is None
        assert not queries.list_talks(stranger, today=today)


class TestLeaving:
    def test_talks_and_visits_of_whoever_leaves_are_the_successors_on_the_days_agreed(self, talks):
        today = day_of(NOON)
        talks.plan(next_on=today)
        visit = talks.act(
            care.ask_visit, claim_id=talks.claim_id, kind="HOME", place="文一路 1 号",
            access=make.colleague(talks.office, "REGISTRAR")[0],
        )  # fmt: skip
        leaver, soon = talks.access.staff_id, NOON + timedelta(hours=2)
        Visit.objects.filter(pk=visit).update(staff_id=leaver, state="PLANNED", planned_at=soon)
        heir = make.colleague(talks.office, "ASSESSOR", "CONSULTANT")[0].staff_id
        left = people.Succession(leaver, None, people.access_if_at_work(heir))
        assert tx.use_case(pass_on)(left, at=NOON) == 2
        assert tx.use_case(pass_on)(left, at=NOON) == 0
        row, going = Mediation.objects.get(), Visit.objects.get()
        assert (row.staff_id, row.next_on) == (heir, today)
        assert (going.staff_id, going.planned_at) == (heir, soon)
        assert set(Item.objects.exclude(state="DONE").values_list("staff_id", flat=True)) == {heir}


class TestThirdParty:
    def test_is_checked_and_paid_to_an_account_of_their_own(self, talks):
        zhou = make.party(talks.office, name="周路人")
        ids = {
            talks.act(
                care.enter_third_party, claim_id=talks.claim_id, party_id=zhou, relation="INJURED",
                demand=Decimal("900"),
            )
            for _ in range(2)
        }  # fmt: skip
        assert len(ids) == 1
        with pytest.raises(care.BadThirdParty):
            talks.act(
                care.verify_third_party, third_party_id=ids.copy().pop(),
                account_id=make.account(talks.lin),
            )  # fmt: skip
        assert ThirdParty.objects.get().verified_at is None
        account = make.account(zhou)
        talks.act(care.verify_third_party, third_party_id=ids.pop(), account_id=account)
        assert ThirdParty.objects.get().account_id == account

    def test_is_paid_directly_as_the_insured_agreed_in_writing(self, talks):
        claim = make.claim_in_review(office_id=talks.office)
        zhou = make.party(talks.office, name="周路人")
        account = make.account(zhou)
        third = talks.act(
            care.enter_third_party, claim_id=claim.claim_id, party_id=zhou, relation="INJURED",
            demand=Decimal(90_000),
        )  # fmt: skip
        other = make.colleague(talks.office, "ASSESSOR")
        paper = Paper("OTHER", "同意书.png", picture())
        pay = {"third_party_id": third, "consent": paper}
        with pytest.raises(care.BadThirdParty, match="还没有核验"):
            talks.act(care.pay_third_party_directly, **pay)
        talks.act(care.verify_third_party, third_party_id=third, account_id=account)
        with pytest.raises(care.BadThirdParty, match="另一位同事"):
            talks.act(care.pay_third_party_directly, **pay)
        by_other = {**pay, "access": other[0], "actor": other[1], "at": NOON}
        with pytest.raises(ConsentNeeded):
            care.pay_third_party_directly(**{**by_other, "consent": None})
        ThirdParty.objects.update(demand=Decimal("0.00"))
        with pytest.raises(care.BadThirdParty, match="没有可付的款项"):
            care.pay_third_party_directly(**by_other)
        ThirdParty.objects.update(demand=None)
        for _twice in range(2):
            care.pay_third_party_directly(**by_other)

        row = Claim.objects.get(pk=claim.claim_id)
        assert (row.assignee_id, row.account_id) == (zhou, account)
        assert row.assignment == f"third_party:{third}"
        calculate_claim(
            claim_id=claim.claim_id, chosen=Chosen(), access=other[0], actor=other[1], at=NOON
        )
        seen = claim_queries.desk(claim.claim_id, other[0], NOON)
        verdict = Verdict(digest=seen.digest, kind="APPROVE", reason="事实清楚，属于保险责任")
        decide(claim_id=claim.claim_id, verdict=verdict, access=other[0], actor=other[1], at=NOON)
        [payout] = payments.list_payouts(claim.ref)
        assert payout.to_party == zhou
        assert Message.objects.filter(template="claims.approved_to_other").exists()

    @pytest.mark.parametrize("wrong", [{"relation": "FRIEND"}, {"demand": Decimal(-1)}])
    def test_refuses_what_cannot_be(self, talks, wrong):
        zhou = make.party(talks.office, name="周路人")
        told = {"party_id": zhou, "relation": "INJURED", **wrong}
        with pytest.raises(care.BadThirdParty):
            talks.act(care.enter_third_party, claim_id=talks.claim_id, **told)

    def test_the_insured_is_no_third_party(self, talks):
        with pytest.raises(care.BadThirdParty):
            talks.act(
                care.enter_third_party,
                claim_id=talks.claim_id,
                party_id=talks.lin,
                relation="OWNER",
            )
