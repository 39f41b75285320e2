"""A claim above a third party's demand is divided: they get theirs, the insured the rest, to the fen."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.claims import papers
from tests.claims.test_payout import unsampled
from tests.documents.papers import picture
from tests.make import NOON
from tests.payments import desk as bank_desk
from yilu.care import operations as care
from yilu.care import queries
from yilu.claims import operations as claims
from yilu.claims import queries as claim_queries
from yilu.claims.models import Claim, DirectShare, Payee
from yilu.claims.operations import Paper, Verdict
from yilu.claims.rules.dividing import Demand, divide
from yilu.gateways.sandbox_bank import card_ending
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.payments import queries as payments
from yilu.people.queries import AccountNotFound


@pytest.fixture
def bank(settings):
    with bank_desk.practice_bank(settings) as fake:
        yield fake


CENTS = st.integers(0, 10_000_00).map(lambda n: Decimal(n) / 100)


class TestRule:
    @settings(max_examples=50)
    @given(CENTS, st.lists(st.tuples(CENTS, CENTS), max_size=4))
    def test_parts_and_rest_are_always_the_payment(self, amount, asked):
        demands = [Demand(n, ceiling, paid) for n, (ceiling, paid) in enumerate(asked)]
        found = divide(amount, demands)
        assert sum((p for _k, p in found.parts), found.rest) == amount
        by_key = dict(found.parts)
        for demand in demands:
            assert by_key.get(demand.key, 0) <= demand.left
        if found.rest:
            assert all(by_key.get(d.key, Decimal(0)) == d.left for d in demands)

    @settings(max_examples=50)
    @given(st.lists(CENTS, max_size=4), st.lists(CENTS, max_size=3))
    def test_several_payments_come_to_the_same_as_one(self, payments_, ceilings):
        total = sum(payments_, Decimal(0))
        at_once = dict(divide(total, [Demand(n, c) for n, c in enumerate(ceilings)]).parts)
        paid = dict.fromkeys(range(len(ceilings)), Decimal(0))
        for payment in payments_:
            asked = [Demand(n, c, paid[n]) for n, c in enumerate(ceilings)]
            for key, part in divide(payment, asked).parts:
                paid[key] += part
        assert paid == {n: at_once.get(n, Decimal(0)) for n in paid}


class Divided:
    """A claim of 12,000 yuan of bills, and a third party who demands 900."""

    def __init__(self, demand="900.00", suffix="4321"):
        self.office = make.office()
        make.standards_in_force()
        self.claim = make.claim_in_review(office_id=self.office)
        self.zhou = make.party(self.office, name="周路人")
        number = card_ending(suffix, seed=next(make._count))
        self.account = make.account(self.zhou, number=number)
        self.one = make.colleague(self.office, "ASSESSOR")
        self.other = make.colleague(self.office, "TEAM_LEAD")
        self.third = care.enter_third_party(
            claim_id=self.claim.claim_id, party_id=self.zhou, relation="INJURED",
            demand=Decimal(demand), **self.by(self.one),
        )  # fmt: skip
        care.verify_third_party(
            third_party_id=self.third, account_id=self.account, **self.by(self.one)
        )

    def by(self, who):
        return {"access": who[0], "actor": who[1], "at": NOON}

    def agree(self):
        care.pay_third_party_directly(
            third_party_id=self.third, consent=Paper("OTHER", "同意书.png", picture()),
            **self.by(self.other),
        )  # fmt: skip

    def decide(self):
        seen = claim_queries.desk(self.claim.claim_id, self.other[0], NOON)
        claims.decide(
            claim_id=self.claim.claim_id,
            verdict=Verdict(digest=seen.digest, kind="APPROVE", reason="事实清楚，属于保险责任"),
            **self.by(self.other),
        )
        return seen.calculation.benefit

    @property
    def row(self):
        return Claim.objects.get(pk=self.claim.claim_id)


@pytest.mark.django_db(transaction=True)
class TestStory:
    def test_both_are_paid_and_the_third_party_sees_nothing_of_the_claim(self):
        case = Divided()
        for _twice in range(2):
            case.agree()
        share = DirectShare.objects.get()
        assert (share.ceiling, share.checked_by) == (Decimal("900.00"), str(case.one[1]))
        assert case.row.divided
        benefit = case.decide()
        paid = {p.to_party: p for p in payments.list_payouts(case.claim.ref)}
        assert paid[case.zhou].amount == Decimal("900.00")
        assert sum(p.amount for p in paid.values()) == benefit == case.row.benefit_amount
        assert sum(y.amount for y in Payee.objects.all()) == benefit
        said = Message.objects.get(template="claims.approved_in_parts")
        assert said.recipient != str(Ref("party", case.zhou))
        with pytest.raises(claims.ClaimNotFound):
            claim_queries.get_for_customer(case.row.pk, case.zhou)
        assert claim_queries.list_for_party(case.zhou) == ()
        with pytest.raises(claims.ClaimNotFound):
            claims.correct_account(
                claim_id=case.row.pk,
                account_id=case.account,
                actor=Ref("party", case.zhou),
                at=NOON,
            )
        [seen] = queries.care_of_claim(case.row.pk, case.other[0]).third_parties
        assert (seen.direct.promised, seen.direct.settled) == (Decimal("900.00"), Decimal(0))

    def test_an_advance_goes_to_the_third_party_first_and_the_whole_stays_the_decision(self):
        case = Divided()
        case.agree()
        claims.pay_undisputed_part(
            claim_id=case.row.pk, amount=Decimal("1000.00"), reason="先付能确定的部分",
            **case.by(case.other),
        )  # fmt: skip
        first = {p.to_party: p.amount for p in payments.list_payouts(case.claim.ref)}
        assert first.pop(case.zhou) == Decimal("900.00")
        assert list(first.values()) == [Decimal("100.00")]
        benefit = case.decide()
        every = payments.list_payouts(case.claim.ref)
        assert sum(p.amount for p in every) == benefit
        assert sum(p.amount for p in every if p.to_party == case.zhou) == Decimal("900.00")

    def test_a_returned_payment_goes_out_to_another_account_of_theirs(self, bank, monkeypatch):
        unsampled(monkeypatch)
        case = Divided(suffix="0001")
        case.agree()
        benefit = case.decide()
        bank_desk.send()
        bank_desk.hear_all(bank)
        papers.react()
        assert case.row.state == "PAYOUT_PROBLEM"
        clerk = make.colleague(case.office, "PAYMENTS")
        [back] = [p for p in payments.list_payouts(case.claim.ref) if p.state == "REJECTED"]
        with pytest.raises(claims.ThirdPartyAsksNot):
            claims.ask_for_account(claim_id=case.row.pk, payout_id=back.id, **case.by(clerk))
        again = {"third_party_id": case.third, "reason": "本人来电更正"}
        with pytest.raises(AccountNotFound):
            care.pay_third_party_again(
                account_id=make.account(case.row.insured_id), **again, **case.by(clerk)
            )
        better = make.account(case.zhou)
        care.pay_third_party_again(account_id=better, **again, **case.by(clerk))
        bank_desk.send(20)
        bank_desk.hear_all(bank, seconds=40)
        papers.react()
        assert (case.row.state, case.row.paid_amount) == ("CLOSED", benefit)
        assert Message.objects.filter(template="claims.paid_in_parts").count() == 1

    @pytest.mark.parametrize("demand", ["99000.00"])
    def test_a_demand_above_the_claim_takes_all_of_it(self, demand):
        case = Divided(demand)
        case.agree()
        benefit = case.decide()
        [payout] = payments.list_payouts(case.claim.ref)
        assert (payout.to_party, payout.amount) == (case.zhou, benefit)

    def test_what_is_paid_already_or_divided_is_not_given_away_again(self):
        case = Divided()
        case.agree()
        wu = make.party(case.office, name="吴旁人")
        second = care.enter_third_party(
            claim_id=case.row.pk, party_id=wu, relation="OWNER", **case.by(case.one)
        )
        care.verify_third_party(
            third_party_id=second, account_id=make.account(wu), **case.by(case.one)
        )
        pay = {"third_party_id": second, "consent": Paper("OTHER", "同意书.png", picture())}
        with pytest.raises(claims.NotAssignable):
            care.pay_third_party_directly(**pay, **case.by(case.other))
        assert case.row.assignee_id is None
