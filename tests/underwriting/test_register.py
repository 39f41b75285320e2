"""What the register says of an applicant counts wherever it must be known who they are."""

import pytest

from tests import make
from yilu.journal.models import Event
from yilu.people import jobs as people_jobs
from yilu.people import queries as people
from yilu.underwriting import jobs

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("known", [True, False])
def test_they_are_asked_about_once_for_all(known):
    number = make.resident_id() if known else make.number_of_another()
    party = make.party(make.office(), identity_number=number, checked=False)
    jobs.check_identity(application_id=0, party_id=party)  # which may be over by then
    assert (party not in people.unchecked([party], make.NOON.date())) is known
    if known:
        people_jobs.check_identity(party)
    (event,) = Event.objects.filter(kind="people.identity_checked")
    assert event.facts["matched"] is known
