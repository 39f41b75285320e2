"""A merger that was none is taken apart, papers and all, until one of the two is decided."""

from datetime import date

import pytest

from tests import make
from tests.claims import hard
from tests.claims.hard import approve, large, told
from yilu.claims import operations
from yilu.documents.models import Upload
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(insurer):
    return hard.Office(make.office())


class TestPartedClaims:
    def test_a_merger_is_taken_apart_with_its_papers(self, office, claim_of):
        lin = make.insured(office.id)
        number = make.policy(office.id, holder_id=lin).number
        told_in = {"holder_id": lin, "office_id": office.id, "policy_number": number}
        one = make.claim_in_review(**told_in, invoices=large())
        two = make.claim_in_review(**told_in, invoices=large(), loss_date=date(2026, 2, 25))
        papers = Upload.objects.filter(subject=str(two.ref)).count()
        assert papers
        operations.merge_claims(**told(two, office.chen, into_id=one.claim_id))
        assert not Upload.objects.filter(subject=str(two.ref), live=True).exists()
        with pytest.raises(operations.ReasonMissing):
            operations.part_claims(**told(two, office.chen, reason=""))
        operations.part_claims(**told(two, office.chen, reason="两次住院，并非同一次"))
        row = claim_of(two.claim_id)
        assert (row.state, row.merged_into_id, row.reasons) == ("REVIEW", None, ["PARTED"])
        assert Upload.objects.filter(subject=str(two.ref), live=True).count() == papers
        assert Item.objects.filter(subject=str(two.ref), state="OPEN").exists()
        with pytest.raises(operations.NotPossibleNow):
            operations.part_claims(**told(two, office.chen, reason="两次住院，并非同一次"))

    def test_not_while_the_other_is_decided(self, office):
        lin = make.insured(office.id)
        number = make.policy(office.id, holder_id=lin).number
        told_in = {"holder_id": lin, "office_id": office.id, "policy_number": number}
        one = make.claim_in_review(**told_in, invoices=large())
        two = make.claim_in_review(**told_in, invoices=large(), loss_date=date(2026, 2, 25))
        operations.merge_claims(**told(two, office.chen, into_id=one.claim_id))
        operations.calculate_claim(**told(one, office.chen, chosen=operations.Chosen()))
        approve(office, one)
        with pytest.raises(operations.DecidedTogether):
            operations.part_claims(**told(two, office.chen, reason="两次住院，并非同一次"))
