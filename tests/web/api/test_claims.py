"""The providers' API: what it takes, what it refuses, and what strangers get: nothing."""

import json
import re
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from tests import cast, make
from yilu.claims.models import Claim, Offer
from yilu.documents.models import Invoice
from yilu.journal.models import Event
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(make.NOON, tick=False):
        yield


@pytest.fixture
def lin():
    """Lin, insured and agreed, with her resident number."""
    make.standards_in_force()
    people = cast.assemble()
    number = make.resident_id()
    party = make.party(people.branch_a, name="林女士", identity_number=number)
    for purpose in ("HEALTH_DATA", "MEDICAL_DATA_FETCH"):
        make.consent(party, purpose)
    make.account(party)
    policy = make.medical_policy(people.branch_a, holder_id=party)
    return {"party": party, "number": number, "policy": policy.number, "office": people.branch_a}


@pytest.fixture
def hospital(lin):
    return make.provider(lin["office"])


def body(lin, **given):
    bill = make.invoice("林女士") | given.pop("invoice", {})
    told = {
        "policy_number": lin["policy"],
        "patient": {"name": "林女士", "identity_number": lin["number"]},
        "loss_date": "2026-03-01",
        "invoices": [bill],
    }
    return told | given


def post(keys, told, path="claims", key="k-1", token=None):
    headers = {"Authorization": f"Bearer {token or keys.token}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    return Client().post(
        f"/api/v1/{path}", json.dumps(told), content_type="application/json", headers=headers
    )


class TestReport:
    def test_a_small_clean_claim_is_decided_in_the_call(self, lin, hospital):
        answer = post(hospital, body(lin))

        assert answer.status_code == 201, answer.content.decode()
        said = answer.json()
        assert said["state"] == "PAYING"
        assert Claim.objects.get().channel == "PROVIDER"
        assert Event.objects.filter(
            kind="claims.claim_reported", actor=str(Ref("provider", hospital.provider_id))
        ).exists()

    @pytest.mark.parametrize("days", [8, 7.5, "8"])
    def test_days_in_hospital_may_be_a_number_or_text(self, lin, hospital, days):
        stay = {"hospital_days": days}
        assert post(hospital, body(lin, invoice=stay)).status_code == 201
        assert Invoice.objects.get().hospital_days == Decimal(days)

    def test_a_retry_that_writes_the_days_otherwise_is_the_same_call(self, lin, hospital):
        told = body(lin, invoice={"hospital_days": 8})
        first = post(hospital, told)
        told["invoices"][0]["hospital_days"] = "8"
        second = post(hospital, told)
        assert (first.status_code, second.status_code) == (201, 200)

    @pytest.mark.parametrize("days", [True, [8], -1, 1e300])
    def test_days_that_are_none_are_refused(self, lin, hospital, days):
        answer = post(hospital, body(lin, invoice={"hospital_days": days}))
        assert answer.status_code == 422
        assert not Claim.objects.exists()

    def test_the_same_key_again_is_the_same_claim(self, lin, hospital):
        told = body(lin)
        first, second = post(hospital, told), post(hospital, told)

        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json()["number"] == second.json()["number"]
        assert Claim.objects.count() == 1

    def test_the_same_key_with_other_contents_is_refused_and_changes_nothing(self, lin, hospital):
        post(hospital, body(lin))
        before = Event.objects.count()

        other_day = post(hospital, body(lin, loss_date="2026-02-27"))
        other_bill = post(hospital, body(lin, invoice={"number": "00011122"}))

        assert {(a.status_code, a.json()["code"]) for a in (other_day, other_bill)} == {
            (409, "said_otherwise")
        }
        assert (Claim.objects.count(), Event.objects.count()) == (1, before)

    @pytest.mark.parametrize("key", [None, "", "x" * 49, "换行\n"])
    def test_a_missing_or_unfit_key_is_refused(self, lin, hospital, key):
        answer = post(
            hospital, body(lin), key=key.encode("utf-8").decode("latin-1") if key else key
        )
        assert answer.status_code == 422
        assert answer.json()["code"] == "idempotency_key_missing"
        assert not Claim.objects.exists()

    @pytest.mark.parametrize(
        "broken",
        [
            {"total": "100.001"},
            {"total": "-5.00"},
            {"total": "NaN"},
            {"total": "99999999999999.00"},
            {"issued_on": "not a day"},
            {"lines": []},
            {"surprise": "field"},
            {"visit_kind": "SPA"},
        ],
    )
    def test_a_malformed_invoice_is_refused_with_its_place(self, lin, hospital, broken):
        answer = post(hospital, body(lin, invoice=broken))
        assert answer.status_code == 422
        place, words = answer.json()["detail"].split("：", 1)
        assert place.startswith("invoices.0.")
        assert not re.search("[A-Z][a-z]+", words), "a clear sentence, not pydantic's English"
        assert not Claim.objects.exists()

    def test_a_body_that_is_none_or_too_much_is_refused_in_words(self, hospital):
        headers = {"Authorization": f"Bearer {hospital.token}", "Idempotency-Key": "b"}
        for content, status, code in (
            (b"{", 400, "not_json"), (b"[" + b" " * 2_200_000, 413, "body_too_large"),
        ):  # fmt: skip
            answer = Client().post(
                "/api/v1/claims", content, content_type="application/json", headers=headers
            )
            assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_items_that_do_not_add_up_are_refused(self, lin, hospital):
        answer = post(hospital, body(lin, invoice={"total": "1.00"}))
        assert answer.status_code == 422
        assert not Claim.objects.exists()

    def test_a_wrong_person_and_a_wrong_policy_tell_nothing(self, lin, hospital):
        other = body(lin, patient={"name": "李某", "identity_number": lin["number"]})
        nobody = body(lin, patient={"name": "林女士", "identity_number": make.resident_id()})
        for told in (other, nobody):
            answer = post(hospital, told)
            assert answer.status_code == 404
            assert answer.json()["code"] == "patient_not_found"
        answer = post(hospital, body(lin, policy_number="P404"))
        assert answer.json()["code"] == "patient_not_found"  # or a caller learns who is insured
        assert not Claim.objects.exists()

    def test_a_day_in_the_future_is_refused(self, lin, hospital):
        assert post(hospital, body(lin, loss_date="2030-01-01")).status_code == 422
        assert not Claim.objects.exists()

    def test_without_the_persons_consent_nothing_is_fetched(self, lin, hospital):
        from yilu.people import operations as people

        people.withdraw_consent(
            party_id=lin["party"],
            purpose="MEDICAL_DATA_FETCH",
            actor=Ref("party", lin["party"]),
            at=make.NOON,
        )
        assert post(hospital, body(lin)).status_code in {403, 409}
        assert not Claim.objects.exists()

    def test_no_token_and_a_wrong_token_are_refused(self, lin, hospital):
        assert post(hospital, body(lin), token="wrong").status_code == 401
        answer = Client().post("/api/v1/claims", "{}", content_type="application/json")
        assert answer.status_code == 401
        assert not Claim.objects.exists()

    def test_a_body_that_is_no_json_is_refused(self, hospital):
        answer = Client().post(
            "/api/v1/claims", "{not json", content_type="application/json",
            headers={"Authorization": f"Bearer {hospital.token}", "Idempotency-Key": "k"},
        )  # fmt: skip
        assert answer.status_code in {400, 422}


class TestStatus:
    def test_the_hospital_that_reported_may_ask(self, lin, hospital):
        number = post(hospital, body(lin)).json()["number"]
        answer = Client().get(
            f"/api/v1/claims/{number}", headers={"Authorization": f"Bearer {hospital.token}"}
        )
        assert answer.status_code == 200
        assert answer.json()["number"] == number

    def test_another_hospital_and_a_wrong_number_get_the_same_answer(self, lin, hospital):
        number = post(hospital, body(lin)).json()["number"]
        other = make.provider(lin["office"])
        ask = {"Authorization": f"Bearer {other.token}"}
        theirs = Client().get(f"/api/v1/claims/{number}", headers=ask)
        none = Client().get("/api/v1/claims/C000", headers=ask)

        assert theirs.status_code == none.status_code == 404
        assert theirs.json()["title"] == none.json()["title"]


class TestOffer:
    def test_a_ready_claim_waits_for_the_customer(self, lin, hospital):
        told = body(lin)
        told.pop("loss_date")
        answer = post(hospital, told, path="offers")

        assert answer.status_code == 201, answer.content.decode()
        assert not Claim.objects.exists()
        assert post(hospital, told, path="offers").json() == answer.json()
        assert post(hospital, told, path="offers", key="another").json() == answer.json()

    def test_the_same_key_with_another_invoice_is_refused(self, lin, hospital):
        told = body(lin)
        told.pop("loss_date")
        post(hospital, told, path="offers")

        told["invoices"][0]["number"] = "00011122"
        answer = post(hospital, told, path="offers")

        assert (answer.status_code, answer.json()["code"]) == (409, "said_otherwise")
        assert Offer.objects.count() == 1


def test_the_description_is_there_for_machines():
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert "/api/v1/claims" in answer.json()["paths"]
