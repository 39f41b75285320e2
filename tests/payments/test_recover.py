from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.payments import desk
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments import operations, rules
from yilu.payments.models import Receivable, Repayment
from yilu.people import queries as people
from yilu.work.models import Item

CLAIM = Ref("claim", 42)


def opened(party_id=None, **given):
    told = {
        "about": CLAIM, "from_party": party_id or make.party(make.office()), "amount": Decimal("300.00"),
        "reason": "OVERPAID", "key": "decision:7", "actor": SYSTEM, "at": make.NOON,
    }  # fmt: skip
    return tx.use_case(operations.open_receivable)(**{**told, **given})


def repaid(receivable_id, amount, key="entry:1"):
    return tx.use_case(operations.note_repayment)(
        receivable_id=receivable_id, amount=Decimal(amount), booked_on=date(2026, 3, 5), key=key,
        actor=SYSTEM, at=desk.at(86400),
    )  # fmt: skip


def said(kind):
    return Event.objects.filter(kind=f"payments.{kind}").count()


@pytest.mark.django_db
class TestOpen:
    def test_asks_the_payer_and_gives_the_desk_work(self):
        receivable = Receivable.objects.get(pk=opened())

        assert (receivable.state, receivable.repaid, receivable.asked_times) == ("OPEN", 0, 1)
        assert receivable.due_on == date(2026, 4, 3)
        assert receivable.reference == rules.repayment_reference(receivable.pk)
        asked = Event.objects.get(kind="payments.repayment_asked")
        assert asked.facts["reference"] == receivable.reference
        assert asked.facts["amount"] == "300.00"
        assert Item.objects.get().queue_id == "payments.recovery"

    def test_twice_with_one_key_is_once(self):
        party_id = make.party(make.office())
        assert opened(party_id) == opened(party_id)
        assert (Receivable.objects.count(), said("receivable_opened"), said("repayment_asked")) == (
            1,
            1,
            1,
        )

    def test_refuses_a_key_that_stands_for_another_amount(self):
        party_id = make.party(make.office())
        opened(party_id)
        with pytest.raises(operations.RecoveryKeyUsed):
            opened(party_id, amount=Decimal("1.00"))
        assert Receivable.objects.get().amount == Decimal("300.00")

    @pytest.mark.parametrize("amount", ["0.00", "-1.00", "0.001", "1e13"])
    def test_refuses_an_amount_nobody_can_owe(self, amount):
        with pytest.raises(operations.NothingToRecover):
            opened(amount=Decimal(amount))
        assert not Receivable.objects.exists()


@pytest.mark.django_db
class TestRepay:
    def test_in_parts_until_it_is_all_back(self):
        receivable_id = opened()
        assert repaid(receivable_id, "100.00") == Decimal("200.00")
        assert said("receivable_repaid") == 0
        assert repaid(receivable_id, "200.00", "entry:2") == 0

        receivable = Receivable.objects.get()
        assert (receivable.state, receivable.repaid) == ("REPAID", Decimal("300.00"))
        assert said("receivable_repaid") == 1
        assert Item.objects.get().state == "DONE"

    def test_counts_one_booking_once(self):
        receivable_id = opened()
        repaid(receivable_id, "100.00")
        assert repaid(receivable_id, "100.00") == Decimal("200.00")
        assert Repayment.objects.count() == 1

    def test_refuses_more_than_is_open(self):
        receivable_id = opened()
        with pytest.raises(operations.MoreThanOwed):
            repaid(receivable_id, "300.01")
        assert Receivable.objects.get().repaid == 0

    def test_refuses_what_is_given_up(self):
        party_id = make.party(make.office())
        receivable_id = opened(party_id)
        tx.use_case(operations.withdraw_receivable)(
            receivable_id=receivable_id, note="申诉后改判", actor=SYSTEM, at=desk.at(1)
        )
        with pytest.raises(operations.ReceivableEnded):
            repaid(receivable_id, "1.00")


@pytest.mark.django_db
class TestGiveUp:
    def test_a_person_with_authority_writes_off_what_is_left(self):
        office_id = make.office()
        receivable_id = opened(make.party(office_id))
        repaid(receivable_id, "100.00")
        lead = Ref("staff", make.staff(office_id, "TEAM_LEAD"))
        operations.write_off(
            receivable_id=receivable_id, note="还款人已故，无遗产", actor=lead, at=desk.at(9)
        )

        assert Receivable.objects.get().state == "WRITTEN_OFF"
        assert Event.objects.get(kind="payments.receivable_written_off").facts["left"] == "200.00"
        with pytest.raises(operations.ReceivableEnded):
            operations.write_off(
                receivable_id=receivable_id, note="再来", actor=lead, at=desk.at(9)
            )

    @pytest.mark.parametrize(
        "who", ["the machine", "the payments desk", "a lead elsewhere", "a small authority"]
    )
    def test_nobody_else_may(self, who):
        office_id = make.office()
        receivable_id = opened(make.party(office_id))
        actor = {
            "the machine": lambda: SYSTEM,
            "the payments desk": lambda: Ref("staff", make.staff(office_id, "PAYMENTS")),
            "a lead elsewhere": lambda: Ref("staff", make.staff(make.office(), "TEAM_LEAD")),
            "a small authority": lambda: Ref(
                "staff", make.staff(office_id, "TEAM_LEAD", amount_limit=Decimal("299.99"))
            ),
        }[who]()
        with pytest.raises((NotAllowed, operations.ReceivableNotFound)):
            operations.write_off(
                receivable_id=receivable_id, note="算了", actor=actor, at=desk.at(9)
            )
        assert Receivable.objects.get().state == "OPEN"

    def test_refuses_without_a_reason(self):
        office_id = make.office()
        receivable_id = opened(make.party(office_id))
        with pytest.raises(Invalid):
            operations.write_off(
                receivable_id=receivable_id, note=" ", at=desk.at(9),
                actor=Ref("staff", make.staff(office_id, "TEAM_LEAD")),
            )  # fmt: skip
        assert Receivable.objects.get().state == "OPEN"

    def test_withdrawing_refuses_what_came_back_in_part(self):
        receivable_id = opened()
        repaid(receivable_id, "1.00")
        with pytest.raises(operations.RepaidInPart):
            tx.use_case(operations.withdraw_receivable)(
                receivable_id=receivable_id, note="撤", actor=SYSTEM, at=desk.at(1)
            )
        assert Receivable.objects.get().state == "OPEN"


@pytest.mark.django_db
class TestAskAgain:
    def test_gives_the_payer_new_days_once_a_day(self):
        office_id = make.office()
        receivable_id = opened(make.party(office_id))
        clerk = Ref("staff", make.staff(office_id, "PAYMENTS"))
        later = make.NOON + timedelta(days=20)
        for _ in range(2):
            operations.ask_for_repayment(receivable_id=receivable_id, actor=clerk, at=later)

        receivable = Receivable.objects.get()
        assert (receivable.asked_times, receivable.due_on) == (2, date(2026, 4, 23))
        assert said("repayment_asked") == 2

    def test_a_stranger_finds_nothing(self):
        receivable_id = opened()
        clerk = Ref("staff", make.staff(make.office(), "PAYMENTS"))
        for wrong in (receivable_id, 999_999):
            with pytest.raises(operations.ReceivableNotFound):
                operations.ask_for_repayment(receivable_id=wrong, actor=clerk, at=desk.at(86400))
        assert said("repayment_asked") == 1


@given(st.integers(1, 9_999_999_999), st.sampled_from(["", "还款 ", "赔案42，"]), st.booleans())
def test_a_reference_is_found_in_a_remark_however_it_is_spaced(number, before, spaced):
    reference = rules.repayment_reference(number)
    written = " ".join(reference) if spaced else reference
    assert rules.references_in(before + written) == (reference,)


@given(st.integers(1, 9_999_999_999), st.integers(2, 13), st.integers(1, 9))
def test_one_wrong_digit_is_no_reference(number, place, by):
    reference = rules.repayment_reference(number)
    wrong = reference[:place] + str((int(reference[place]) + by) % 10) + reference[place + 1 :]
    assert rules.references_in(wrong) == ()


def test_the_standards_own_example_has_our_check_digits():
    # ISO 11649: the check digits of RF over 539007547034 are 18.
    assert 98 - int("539007547034" + "2715" + "00") % 97 == 18


def test_people_know_the_right_to_write_off():
    assert "payments.write_off" in people.RIGHTS
