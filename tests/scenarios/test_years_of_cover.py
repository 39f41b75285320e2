"""
Three households at the end of a year of cover: one agreed and is debited, one pays late within grace, one lets it go.

Then what the renewed cover is worth: a claim five days into the new year, and every yuan accounted for.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.renewals import desk
from tests.renewals.years import ENDS, agree, answer, bank, before, give_grace, one_year, pay, year
from tests.scenarios.world import card
from tests.underwriting.story import Story, customer
from tests.underwriting.test_renewal import filled
from yilu.claims import operations as claims
from yilu.claims.operations import Verdict
from yilu.kernel.refs import SYSTEM
from yilu.payments.models import Collection, Payout, Refund
from yilu.policies import queries as policies
from yilu.policies.models import LedgerEntry, Policy
from yilu.policies.rules import renewing
from yilu.products import queries as products
from yilu.products.models import ProductVersion
from yilu.renewals import queries
from yilu.underwriting import operations as underwriting

pytestmark = pytest.mark.django_db(transaction=True)
DEDUCTIBLE = Decimal(10_000)
BILL = Decimal(14_000)


@pytest.fixture
def grace_of_thirty_days():
    """The accident wording gives thirty days after the end; every other test finds it as it is shipped."""
    version = ProductVersion.objects.get(product__code="accident")
    give_grace(version, 30)
    yield
    products.get_terms.cache_clear()


@pytest.fixture
def insurer(world, office):
    make.products_on_sale()
    return office


def claimed(world, policy, assessor, stay_on):
    """A stay in hospital, its bill and an assessor's approval; what was paid once the bank has settled."""
    world.now = desk.noon(stay_on + timedelta(days=3))
    claim = make.reported_claim(
        policy.insured_id, office_id=policy.office_id, policy_number=policy.number, at=world.now,
        account_id=card(policy.insured_id), loss_date=stay_on,
    )  # fmt: skip
    bill = make.invoice(
        each=str(BILL / 4), fund_paid="0.00", admitted_on=stay_on.isoformat(),
        discharged_on=(stay_on + timedelta(days=2)).isoformat(),
        issued_on=(stay_on + timedelta(days=2)).isoformat(),
    )  # fmt: skip
    claims.hand_in_invoices(
        claim_id=claim.claim_id, provider_id=1, invoices=[bill], actor=SYSTEM, at=world.now
    )
    seen = world.desk(claim, assessor)
    assert not [ground for ground in seen.calculation.grounds if ground.code == "WAITING"]
    claims.decide(
        claim_id=claim.claim_id, verdict=Verdict(digest=seen.digest, kind="APPROVE"),
        access=assessor[0], actor=assessor[1], at=world.now,
    )  # fmt: skip
    world.pass_(minutes=10)
    return world.progress(claim, policy.insured_id).card.paid_amount


def bought(office):
    """An accident contract applied for on the phone, with the holder's own tick under automatic renewal."""
    lin = customer(office)
    make.consent(lin)
    first_day = date(2025, 9, 1)
    story = Story(
        office, product="accident", holder_id=lin, at=desk.noon(first_day - timedelta(days=1))
    )
    filled(story).do(underwriting.wish_renewal, text_version=renewing.TEXT_NOW)
    story.do(underwriting.set_account, account_id=card(lin, "0100"))
    story.confirmed().signed().do(underwriting.submit)
    story.paid()
    made = Policy.objects.get(pk=story.row.policy_id)
    assert (made.effective_on, made.ends_on) == (first_day, ENDS)
    return made


def asked_for_new_years():
    """What was asked for beside the first premium of the application."""
    return list(Collection.objects.filter(about__startswith="premium_order:"))


def following(policy):
    return Policy.objects.get(renews=policy)


def test_the_end_of_a_year_of_cover(world, insurer, settings, grace_of_thirty_days):
    # The first household: an accident and a medical contract, both renewed by the holder's own word.
    accident = bought(insurer)
    lin = accident.holder_id
    medical = one_year(
        insurer, holder_id=lin, debit=True, product_code="million-medical", premium=Decimal("900.00"),
        sum_insured=Decimal(2_000_000), with_social_insurance=False,
    )  # fmt: skip
    agree(medical)
    # The second and the third never agreed to anything.
    late, gone = one_year(insurer, debit=True), one_year(insurer)
    assessor = make.colleague(insurer, "ASSESSOR")

    # In the old year a stay in hospital uses up the deductible of that year.
    assert claimed(world, medical, assessor, date(2026, 3, 1)) == BILL - DEDUCTIBLE
    assert claimed(world, medical, assessor, date(2026, 4, 1)) == BILL  # met: nothing more is taken

    # Sixty days before the end everybody is told; only who agreed is debited, in the last week.
    with bank(settings, before(60)) as fake:
        for days in (60, 30, 9):
            desk.run(before(days))
            answer(fake, before(days))
        assert not asked_for_new_years()
        for days in (8, 7, 3, 1, 0):
            desk.run(before(days))
            answer(fake, before(days))
    assert [c.payer_id for c in asked_for_new_years()] == [lin] * 2
    for old in (accident, medical):
        new = following(old)
        assert (new.effective_on, new.continuous_since) == (ENDS, old.effective_on)
        assert policies.get_policy(old.pk, before(1)).cover.state == "IN_FORCE"
        assert policies.get_policy(new.pk, ENDS).cover.state == "IN_FORCE"

    # Within grace the offer still stands for both others; one of them pays, and the years join.
    late_on = ENDS + timedelta(days=20)
    desk.run(late_on)
    for old in (late, gone):
        with pytest.raises(policies.PolicyNotInForce):
            policies.get_policy(old.pk, late_on)
        assert queries.new_year_of(old.pk, late_on).way == "PAY"
    joined = pay(settings, late, late_on)
    assert (joined.effective_on, joined.formed_on) == (ENDS, ENDS)
    assert policies.get_policy(joined.pk, ENDS + timedelta(days=3)).cover.state == "IN_FORCE"

    # The third lets it go: told that cover has ended, never debited, nothing to pay any more.
    desk.run(ENDS + timedelta(days=31))
    assert year(gone).state == "MISSED"
    assert not Policy.objects.filter(renews=gone).exists()
    assert desk.told("new_year_missed") == ["new_year_missed"]

    # Five days into the new year: no waiting period again, and the deductible of a new year.
    settings.BANK_SECRET = world.bank.secret
    new = following(medical)
    assert claimed(world, new, assessor, ENDS + timedelta(days=5)) == BILL - DEDUCTIBLE
    assert policies.benefit_use(new.pk).of("inpatient").paid_ever == (BILL - DEDUCTIBLE) * 2 + BILL

    # Every yuan: what came in stands in the books of the new years, what went out is what the claims paid.
    renewed = list(Policy.objects.exclude(renews=None))
    assert {c.state for c in asked_for_new_years()} == {"COLLECTED"}
    came_in = sum(c.amount for c in asked_for_new_years())
    booked = LedgerEntry.objects.filter(policy__in=renewed, about__startswith="premium_order:")
    assert came_in == sum(e.premium for e in booked) == sum(p.premium for p in renewed)
    assert not Refund.objects.exists()
    assert sum(p.amount for p in Payout.objects.filter(state="SETTLED")) == (
        (BILL - DEDUCTIBLE) * 2 + BILL
    )
    for policy in Policy.objects.all():
        assert sum(policies.balances(policy.pk).values()) == 0
