"""enrol_partner and its pages: a hospital from nothing to billing us directly, in one go."""

import dataclasses
import json
from decimal import Decimal

import pytest

from tests import make
from tests.web.signing import signed_in
from yilu.direct_billing import operations, queries
from yilu.direct_billing.models import Partner
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.people import operations as people
from yilu.people import queries as people_queries
from yilu.people.models import BankAccount, Party, Provider
from yilu.people.rules.particulars import company_account_problem


def told(office, **given):
    return operations.NewProvider(
        **{
            "code": "h330101", "name": "湖滨医院", "kind": "HOSPITAL", "grade": "三级甲等",
            "office_id": office, "credit_code": credit_code(), "bank_code": "ICBC",
            "account_holder": "湖滨医院", "account_number": "1202 0212 0990 0012 345", **given,
        }
    )  # fmt: skip


def credit_code(body="12330000470004051"):
    """With its check character (GB 32100)."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(signs.index(c) * w for c, w in zip(body, weights, strict=True))
    return body + signs[(31 - total % 31) % 31]


def form(office, **given):
    new = told(office)
    return dataclasses.asdict(new) | {"limit": "80,000"} | given


@pytest.fixture
def office(db):
    return make.office()


@pytest.fixture
def operator(office):
    return make.colleague(office, "OPERATOR")


def enrol(office, operator, limit="80000.00", **given):
    access, actor = operator
    return operations.enrol_partner(
        provider=told(office, **given), guarantee_limit=Decimal(limit), access=access, actor=actor,
        at=make.NOON,
    )  # fmt: skip


def standing():
    return [m.objects.count() for m in (Provider, Party, BankAccount, Partner, Event)]


class TestEnrolPartner:
    def test_registers_provider_organisation_account_and_partnership_at_once_and_once(
        self, office, operator
    ):
        partner_id = enrol(office, operator)
        partner = Partner.objects.select_related("provider", "party", "account").get()
        assert (partner.pk, partner.guarantee_limit) == (partner_id, Decimal("80000.00"))
        assert (partner.provider.code, partner.office_id) == ("H330101", office)
        assert (partner.party.kind, partner.party.name) == ("ORGANISATION", "湖滨医院")
        assert (partner.account.kind, partner.account.party_id) == ("ACCOUNT", partner.party_id)
        assert queries.partner_of_code("H330101").active

        before = standing()
        assert enrol(office, operator) == partner_id
        assert standing() == before
        for other in ({"limit": "1.00"}, {"account_number": "120202120990001999"}):
            with pytest.raises(operations.PartnerAlready):
                enrol(office, operator, **other)
        assert standing() == before

    def test_opens_a_registered_provider_paid_as_a_customer_it_is_already(self, office, operator):
        known = make.provider(office, code="H330101", name="湖滨医院", grade="三级甲等")
        party = make.party(
            office, kind="ORGANISATION", name="湖滨医院", identity_kind="CREDIT_CODE",
            identity_number=credit_code(),
        )  # fmt: skip
        enrol(office, operator)
        partner = Partner.objects.get()
        assert (partner.provider_id, partner.party_id) == (known.provider_id, party)

    def test_refuses_and_leaves_nothing(self, office, operator):
        make.provider(office, code="H1", name="别的医院")
        other = make.office()
        make.provider(other, code="H2", name="湖滨医院", grade="三级甲等")
        make.party(
            office, kind="ORGANISATION", name="另一家医院", identity_kind="CREDIT_CODE",
            identity_number=credit_code("12330000470004052"),
        )  # fmt: skip
        wrong = credit_code()[:-1] + ("0" if credit_code()[-1] != "0" else "1")
        before = standing()
        for refusal, given in (
            (people.ProviderKnownAlready, {"code": "h1"}),
            (people.ProviderKnownAlready, {"code": "H2"}),
            (people.OrganisationNameDiffers, {"credit_code": credit_code("12330000470004052")}),
            (people.BadParticulars, {"credit_code": wrong}),
            (people.BadParticulars, {"credit_code": ""}),
            (people.BadAccount, {"account_number": make.card_number()}),
            (people.BadAccount, {"account_number": "12"}),
            (people.BadAccount, {"bank_code": "NONE"}),
            (people.HolderIsSomebodyElse, {"account_holder": "林客户"}),
            (people.BadProvider, {"kind": "BAKERY"}),
            (people.BadProvider, {"name": " "}),
            (people.BadProvider, {"grade": "级" * 21}),
            (operations.BadPartner, {"limit": "-0.01"}),
            (operations.BadPartner, {"limit": "NaN"}),
            (NotAllowed, {"office_id": other}),
        ):
            with pytest.raises(refusal):
                enrol(office, operator, **given)
            assert standing() == before, given
        with pytest.raises(NotAllowed):
            enrol(office, make.colleague(office, "TEAM_LEAD"))

    def test_a_company_account_is_no_card(self):
        assert company_account_problem("1202021209900012345") is None
        assert company_account_problem("33001616227050012345") is None
        assert "对公" in company_account_problem(make.card_number())
        assert company_account_problem("12a45678")


class TestPages:
    def test_an_operator_registers_opens_and_hands_out_the_keys(self, office, operator):
        _, actor = operator
        browser = signed_in(actor)
        assert "登记新机构" in browser.get("/staff/direct-billing/partners").content.decode()
        where = "/staff/direct-billing/partners/new"
        assert browser.get(where).status_code == 200
        for wrong in ({"limit": "-1"}, {"limit": "x"}, {"office_id": ""}, {"code": ""}):
            answer = browser.post(where, form(office, **wrong))
            assert answer.status_code == 422, wrong
            assert "湖滨医院" in answer.content.decode()
        assert not Partner.objects.exists()
        made = browser.post(where, form(office))
        partner = Partner.objects.get()
        assert made.url == f"/staff/direct-billing/partners/{partner.pk}"
        assert browser.post(where, form(office)).url == made.url
        shown = browser.get(made.url).content.decode()
        assert "接下来三步" in shown
        assert "月结单" not in shown
        keys = browser.post(f"{made.url}/token").content.decode()
        token = keys.split("<dt>令牌</dt><dd><code>")[1].split("<")[0]
        assert people_queries.find_provider_by_token(token).id == partner.provider_id
        assert token not in browser.get(made.url).content.decode()

    def test_a_registered_provider_is_opened_from_the_list(self, office, operator):
        browser = signed_in(operator[1])
        known = make.provider(office, code="H9", name="城南医院").provider_id
        elsewhere = make.provider(make.office(), name="远方医院").provider_id
        listed = browser.get("/staff/direct-billing/partners").content.decode()
        assert "城南医院" in listed
        assert "远方医院" not in listed
        where = "/staff/direct-billing/partners/new?provider="
        assert 'value="H9"' in browser.get(f"{where}{known}").content.decode()
        assert browser.get(f"{where}{elsewhere}").status_code == 404

    def test_only_their_own_offices_administrator_comes_in(self, office, operator):
        partner_id = enrol(office, operator)
        where = f"/staff/direct-billing/partners/{partner_id}"
        stranger = signed_in(make.colleague(make.office(), "OPERATOR")[1])
        assert stranger.get(where).status_code == 404
        assert stranger.post(f"{where}/token").status_code == 404
        assert stranger.post("/staff/direct-billing/partners/new", form(office)).status_code == 403
        payer = signed_in(make.colleague(office, "STANDARDS_EDITOR")[1])
        assert payer.get(where).status_code == 403
        lead = signed_in(make.colleague(office, "TEAM_LEAD")[1])
        assert lead.get(where).status_code == 200
        assert lead.get("/staff/direct-billing/partners/new").status_code == 403


class TestHospitalCard:
    def test_says_what_pays_where_and_nothing_private(self, hospital):
        person = hospital.patient(agreed=False)
        from tests.direct_billing.stage import Hospital

        Hospital(make.office(), name="远方医院")
        Hospital(make.office("SUB_BRANCH", hospital.office), name="近旁医院")
        browser = signed_in(Ref("party", person.id))
        shown = browser.get("/c/hospital-card").content.decode()
        assert person.policy in shown
        assert person.number not in shown
        assert "林客户" not in shown
        assert "<svg" in shown
        assert 'href="tel:' in shown
        near, far = shown.split("其他地区的合作医院")
        assert "第一人民医院" in near
        assert "近旁医院" in near
        assert "远方医院" in far
        assert f"/c/direct-billing/{hospital.row.provider.code}" in near
        for place in ("/", "/c/direct-billing"):
            assert "/c/hospital-card" in browser.get(place).content.decode()
        hospital.agree(person.id)
        assert "已授权" in browser.get("/c/hospital-card").content.decode()

    def test_what_the_desk_scans_is_what_its_call_lacks(self, hospital):
        person = hospital.patient()
        [cover] = queries.stay_covers(person.id, make.NOON.date())
        scanned = json.loads(cover.desk_text)
        assert scanned == {"policy_number": person.policy}
        patient = {"name": "林客户", "identity_number": person.number} | scanned
        answer = hospital.call(
            "eligibility", {"patient": patient, "on": "2026-03-04", "expected": "8000.00"}
        )
        assert answer.status_code == 200
        left = answer.json()["cover_left"]
        assert (None if cover.left is None else str(cover.left)) == left

    def test_is_empty_for_whom_nothing_pays(self, hospital):
        party = make.party(hospital.office)
        shown = signed_in(Ref("party", party)).get("/c/hospital-card").content.decode()
        assert "没有能直付住院费用的保单" in shown
        assert "第一人民医院" not in shown
