"""Standards are in force, and one claim can be told from many."""

import pytest

from tests import make
from yilu.claims.models import Claim
from yilu.journal.models import Event
from yilu.kernel import recall


@pytest.fixture
def insurer(db):
    """An insurer with its standards in force."""
    recall.forget_all()
    make.standards_in_force()
    yield
    recall.forget_all()


@pytest.fixture
def office(insurer):
    """A branch."""
    return make.office()


@pytest.fixture
def lin(office):
    """Somebody insured there."""
    return make.insured(office)


@pytest.fixture
def claim(office, lin):
    """Lin's claim, just reported."""
    return make.reported_claim(lin, office_id=office)


@pytest.fixture
def kinds():
    """The kinds of what happened to a claim, in order."""

    def of(claim_id):
        events = Event.objects.filter(subject=f"claim:{claim_id}").order_by("id")
        return list(events.values_list("kind", flat=True))

    return of


@pytest.fixture
def claim_of():
    """The row of a claim."""
    return lambda claim_id: Claim.objects.get(pk=claim_id)
