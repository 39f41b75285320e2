"""A signed call comes in once, in time, and only with what its key may do."""

from datetime import timedelta

import pytest

from tests import make
from tests.direct_billing.stage import Hospital
from yilu.direct_billing import operations
from yilu.direct_billing.models import Credential, Nonce, Visit
from yilu.kernel.refs import SYSTEM

QUESTION = {"kind": "INPATIENT", "on": "2026-03-01", "expected": "8000.00"}


def question(person):
    return QUESTION | {"patient": person.told}


class TestSignature:
    def test_a_right_call_is_answered(self, hospital):
        answer = hospital.call("eligibility", question(hospital.patient()))

        assert answer.status_code == 200, answer.content.decode()
        assert answer.json()["covered"] is True

    def test_the_same_call_again_is_refused(self, hospital):
        told, nonce = question(hospital.patient()), "n" * 20
        assert hospital.call("eligibility", told, nonce=nonce).status_code == 200

        again = hospital.call("eligibility", told, nonce=nonce)

        assert (again.status_code, again.json()["code"]) == (401, "call_replayed")

    @pytest.mark.parametrize(
        "off", [timedelta(days=-1), timedelta(minutes=-6), timedelta(minutes=6)]
    )
    def test_yesterdays_and_tomorrows_time_is_refused(self, hospital, off):
        time = (make.NOON + off).isoformat()

        answer = hospital.call("eligibility", question(hospital.patient()), time=time)

        assert (answer.status_code, answer.json()["code"]) == (401, "call_out_of_time")
        assert not Nonce.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"secret": "another"}, {"tamper": b" "}, {"nonce": "short"}, {"headers": {"Yilu-Key": "yk0"}},
            {"headers": {"Yilu-Signature": "0" * 64}}, {"headers": {"Yilu-Signature": "签名".encode().decode("latin-1")}},
            {"headers": {"Yilu-Time": "2026-03-04T04:00:01+00:00"}},
        ],
    )  # fmt: skip
    def test_what_is_not_signed_rightly_is_refused_in_the_same_words(self, hospital, wrong):
        answer = hospital.call("eligibility", question(hospital.patient()), **wrong)

        assert (answer.status_code, answer.json()["code"]) == (401, "signature_wrong")
        assert not Nonce.objects.exists()

    def test_a_time_without_a_zone_is_no_time(self, hospital):
        answer = hospital.call("visits/x", time="2026-03-04T04:00:00")
        assert answer.json()["code"] == "call_out_of_time"

    def test_a_token_of_the_other_api_opens_nothing(self, hospital):
        keys = make.provider(hospital.office, name="第二医院")
        answer = hospital.call(
            "visits/x", headers={"Authorization": f"Bearer {keys.token}", "Yilu-Signature": ""}
        )
        assert answer.status_code == 401

    def test_too_large_a_body_is_refused_before_it_is_read(self, hospital):
        answer = hospital.call("eligibility", body=b"x" * (1024 * 1024 + 1))
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


class TestKeys:
    def test_the_secret_is_sealed_and_told_once(self, hospital):
        row = Credential.objects.get()
        assert hospital.key.secret.encode() not in bytes(row.secret)
        assert hospital.key.secret not in repr(hospital.key)

    def test_a_key_may_only_what_its_scopes_say(self, hospital):
        key = hospital.issue(["eligibility"])
        answer = hospital.call("visits/x", key=key)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")

    def test_after_a_rotation_the_old_key_works_for_a_day(self, hospital):
        old, new = hospital.key, hospital.issue()
        assert hospital.call("visits/x", key=old).status_code == 404
        assert hospital.call("visits/x", key=new).status_code == 404
        call = {
            "method": "GET", "path": "/", "key_id": old.key_id, "nonce": "n" * 20, "body": b"",
        }  # fmt: skip
        later = make.NOON + timedelta(days=1)
        from yilu.direct_billing import signing

        time = later.isoformat()
        signature = signing.sign(old.secret, "GET", "/", time, "n" * 20, b"")
        with pytest.raises(operations.SignatureWrong):
            operations.admit(
                call=operations.Signed(**call, time=time, signature=signature),
                scope="visits",
                at=later,
            )

    def test_a_revoked_key_stops_at_once(self, hospital):
        operations.revoke_key(
            partner_id=hospital.id, key_id=hospital.key.key_id, actor=SYSTEM, at=make.NOON
        )
        assert hospital.call("visits/x").json()["code"] == "signature_wrong"

    def test_a_resting_partner_is_refused(self, hospital):
        operations.change_partner(
            partner_id=hospital.id, active=False, guarantee_limit="1.00", actor=SYSTEM, at=make.NOON
        )
        assert hospital.call("visits/x").json()["code"] == "scope_missing"

    @pytest.mark.parametrize("scopes", [[], ["everything"]])
    def test_a_key_without_a_right_is_none(self, hospital, scopes):
        with pytest.raises(operations.BadScopes):
            hospital.issue(scopes)
        assert Credential.objects.count() == 1

    def test_only_who_may_manage_staff_issues_keys(self, hospital):
        access, actor = make.colleague(hospital.office, "ASSESSOR")
        from yilu.kernel.errors import NotAllowed

        with pytest.raises(NotAllowed):
            operations.issue_key(
                partner_id=hospital.id, scopes=["visits"], access=access, actor=actor, at=make.NOON
            )


class TestPartner:
    def test_the_account_is_the_hospitals_own(self, hospital):
        provider = make.provider(hospital.office, name="第二医院").provider_id
        other = make.party(hospital.office)
        for party, account in ((other, make.account(other)), (hospital.party, make.account(other))):
            with pytest.raises(operations.BadPartner):
                operations.open_partner(
                    provider_id=provider, party_id=party, account_id=account, guarantee_limit="1.00",
                    actor=SYSTEM, at=make.NOON,
                )  # fmt: skip

    def test_a_provider_is_a_partner_once(self, hospital):
        with pytest.raises(operations.PartnerAlready):
            operations.open_partner(
                provider_id=hospital.provider, party_id=hospital.party, account_id=hospital.account,
                guarantee_limit="1.00", actor=SYSTEM, at=make.NOON,
            )  # fmt: skip


class TestStrangers:
    def test_a_stranger_and_one_who_did_not_agree_get_the_same_answer(self, hospital):
        silent = hospital.patient(agreed=False)
        stranger = question(silent) | {
            "patient": silent.told | {"identity_number": make.resident_id()}
        }
        wrong_policy = question(silent) | {"patient": silent.told | {"policy_number": "P404"}}

        answers = [
            hospital.call("eligibility", t) for t in (question(silent), stranger, wrong_policy)
        ]

        assert {a.status_code for a in answers} == {404}
        said = [{k: v for k, v in a.json().items() if k != "instance"} for a in answers]
        assert said[0] == said[1] == said[2]

    def test_agreeing_with_one_hospital_tells_another_nothing(self, hospital):
        person = hospital.patient()
        other = Hospital(hospital.office, name="第二医院")
        assert other.call("eligibility", question(person)).status_code == 404

    def test_whoever_took_a_consent_back_is_unknown(self, hospital):
        from yilu.kernel.refs import Ref
        from yilu.people import operations as people

        person = hospital.patient()
        people.withdraw_consent(
            party_id=person.id, purpose="HEALTH_DATA", actor=Ref("party", person.id), at=make.NOON
        )
        assert hospital.call("eligibility", question(person)).status_code == 404

    def test_another_hospitals_visit_is_not_found(self, hospital):
        number = hospital.admit(hospital.patient())
        other = Hospital(hospital.office, name="第二医院")
        assert other.call(f"visits/{number}").status_code == 404
        assert hospital.call(f"visits/{number}").status_code == 200
        assert Visit.objects.count() == 1
