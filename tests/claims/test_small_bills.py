"""take_over_documents excuses a small bill from what only larger ones need, once it has been read."""

import pytest

from tests import make
from tests.claims import papers
from yilu.kernel.refs import Ref
from yilu.payments.models import Payout

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _files_of_this_test(settings, tmp_path):
    settings.FILES = tmp_path / "files"


@pytest.fixture
def lin(insurer):
    return make.insured(make.office())


def test_a_bill_below_a_thousand_is_paid_without_a_diagnosis(lin, claim_of):
    claim = make.reported_claim(lin)

    papers.hand_in(claim.claim_id, papers.e_invoice(), actor=Ref("party", lin))
    papers.read_all()

    assert claim_of(claim.claim_id).state in {"PAYING", "PAID"}
    assert Payout.objects.count() == 1


def test_a_bill_of_a_thousand_and_more_needs_one(lin, claim_of):
    from datetime import date

    from demo import papers as own

    from yilu.claims import operations

    claim = make.reported_claim(lin)
    bill = own.make_bill("林客户", 77, kind="FISCAL_INPATIENT", issued_on=date(2026, 3, 2))
    assert bill.total > 1000

    papers.hand_in(
        claim.claim_id,
        operations.Paper("INVOICE", "票据.xml", own.xml(bill)),
        actor=Ref("party", lin),
    )
    papers.read_all()

    assert claim_of(claim.claim_id).state == "COLLECTING"
    assert not Payout.objects.exists()
