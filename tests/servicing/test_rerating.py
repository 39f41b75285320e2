"""A corrected birth date or sex re-rates: too little is made up, too much goes back (保险法 32)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.servicing.hall import NOON, Hall
from yilu.kernel.years import add_years
from yilu.payments.models import Collection, Payout
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.policies.models import Policy

pytestmark = pytest.mark.django_db
START = date(2022, 3, 1)
WHOLE = {
    "product_code": "whole-life", "sum_insured": Decimal(200_000), "pay_years": 10,
    "premium": Decimal("8000.00"), "effective_on": START, "with_social_insurance": False,
}  # fmt: skip


class Corrected(Hall):
    """A holder insured on their own life whose birth date was written down wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.born = date(1985, 6, 15)
        self.own = Policy.objects.get(
            pk=make.policy(self.office, holder_id=self.lin, insured_id=self.lin, **WHOLE).id
        )

    def form(self, years: int, **more):
        """The number with a birth date so many years later (younger) than was told."""
        return {
            "reason": "WRONG", "identity": make.resident_id(born=add_years(self.born, years)),
            "account_id": str(self.account),
        } | more  # fmt: skip

    def approved(self, form):
        """Asked with papers, approved by another colleague."""
        from tests.documents.papers import picture
        from yilu.servicing import operations as servicing

        request_id = self.start("particulars", form, policy_id=None)
        self.verified(request_id)
        servicing.add_papers(
            request_id=request_id, filename="身份证.png", content=picture(), actor=self.me, at=NOON
        )
        quote = self.quote(request_id).quote
        assert self.confirm(request_id) == "IN_REVIEW"
        servicing.approve_request(
            request_id=request_id,
            digest=self.row(request_id).digest,
            access=self.other_access,
            actor=self.other,
            at=NOON,
        )
        self.own.refresh_from_db()
        return self.row(request_id), quote


@pytest.fixture
def hall():
    return Corrected()


def test_an_older_insured_makes_up_what_was_paid_too_little_before_anything_changes(hall):
    row, quote = hall.approved(hall.form(-5))
    assert quote.collects > 0
    [line] = quote.lines
    assert (line.sign, line.amount) == (-1, quote.collects)
    assert "以往少交" in line.label
    assert row.state == "WAITING_MONEY"
    assert Collection.objects.get().amount == quote.collects
    assert (hall.own.premium, hall.own.rated_age) == (8000, 36)  # nothing before the money


def test_a_younger_insured_gets_back_what_was_paid_too_much(hall):
    row, quote = hall.approved(hall.form(5))
    assert row.state == "WAITING_MONEY"
    assert Payout.objects.get().amount == quote.pays_customer > 0
    assert hall.own.rated_age == 31
    assert hall.own.premium < 8000
    assert quote.pays_customer == (8000 - hall.own.premium) * 5
    assert queries.balances(hall.own.pk)["premium"] == hall.own.premium * 5
    assert "第三十二条" in "".join(quote.warnings)


def test_the_same_age_at_the_start_changes_no_premium(hall):
    born = hall.born + timedelta(days=20)
    form = {"reason": "WRONG", "identity": make.resident_id(born=born)}
    row, quote = hall.approved(form)
    assert (row.state, quote.lines, quote.collects) == ("DONE", (), 0)
    assert hall.own.premium == 8000


def test_money_that_goes_back_wants_a_card_and_a_price_that_is_none_wants_a_person(hall):
    from yilu.kernel.errors import Refusal

    with pytest.raises(Refusal) as refused:
        hall.start("particulars", hall.form(5, account_id=""), policy_id=None)
    assert refused.value.code == "card_wanted"
    offers = policies.rerate_offers(insured_id=hall.lin, born=date(1920, 1, 1), sex="FEMALE")
    assert all(offer.problem and not offer.difference for offer in offers)
    assert offers


def test_of_a_contract_somebody_else_holds_the_difference_is_not_the_insureds(hall):
    other = make.party(hall.office)
    make.policy(hall.office, holder_id=other, insured_id=hall.lin, **WHOLE)
    request_id = hall.start("particulars", hall.form(5), policy_id=None)
    hall.verified(request_id)
    quote = hall.quote(request_id).quote
    assert len(quote.lines) == 1
    assert any("投保人另行确认" in words for words in quote.warnings)


def test_who_makes_up_nothing_keeps_what_the_premium_has_bought(hall):
    row, quote = hall.approved(hall.form(-5, way="REDUCE"))
    assert (row.state, quote.collects, quote.pays_customer) == ("DONE", 0, 0)
    [line] = quote.lines
    assert "保额按比例降低" in line.label
    assert (hall.own.premium, hall.own.rated_age) == (8000, 41)
    assert 0 < hall.own.sum_insured < 200_000
    # What the reduced sum costs at the true age is what is paid, but for the fen of rounding.
    again = policies.rerate_offer(policy_id=hall.own.pk, born=hall.born, sex="FEMALE")
    assert again is not None
    assert not Collection.objects.exists()
