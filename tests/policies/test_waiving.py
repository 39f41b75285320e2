"""A waiver rider frees its main contract and every rider of it; what was paid since goes back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.policies.lives import TODAY, do, noon, valuable, values
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.people import operations as people
from yilu.policies import operations, queries
from yilu.policies.models import Policy
from yilu.policies.operations import standing
from yilu.renewals.models import PremiumDue

pytestmark = pytest.mark.django_db

CLAIM = Ref("claim", 7)
FALL = date(2025, 6, 10)
"""The holder falls ill: the premium of March 2026 is paid already, that of March 2027 is next."""


class Family:
    """A mother holds a life policy on her child's life, with an allowance and the waiver beside it."""

    def __init__(self, **main):
        make.product("rider-allowance")
        make.product("rider-holder-waiver")
        office = make.office()
        self.mother = make.party(office, birth_date=date(1985, 6, 15), sex="FEMALE")
        self.child = make.party(
            office,
            name="林小满",
            birth_date=date(2016, 5, 1),
            sex="MALE",
            identity_kind="",
            identity_number="",
        )
        both = {"holder_id": self.mother, "paid_to": date(2027, 3, 1)}
        self.main = valuable(office, **both, insured_id=self.child, **main)
        beside = both | {"main_id": self.main.pk, "effective_on": date(2022, 3, 1)}
        self.waiver = valuable(
            office, **beside, product_code="rider-holder-waiver", insured_id=self.mother,
            sum_insured=Decimal(8000), premium=Decimal("96.00"), pay_years=9, years=9,
        )  # fmt: skip

    @property
    def contracts(self):
        return list(Policy.objects.filter(pk__in=[self.main.pk, self.waiver.pk]).order_by("pk"))

    def waive(self, since=FALL, on=TODAY):
        return do("waive_premiums", self.waiver, on=on, waived_from=since, claim_ref=CLAIM)

    def undo(self, since=FALL, on=TODAY):
        return do("ask_premiums_again", self.waiver, on=on, waived_from=since, claim_ref=CLAIM)


def test_a_waiver_frees_the_main_contract_and_gives_back_what_was_paid_since():
    family = Family()
    account = make.account(family.mother)
    worth = values(family.main, date(2029, 3, 1)).cash_value
    assert family.waive() == Decimal("8096.00")
    assert family.waive() == 0
    main, waiver = family.contracts
    assert {each.waived_from for each in (main, waiver)} == {FALL}
    assert (main.paid_to, main.premiums_paid) == (date(2026, 3, 1), 32000)
    for each, out in ((main, 8000), (waiver, 96)):
        books = queries.balances(each.pk)
        assert (sum(books.values()), books["suspense"]) == (0, 0)
        assert books["customer"] == -each.premiums_paid
        said = Event.objects.get(kind="policies.premiums_waived", subject=str(each.ref))
        assert Decimal(said.facts["given_back"]) == out
    from yilu.payments.models import Payout

    paid = Payout.objects.filter(to_party_id=family.mother)
    assert {p.amount for p in paid} == {Decimal(8000), Decimal(96)}
    assert {p.account_id for p in paid} == {account}
    # Nothing falls due, and the value grows as if it were paid.
    assert queries.due_days(family.mother, date(2030, 1, 1)) == ()
    assert values(main, date(2029, 3, 1)).cash_value > worth
    assert operations.move_due_policies(at=noon(date(2028, 1, 1)), today=date(2028, 1, 1)) == 0
    seen = queries.get_policy(main.pk, date(2029, 6, 1))
    assert (seen.cover.state, seen.contract.premiums_paid) == ("IN_FORCE", 64000)


def test_what_depends_on_premiums_cannot_be_changed_any_more():
    family = Family()
    family.waive()
    for step, told in (
        ("change_pay_mode", {"pay_mode": "MONTHLY"}),
        ("partial_surrender", {"amount": Decimal(1), "about": 1}),
        ("reduce_sum", {"sum_after": Decimal(100_000), "expected": Decimal(1), "about": 2}),
    ):
        with pytest.raises(operations.PremiumsAreWaived):
            do(step, family.main, **told)
    with pytest.raises(operations.PremiumsAreWaived):
        queries.paid_up_offer(family.main.pk, TODAY)
    assert queries.pay_modes_open(family.main.pk) == ()
    # Money that comes all the same is the customer's; a loan on the value is as before.
    assert do("take_premium", family.main, about=3, amount=Decimal(8000)).kept == 8000
    assert do("lend", family.main, about=4, amount=Decimal(1000)).pays == 1000


def test_a_contract_that_lapsed_for_a_premium_not_owed_stands_again():
    family = Family()
    Policy.objects.all().update(paid_to=date(2026, 3, 1))
    late = date(2026, 6, 1)
    for _both in range(2):
        operations.move_due_policies(at=noon(late), today=late)
    assert [each.state for each in family.contracts] == ["SUSPENDED"] * 2
    assert family.waive(on=late) == 0
    assert [(p.state, p.suspended_on) for p in family.contracts] == [("IN_FORCE", None)] * 2


def test_an_advance_is_repaid_first_and_the_rest_waits_where_no_account_is_known():
    family = Family(advances_premium=True)
    Policy.objects.all().update(paid_to=date(2026, 3, 1))
    assert do("advance_premium", family.main, on=date(2026, 3, 2))
    do("take_premium", family.main, on=date(2027, 3, 1), about=5, amount=Decimal(8000))
    owed = queries.list_loans(family.main.pk, date(2027, 3, 4))[0].owed
    assert family.waive(on=date(2027, 3, 4)) == 16000
    lying = queries.balances(family.main.pk)
    assert (lying["loan"], lying["suspense"]) == (0, 16000 - owed)
    left = queries.leftover_of(family.main.pk, date(2027, 3, 4))
    assert left.owners == {family.mother: 16000 - owed}


def test_a_waiver_is_taken_back_from_every_contract_and_there_is_time_to_pay():
    family = Family()
    make.account(family.mother)
    family.waive()
    assert not family.undo(since=date(2024, 1, 1))
    assert family.undo()
    assert not family.undo()
    for each in family.contracts:
        assert (each.waived_from, each.paid_to) == (None, date(2026, 3, 1))
        assert each.pay_until == date(2026, 5, 3)
    assert operations.move_due_policies(at=noon(date(2026, 5, 3)), today=date(2026, 5, 3)) == 2
    assert {each.state for each in family.contracts} == {"GRACE"}
    # Waived anew, it gives back again what was paid meanwhile.
    do("take_premium", family.main, about=9, amount=Decimal(8000))
    assert family.waive() == 8000
    assert PremiumDue.objects.count() == 0


def test_the_insured_child_may_claim_when_the_holder_has_died():
    family = Family()
    tx.use_case(people.note_death)(party_id=family.mother, died_on=FALL, about=CLAIM, at=make.NOON)
    seen = queries.get_claimable(family.waiver.number, family.child, FALL)
    assert (seen.asker, seen.contract.waives) == ("BENEFICIARY", 8000)
    with pytest.raises(queries.PolicyNotFound):
        queries.get_claimable(family.waiver.number, make.party(make.office()), FALL)


def ends(policy, *, loss, told, ending="PAID_OUT"):
    """The contract ends after a loss on one day, and is told on another; its reactions run."""
    tx.use_case(operations.end_policy)(
        policy_id=policy.pk, ending=ending, on=loss + timedelta(days=1), actor=make.SYSTEM, at=noon(told)
    )  # fmt: skip
    while journal.run_reactions(at=noon(told)):
        pass


def how(policy):
    policy.refresh_from_db()
    return policy.state, policy.ending, policy.ended_on


class TestRidersEndWithTheirMainContract:
    LOSS, TOLD = date(2026, 3, 4), date(2026, 4, 1)

    def family(self):
        family = Family()
        family.allowance = valuable(
            family.main.office_id, product_code="rider-allowance", holder_id=family.mother,
            insured_id=family.child, main_id=family.main.pk, sum_insured=Decimal(100),
            premium=Decimal("11.75"), pay_years=1, years=1, pay_mode="MONTHLY",
            effective_on=date(2026, 3, 1), paid_to=date(2026, 6, 1),
        )  # fmt: skip
        return family

    def test_a_stay_until_the_decision_is_covered_and_what_was_paid_ahead_goes_back(self):
        family = self.family()
        make.account(family.mother)
        ends(family.main, loss=self.LOSS, told=self.TOLD)
        assert how(family.waiver) == ("TERMINATED", "WITH_MAIN", date(2026, 3, 5))
        assert how(family.allowance) == ("TERMINATED", "WITH_MAIN", date(2026, 4, 2))
        number = family.allowance.number
        assert queries.get_claimable(number, family.child, self.TOLD).cover.state == "IN_FORCE"
        with pytest.raises(queries.PolicyNotInForce):
            queries.get_claimable(number, family.child, date(2026, 4, 2))
        assert queries.balances(family.allowance.pk)["premium"] == 2 * Decimal(
            "11.75"
        )  # May's is back
        sent = Message.objects.get(template="policies.riders_ended")
        assert sent.recipient == f"party:{family.mother}"
        assert sent.facts["policy"] == family.main.number
        assert "津贴" in sent.facts["riders"]
        assert tx.use_case(standing.end_riders)(
            main_id=family.main.pk, on=self.TOLD, at=noon(self.TOLD)
        ) == 0  # fmt: skip

    def test_they_go_on_with_it_where_the_end_was_a_mistake(self):
        family = self.family()
        ends(family.main, loss=self.LOSS, told=self.TOLD)
        do("revive_paid_out", family.main, on=self.TOLD, about=8)
        assert {how(each)[0] for each in (family.main, family.waiver, family.allowance)} == {
            "IN_FORCE"
        }
        assert tx.use_case(standing.end_riders)(
            main_id=family.main.pk, on=self.TOLD, at=noon(self.TOLD)
        ) == 0  # fmt: skip

    def test_a_rescinded_main_contract_does_not_undo_their_cover(self):
        family = self.family()
        tx.use_case(people.note_death)(
            party_id=family.child, died_on=self.LOSS, about=CLAIM, at=make.NOON
        )
        ends(family.main, loss=self.LOSS, told=self.TOLD, ending="RESCINDED")
        assert how(family.allowance) == ("TERMINATED", "WITH_MAIN", date(2026, 3, 5))
        seen = queries.get_claimable(family.allowance.number, family.child, date(2026, 3, 3))
        assert seen.cover.state == "IN_FORCE"
