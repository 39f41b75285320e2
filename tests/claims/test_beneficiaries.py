"""establish_entitlement, confirm_entitlement, and each one's own money, letter and account."""

from datetime import date
from decimal import Decimal

import pytest

from tests import make
from tests.claims import hard
from tests.claims.hard import told
from tests.web.signing import signed_in
from yilu.claims import operations, queries
from yilu.claims.models import Decision, EntitledPerson, Entitlement, Payee
from yilu.claims.operations import Person, Verdict
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.payments import queries as payments
from yilu.payments.models import Payout
from yilu.people.queries import AccountNotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(insurer):
    return hard.Office(make.office())


def establish(office, claim, *persons, **more):
    return operations.establish_entitlement(
        **told(claim, office.chen, persons=persons, note="户口簿、结婚证、死亡证明"), **more
    )


def confirm(office, claim, found, who=None):
    operations.confirm_entitlement(**told(claim, who or office.fu, entitlement_id=found))


def approve(office, claim):
    operations.calculate_claim(**told(claim, office.chen, chosen=operations.Chosen()))
    seen = queries.desk(claim.claim_id, office.chen[0], make.NOON)
    verdict = Verdict(digest=seen.digest, kind="APPROVE", reason="事实清楚，属于保险责任")
    made = operations.decide(**told(claim, office.chen, verdict=verdict))
    if made.second:
        seen = queries.desk(claim.claim_id, office.fu[0], make.NOON)
        operations.confirm_decision(
            **told(claim, office.fu, digest=seen.digest, agrees=True, reason="")
        )


def owed(claim):
    return {
        (p.party_id, p.for_party_id): p.amount
        for p in Payee.objects.filter(claim_id=claim.claim_id)
    }


def test_shares_a_benefit_by_the_law_and_tells_each_their_own_part(office):
    wife, son = hard.relative(office, "林太太"), hard.relative(office, "林小强")
    claim = hard.death(office, (wife, "0.5", 1), (son, "0.5", 1))
    daughter = hard.relative(office, "林小妹")
    found = establish(
        office, claim, Person(party_id=wife, relation="SPOUSE"),
        Person(party_id=son, relation="CHILD"), Person(party_id=daughter, relation="CHILD"),
    )  # fmt: skip
    confirm(office, claim, found)
    approve(office, claim)

    assert owed(claim) == {(wife, None): Decimal("50000.00"), (son, None): Decimal("50000.00")}
    assert [p.to_party for p in payments.list_payouts(claim.ref)] == [
        wife
    ]  # the son has no account
    letters = IssuedLetter.objects.filter(about=str(claim.ref), party_id=son)
    assert [x.facts["amount"] for x in letters] == ["50000.00"]
    assert Message.objects.filter(template="claims.share_needs_account").exists()
    assert not IssuedLetter.objects.filter(about=str(claim.ref), party_id=daughter).exists()

    def own_part_paid(who):
        return queries.get_progress(claim.claim_id, Ref("party", who), make.NOON).own_part_paid

    assert not own_part_paid(wife)  # asked of the bank only
    Payout.objects.filter(about=str(claim.ref)).update(state="SETTLED", ended_at=make.NOON)
    assert own_part_paid(wife)
    assert not own_part_paid(son)
    page = signed_in(Ref("party", wife)).get(f"/c/claims/{claim.claim_id}").content.decode()
    assert "您的部分已到账" in page
    assert "赔款在路上" not in page

    account = make.account(son)
    operations.correct_account(
        claim_id=claim.claim_id, account_id=account, actor=Ref("party", son), at=make.NOON
    )
    assert {p.to_party for p in payments.list_payouts(claim.ref)} == {wife, son}


def test_the_dead_heirs_children_and_a_guardian_are_paid(office):
    claim = hard.death(office)
    wife = claim.claimant
    son, kid = hard.relative(office, "林大"), hard.relative(office, "林童", date(2018, 1, 1))
    kid2 = hard.relative(office, "林童二", date(2019, 1, 1))
    persons = [
        Person(party_id=wife, relation="SPOUSE"),
        Person(party_id=son, relation="CHILD", fate="DIED_BEFORE"),
        Person(party_id=kid, relation="DESCENDANT", through=son),
        Person(party_id=kid2, relation="DESCENDANT", through=son),
    ]
    found = establish(office, claim, *persons)
    assert operations.hard.entitling.MINOR_ALONE in Entitlement.objects.get(pk=found).questions
    with pytest.raises(operations.QuestionsOpen, match="监护人"):
        confirm(office, claim, found)
    from dataclasses import replace

    with_guardian = [replace(p, receiver_id=wife) if p.through else p for p in persons]
    confirm(office, claim, establish(office, claim, *with_guardian))
    assert Entitlement.objects.filter(claim_id=claim.claim_id, state="REPLACED").count() == 1
    approve(office, claim)
    assert owed(claim) == {
        (wife, None): Decimal("50000.00"), (wife, kid): Decimal("25000.00"),
        (wife, kid2): Decimal("25000.00"),
    }  # fmt: skip
    assert sorted(p.amount for p in payments.list_payouts(claim.ref)) == [25000, 25000, 50000]
    said = dict(Message.objects.filter(about=str(claim.ref)).values_list("template", "facts"))
    assert "claims.approved" not in said
    assert said["claims.approved_among"]["own"] == "50000.00"
    assert said["claims.share_held_for_another"]["amount"] == "25000.00"
    mine = [p for p in queries.progress(claim.claim_id, make.NOON).payees if p.party_id == wife]
    assert sorted((p.amount, p.for_another) for p in mine) == [
        (25000, True), (25000, True), (50000, False),
    ]  # fmt: skip


def test_one_who_harmed_the_insured_gets_nothing(office):
    wife, son = hard.relative(office, "林太太"), hard.relative(office, "林小强")
    claim = hard.death(office, (wife, "0.5", 1), (son, "0.5", 1), claimant=son)
    found = establish(
        office, claim, Person(party_id=wife, relation="SPOUSE", fate="HARMED"),
        Person(party_id=son, relation="CHILD"),
    )  # fmt: skip
    confirm(office, claim, found)
    approve(office, claim)
    assert [p.to_party for p in payments.list_payouts(claim.ref)] == [son]
    assert Decision.objects.get(claim_id=claim.claim_id, state="STANDS").amount == 100000
    seen = queries.entitlement(
        queries.get_for_staff(claim.claim_id, office.chen[0]), Decimal("100000.00")
    )
    assert [(p.fate, p.amount) for p in seen.persons] == [("HARMED", None), ("ALIVE", 100000)]


def test_four_eyes_and_the_right_are_needed(office):
    claim = hard.death(office)
    found = establish(office, claim, Person(party_id=claim.claimant, relation="SPOUSE"))
    with pytest.raises(NotAllowed):
        confirm(office, claim, found, office.chen)
    zhu = told(claim, office.zhu, persons=[Person(party_id=claim.claimant, relation="SPOUSE")])
    own = operations.establish_entitlement(**zhu, note="户口簿、结婚证")
    with pytest.raises(operations.NotForOneself):
        confirm(office, claim, own, office.zhu)
    with pytest.raises(operations.NothingFoundYet):
        confirm(office, claim, found)
    other = hard.Office(make.office())
    with pytest.raises(NotAllowed):
        establish(other, claim, Person(party_id=claim.claimant))


def test_refuses_persons_that_do_not_fit(office):
    wife = hard.relative(office, "林太太")
    claim = hard.death(office, (wife, "1", 1))
    kid = hard.relative(office, "林童")
    for persons in (
        [],
        [Person(party_id=kid)],  # the named one is left out
        [Person(party_id=wife), Person(party_id=wife)],
        [Person(party_id=wife), Person(party_id=claim.insured)],
        [Person(party_id=wife, relation="FRIEND")],
        [Person(party_id=wife), Person(party_id=kid, relation="DESCENDANT", through=999_999)],
        [Person(party_id=wife, receiver_id=wife)],
        [Person(party_id=wife), Person(party_id=kid, receiver_id=999_999)],
    ):
        with pytest.raises(operations.BadPersons):
            establish(office, claim, *persons)
    assert not EntitledPerson.objects.exists()
    living = make.claim_in_review(office_id=office.id)
    with pytest.raises(operations.NotADeathBenefit):
        establish(office, living, Person(party_id=wife))


def test_nobody_entitled_cannot_be_confirmed(office):
    claim = hard.death(office)
    found = establish(
        office, claim, Person(party_id=claim.claimant, relation="SPOUSE", fate="RENOUNCED")
    )
    with pytest.raises(operations.QuestionsOpen):
        confirm(office, claim, found)


class TestGrace:
    def test_on_a_death_is_dealt_out_like_the_benefit(self, office):
        wife, son = hard.relative(office, "林太太"), hard.relative(office, "林小强")
        claim = hard.death(office, (wife, "0.7", 1), (son, "0.3", 1))
        grace = {"amount": Decimal("1000.00"), "reason": "家庭困难，通融给付"}
        decision = operations.grant_ex_gratia(**told(claim, office.zhu), **grace)

        assert owed(claim) == {(wife, None): Decimal("700.00"), (son, None): Decimal("300.00")}
        [paid] = payments.list_payouts(claim.ref)
        assert (paid.to_party, paid.amount, paid.purpose) == (wife, Decimal("700.00"), "EX_GRATIA")
        letter = IssuedLetter.objects.get(about=str(claim.ref), party_id=son)
        assert letter.facts["basis"] == ["通融给付，不构成保险责任的承认"]

        account = make.account(son)
        named = {"account_id": account, "for_party": son}
        with pytest.raises(operations.ReasonMissing):
            operations.correct_account(**told(claim, office.zhao), **named)
        for wrong in (
            {"for_party": make.party(office.id)},
            {"account_id": make.account(wife, number="6222020000000000018")},
        ):
            with pytest.raises((operations.ClaimNotFound, AccountNotFound)):
                operations.correct_account(
                    **told(claim, office.zhao),
                    **{**named, **wrong},
                    reason="本人来电并寄来卡复印件",
                )
        operations.correct_account(
            **told(claim, office.zhao), **named, reason="本人来电并寄来卡复印件"
        )
        second = payments.list_payouts(claim.ref)[-1]
        assert (second.to_party, second.amount, second.purpose) == (
            son,
            Decimal("300.00"),
            "EX_GRATIA",
        )
        assert Payee.objects.get(decision_id=decision, party_id=son).account_id == account
        said = Event.objects.get(kind="claims.share_account_set")
        assert said.facts == {"party_id": son, "by": str(office.zhao[1])}
