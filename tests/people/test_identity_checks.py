"""ask_register, record_original_seen, confirm_original_seen, and whose identity is still to be checked (反洗钱法 29)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed, Refusal
from yilu.kernel.refs import SYSTEM
from yilu.people import jobs, operations, queries
from yilu.people.models import IdentityCheck

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
STRANGE = {"identity_kind": None, "identity_number": ""}


@pytest.fixture
def clerk(office):
    return make.colleague(office, "COUNTER")


@pytest.fixture
def heir(office):
    return make.party(office, checked=False, **STRANGE)


def seen(who, party, document="PASSPORT", number="E12345678", **given):
    told = {"document": document, "number": number, "valid_to": date(2030, 1, 1)}
    return operations.record_original_seen(
        party_id=party, **{**told, **given}, access=who[0], actor=who[1], at=NOON
    )


def confirm(who, party):
    operations.confirm_original_seen(party_id=party, access=who[0], actor=who[1], at=NOON)


def is_checked(party, on=TODAY, **given):
    return party not in queries.unchecked([party], on, **given)


class TestTheRegister:
    def test_answers_once_for_a_name_and_number(self, office):
        party = make.party(office, checked=False)
        assert not is_checked(party)
        jobs.check_identity(party)
        jobs.check_identity(party)
        assert is_checked(party)
        (event,) = Event.objects.filter(kind="people.identity_checked")
        assert (event.facts["how"], event.facts["matched"]) == ("REGISTER", True)

    def test_says_no_and_leaves_it_to_people(self, office):
        # The sandbox register knows another name to a number with this end.
        number = make.number_of_another()
        party = make.party(office, checked=False, identity_number=number)
        jobs.check_identity(party)
        jobs.check_identity(party)
        assert not is_checked(party)
        assert [c.state for c in IdentityCheck.objects.all()] == ["NOT_MATCHED"]
        assert Event.objects.get(kind="people.identity_checked").facts["matched"] is False

    def test_answers_about_the_name_and_number_of_today_alone(self, office):
        party = make.party(office, checked=False)
        asked = queries.get_identity(party)
        jobs.check_identity(party)
        operations.change_party(
            party_id=party, changes={"name": "林改名"}, actor=SYSTEM, at=NOON + timedelta(hours=1)
        )
        assert not is_checked(party)
        assert not operations.record_register_answer(
            party_id=party, asked=asked, matched=True, receipt="R", at=NOON
        )
        jobs.check_identity(party)
        assert is_checked(party)

    def test_is_not_asked_about_what_it_cannot_know(self, heir, clerk):
        jobs.check_identity(heir)
        assert not IdentityCheck.objects.exists()
        with pytest.raises(operations.BadParticulars, match="原件"):
            operations.ask_register(party_id=heir, access=clerk[0], actor=clerk[1], at=NOON)


class TestAnOriginal:
    def test_counts_once_another_colleague_bears_it_out(self, office, heir, clerk):
        seen(clerk, heir)
        assert not is_checked(heir)
        with pytest.raises(operations.SecondLookByAnother):
            confirm(clerk, heir)
        confirm(make.colleague(office, "COUNTER"), heir)
        assert is_checked(heir)
        assert not is_checked(heir, date(2030, 1, 2))  # the passport's last day is over
        with pytest.raises(operations.NothingToConfirm):
            confirm(make.colleague(office, "COUNTER"), heir)

    def test_is_borne_out_by_the_register(self, heir, clerk):
        number = make.resident_id()
        seen(clerk, heir, "RESIDENT_ID", number)
        jobs.check_identity(heir)
        view = queries.identity_check_of(heir, TODAY)
        assert (view.holds, view.how_label, view.confirmed_by) == (True, "当面核对证件原件", "")

    def test_must_show_the_number_on_record(self, office, clerk):
        party = make.party(office, checked=False)
        with pytest.raises(operations.IdentityDiffers):
            seen(clerk, party, "RESIDENT_ID", make.resident_id())
        assert not IdentityCheck.objects.exists()

    @pytest.mark.parametrize(
        ("given", "refusal"),
        [
            ({"valid_to": TODAY - timedelta(days=1)}, "document_expired"),
            ({"number": ""}, "bad_particulars"),
            ({"document": "RESIDENT_ID", "number": "123"}, "bad_particulars"),
            ({"document": "nothing"}, "bad_particulars"),
        ],
    )
    def test_refuses_what_proves_nothing(self, heir, clerk, given, refusal):
        with pytest.raises(Refusal) as problem:
            seen(clerk, heir, **given)
        assert problem.value.code == refusal
        assert not IdentityCheck.objects.exists()

    def test_is_seen_by_the_branch_and_with_the_right(self, office, heir, clerk):
        stranger = make.colleague(make.office(), "COUNTER")
        powerless = make.colleague(office, "ASSESSOR")
        for act in (seen, confirm):
            with pytest.raises(queries.PartyNotFound):
                act(stranger, heir)
            with pytest.raises(NotAllowed):
                act(powerless, heir)

    def test_alone_never_stands_in_the_database_either(self, heir, clerk):
        seen(clerk, heir)
        for columns in ({"state": "STANDS"}, {"state": "STANDS", "confirmed_by": str(clerk[1])}):
            with pytest.raises(IntegrityError), transaction.atomic():
                IdentityCheck.objects.update(**columns)


def test_who_made_the_contract_was_identified_by_a_number(office, heir):
    holder = make.party(office, checked=False)
    company = make.party(office, kind="ORGANISATION", name="沪江公司")
    assert is_checked(holder, contract=[holder])
    assert not is_checked(heir, contract=[heir])
    assert is_checked(company)
