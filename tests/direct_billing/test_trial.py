"""In the demo a visitor has a batch made to try with; nobody is invented anywhere else."""

import pytest

from tests import make
from yilu.claims.models import Claim
from yilu.direct_billing import jobs, operations, queries, trial
from yilu.direct_billing.models import Authorisation, BatchRow
from yilu.direct_billing.rules import words
from yilu.people import operations as people
from yilu.people.models import Consent, Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO, settings.VAR = True, tmp_path


class TestTrial:
    def test_is_settled_but_for_its_faults(self, hospital, demo, monkeypatch):
        make.products_on_sale()
        monkeypatch.setattr(trial, "BROKEN_ONE_IN", 4)
        assert operations.try_batch(rows=12, at=make.NOON)
        assert not operations.try_batch(rows=12, at=make.NOON)
        assert queries.latest_trial(make.NOON).being_made

        batch_id = trial.run(12, at=make.NOON)
        jobs.run_batch(batch_id)

        view = queries.latest_trial(make.NOON)
        assert (view.percent, view.being_made, view.batch.id) == (100, False, batch_id)
        assert (view.batch.settled, view.batch.bad) == (9, 3)
        assert set(BatchRow.objects.filter(state="BAD").values_list("place", flat=True)) >= {
            "费用合计",
            "就诊日期",
        }
        assert Claim.objects.filter(state="PAYING").count() == 9
        assert operations.try_batch(rows=1, at=make.NOON)  # once done, again

    def test_nobody_is_invented_outside_the_demo(self, hospital, settings, tmp_path):
        settings.DEMO, settings.VAR = False, tmp_path
        before = Party.objects.count()
        with pytest.raises(operations.OnlyInDemo):
            operations.try_batch(at=make.NOON)
        with pytest.raises(operations.OnlyInDemo):
            trial.run(1, at=make.NOON)
        assert Party.objects.count() == before
        assert queries.latest_trial(make.NOON) is None


class TestGroups:
    @pytest.fixture
    def members(self, hospital):
        return [make.party(hospital.office) for _ in range(3)]

    def told(self, hospital, members, **given):
        return {
            "partner_id": hospital.id, "party_ids": members, "text_version": words.TEXT_VERSION,
            "actor": hospital.actor, "at": make.NOON, **given,
        }  # fmt: skip

    def agree(self, members, **given):
        told = {"text_version": "", "channel": "PAPER", "at": make.NOON}
        from yilu.people.queries import consent_text

        for purpose in ("HEALTH_DATA", "MEDICAL_DATA_FETCH"):
            told["text_version"] = consent_text(purpose).version
            people.give_consents(**{**told, "party_ids": members, "purpose": purpose, **given})

    def test_each_member_agrees_by_themselves_and_once(self, hospital, members):
        self.agree(members)
        self.agree(members)
        assert Consent.objects.filter(party_id__in=members).count() == 6
        assert operations.authorise_group(**self.told(hospital, members)) == 3
        assert operations.authorise_group(**self.told(hospital, members)) == 0
        assert Authorisation.objects.filter(party_id__in=members).count() == 3

    def test_one_without_the_separate_consents_stops_all(self, hospital, members):
        self.agree(members[:2])
        with pytest.raises(operations.HealthConsentMissing):
            operations.authorise_group(**self.told(hospital, members))
        assert not Authorisation.objects.filter(party_id__in=members).exists()

    def test_another_text_another_partner_nobody_are_refused(self, hospital, members):
        self.agree(members)
        with pytest.raises(operations.ConsentText):
            operations.authorise_group(**self.told(hospital, members, text_version="old"))
        with pytest.raises(operations.NotAPartner):
            operations.authorise_group(**self.told(hospital, members, partner_id=0))
        for wrong in ({"purpose": "FUN"}, {"channel": "RADIO"}):
            with pytest.raises(people.BadConsent):
                self.agree(members, **wrong)
        with pytest.raises(people.ConsentTextChanged):
            people.give_consents(
                party_ids=members, purpose="HEALTH_DATA", text_version="old", channel="PAPER",
                at=make.NOON,
            )  # fmt: skip
