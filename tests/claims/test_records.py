"""ask_for_records, fetch_records: what the hospital has is fetched once, and only with consent."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from tests import make
from tests.claims.papers import react, uploads
from tests.web.signing import signed_in
from yilu.claims import jobs, operations, queries
from yilu.claims.models import RecordsAsked
from yilu.gateways import medical_data
from yilu.gateways.medical_data_sandbox import SandboxPlatform
from yilu.journal.models import Event
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db


class Platform(SandboxPlatform):
    """The sandbox, counting what it is asked."""

    def __init__(self):
        self.asked = []

    def visits(self, **told):
        self.asked.append(told)
        return super().visits(**told)


@pytest.fixture
def platform(monkeypatch):
    made = Platform()
    monkeypatch.setattr(medical_data, "get_platform", lambda: made)
    return made


def report(insurer, ending="66", *, consents=("HEALTH_DATA", "MEDICAL_DATA_FETCH"), **given):
    """Somebody whose number ends so reports a stay of two days; their claim's id and themselves."""
    office = make.office()
    while not (number := make.resident_id()).endswith(ending):
        pass
    lin = make.party(office, identity_number=number)
    for purpose in consents:
        make.consent(lin, purpose)
    made = make.reported_claim(lin, office_id=office, **given)
    react()
    return made.claim_id, Ref("party", lin)


def fetched(claim_id, me, at=make.NOON):
    told = queries.get_progress(claim_id, me, at).fetched
    return told and (told.state, told.bills)


def test_the_bills_of_the_visit_become_papers_of_the_claim_once(insurer, platform):
    claim_id, me = report(insurer)
    assert fetched(claim_id, me) == ("ASKED", 0)
    assert fetched(claim_id, me, make.NOON + timedelta(hours=2)) == ("NOTHING", 0)
    with time_machine.travel(make.NOON, tick=False):
        jobs.fetch_records(claim_id=claim_id)
        jobs.fetch_records(claim_id=claim_id)
        page = signed_in(me).get(reverse("customer:claim", args=[claim_id])).content.decode()

    [asked] = platform.asked
    assert (asked["consent"], asked["reference"]) == ("MEDICAL_DATA_FETCH", f"claim:{claim_id}")
    assert (str(asked["since"]), str(asked["until"])) == ("2026-02-26", "2026-03-04")
    [bill] = uploads(claim_id)
    assert (bill.kind, bill.state) == ("INVOICE", "SETTLED")
    assert fetched(claim_id, me) == ("FOUND", 1)
    assert "已替您取来 1 张就诊票据" in page
    assert Event.objects.filter(kind="claims.records_asked").count() == 1
    again = {"claim_id": claim_id, "invoices": (), "receipt": "", "at": make.NOON}
    assert operations.record_records(**again) == "FOUND"


def test_nothing_on_record_is_said_and_the_customer_hands_in(insurer, platform):
    claim_id, me = report(insurer, ending="2")
    with time_machine.travel(make.NOON, tick=False):
        jobs.fetch_records(claim_id=claim_id)
    assert fetched(claim_id, me) == ("NOTHING", 0)
    assert not uploads(claim_id)
    answer = {"claim_id": claim_id, "receipt": "YL1", "at": make.NOON}
    RecordsAsked.objects.update(state="ASKED")
    assert operations.record_records(**answer, invoices=[{"number": ""}]) == "NOTHING"  # no bill


def test_nothing_is_asked_without_consent_or_where_the_hospital_reports(insurer, platform):
    without, me = report(insurer, consents=("HEALTH_DATA",))
    assert fetched(without, me) is None
    jobs.fetch_records(claim_id=without)

    withdrawn, _ = report(insurer)
    from yilu.people.models import Consent

    Consent.objects.filter(purpose="MEDICAL_DATA_FETCH").update(withdrawn_at=make.NOON)
    jobs.fetch_records(claim_id=withdrawn)
    assert platform.asked == []
    assert RecordsAsked.objects.get().state == "NOTHING"
