"""A confirmation takes effect once, for exactly what was shown, by whoever may."""

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOON
from tests.servicing.hall import Hall, shares
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.people.models import Decease
from yilu.policies import operations as policies
from yilu.policies import queries as policy_queries
from yilu.servicing import operations as servicing
from yilu.servicing import queries
from yilu.servicing.kinds import beneficiaries
from yilu.servicing.models import Request
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return Hall()


class TestAnAddress:
    FORM = {"region": "浙江省杭州市西湖区", "street": "文三路 100 号 3 幢 502 室"}

    def test_takes_effect_at_once_and_is_told(self, hall):
        request_id = hall.start("contact_address", self.FORM)

        assert hall.confirm(request_id) == "DONE"
        assert people.postal_address(hall.lin).endswith("502 室")
        seen = hall.seen(request_id)
        assert (seen.state_label, seen.step) == ("办理完成", 3)
        assert Message.objects.filter(template="servicing.done").count() == 1
        assert IssuedLetter.objects.get().kind == "ENDORSEMENT"

    def test_twice_is_once(self, hall):
        request_id = hall.start("contact_address", self.FORM)
        digest = hall.quote(request_id).digest

        assert hall.confirm(request_id, digest) == hall.confirm(request_id, digest) == "DONE"
        assert Event.objects.filter(kind="servicing.request_done").count() == 1
        assert IssuedLetter.objects.count() == 1

    def test_of_another_form_is_stale_and_changes_nothing(self, hall):
        request_id = hall.start("contact_address", self.FORM)
        digest = hall.quote(request_id).digest
        servicing.change_form(
            request_id=request_id, form={**self.FORM, "street": "别处 1 号 1 室"}, actor=hall.me,
            at=NOON,
        )  # fmt: skip

        with pytest.raises(servicing.QuoteChanged):
            hall.confirm(request_id, digest)
        assert people.postal_address(hall.lin) == ""
        assert hall.row(request_id).state == "DRAFT"

    def test_of_a_stranger_finds_nothing(self, hall):
        request_id = hall.start("contact_address", self.FORM)
        digest = hall.quote(request_id).digest

        with pytest.raises(servicing.RequestNotFound):
            hall.confirm(request_id, digest, actor=hall.insured)
        with pytest.raises(servicing.RequestNotFound):
            queries.get_for_customer(request_id, hall.su, NOON)
        assert people.postal_address(hall.lin) == ""


class TestAPhone:
    def test_is_taken_once_the_new_phone_answered_and_the_old_one_proved_who_asks(self, hall):
        new = make.mobile()
        request_id = hall.start("contact_phone", {"phone": new})
        digest = hall.quote(request_id).digest
        with pytest.raises(servicing.ProofNeeded):
            hall.confirm(request_id, digest)

        servicing.send_code(request_id=request_id, actor=hall.me, at=NOON)
        servicing.verify_code(request_id=request_id, code=hall.code(), actor=hall.me, at=NOON)
        with pytest.raises(servicing.NewPhoneNotProved):
            hall.confirm(request_id, digest)
        servicing.send_code_to_new_phone(request_id=request_id, actor=hall.me, at=NOON)
        code = hall.code()
        assert Message.objects.latest("pk").recipient.startswith("code:")
        wrong = "000000" if code != "000000" else "111111"
        with pytest.raises(people_operations.PhoneNotProved):
            servicing.verify_new_phone(request_id=request_id, code=wrong, actor=hall.me, at=NOON)
        servicing.verify_new_phone(request_id=request_id, code=code, actor=hall.me, at=NOON)

        assert hall.confirm(request_id, digest) == "DONE"
        assert people.get_contact(hall.me).phone.endswith(new)

    def test_of_another_form_must_be_proved_anew(self, hall):
        request_id = hall.start("contact_phone", {"phone": make.mobile()})
        hall.verified(request_id)
        hall.phone_proved(request_id)
        servicing.change_form(
            request_id=request_id, form={"phone": make.mobile()}, actor=hall.me, at=NOON
        )

        with pytest.raises(servicing.NewPhoneNotProved):
            hall.confirm(request_id)

    def test_by_telephone_needs_the_callers_number_and_birthday(self, hall):
        party = people.get_party(hall.lin)
        request_id = hall.start(
            "contact_phone", {"phone": make.mobile()}, door="COUNTER", actor=hall.actor,
            by=hall.access,
        )  # fmt: skip
        digest = hall.quote(request_id, **_by(hall)).digest
        with pytest.raises(servicing.ProofNeeded):
            hall.confirm(request_id, digest, **_by(hall))
        with pytest.raises(servicing.CallerNotVerified):
            servicing.check_caller(
                request_id=request_id, identity_tail="000000", birth_date=party.birth_date,
                **hall.staff(),
            )  # fmt: skip
        tail = people_identity(hall.lin)[-6:]
        servicing.check_caller(
            request_id=request_id, identity_tail=tail, birth_date=party.birth_date, **hall.staff()
        )
        hall.phone_proved(request_id)

        assert hall.confirm(request_id, digest, **_by(hall)) == "IN_REVIEW"
        assert hall.seen(request_id).proof_label == "电话核对身份信息"


def people_identity(party_id: int) -> str:
    from yilu.people.models import Party
    from yilu.people.queries.parties import opened

    return opened(Party.objects.get(pk=party_id), "identity")


def _by(hall):
    return {"actor": hall.actor, "by": hall.access}


class TestBeneficiaries:
    def form(self, *rows):
        return {"how": "NAMED", "shares": shares(*rows)}

    def test_change_once_the_insured_agreed_on_their_own_device(self, hall):
        number = make.resident_id()
        request_id = hall.start("beneficiaries", self.form(("陈新人", number, "100")))
        assert hall.confirm(request_id) == "CONFIRMED"
        assert policy_queries.policy_card(hall.policy.id).beneficiaries != "陈新人 100%"
        (row,) = queries.list_to_agree(hall.su)
        assert row.id == request_id
        with pytest.raises(servicing.RequestNotFound):
            servicing.confirm_as_second_party(request_id=request_id, actor=hall.me, at=NOON)

        agree = {"request_id": request_id, "actor": hall.insured, "at": NOON}
        assert servicing.confirm_as_second_party(**agree) == "DONE"
        assert servicing.confirm_as_second_party(**agree) == "DONE"
        assert policy_queries.policy_card(hall.policy.id).beneficiaries == "陈新人 100%"
        changed = Event.objects.filter(kind="policies.beneficiaries_changed")
        assert changed.count() == 1

    def test_what_both_said_before_the_death_is_approved_after_it(self, hall):
        request_id = hall.start("beneficiaries", self.form(("陈新人", make.resident_id(), "100")))
        hall.confirm(request_id)
        Request.objects.filter(pk=request_id).update(refer="需核对")
        agree = {"request_id": request_id, "actor": hall.insured, "at": NOON}
        assert servicing.confirm_as_second_party(**agree) == "IN_REVIEW"
        died = {"party_id": hall.su, "about": Ref("claim", 1), "at": NOON}
        tx.use_case(people_operations.note_death)(died_on=day_of(NOON) - timedelta(days=1), **died)
        digest = hall.row(request_id).digest
        approve = {"request_id": request_id, "digest": digest, **hall.second()}
        with pytest.raises(beneficiaries.AfterDeath):
            servicing.approve_request(**approve)
        Decease.objects.update(died_on=day_of(NOON))
        assert servicing.approve_request(**approve) == "DONE"
        assert policy_queries.policy_card(hall.policy.id).beneficiaries == "陈新人 100%"

    def test_stay_where_the_insured_declines(self, hall):
        request_id = hall.start("beneficiaries", {"how": "LEGAL"})
        hall.confirm(request_id)

        servicing.decline_as_second_party(request_id=request_id, actor=hall.insured, at=NOON)
        assert hall.row(request_id).state == "WITHDRAWN"
        assert not Event.objects.filter(kind="policies.beneficiaries_changed").exists()
        assert Message.objects.filter(template="servicing.second_party_declined").exists()

    def test_are_changed_by_the_holder_only(self, hall):
        with pytest.raises(servicing.NotForThisRole, match="投保人"):
            hall.start("beneficiaries", {"how": "LEGAL"}, party_id=hall.su, actor=hall.insured)
        stranger = make.party(hall.office)
        with pytest.raises(policy_queries.PolicyNotFound):
            hall.start(
                "beneficiaries", {"how": "LEGAL"}, party_id=stranger, actor=Ref("party", stranger)
            )

    def test_must_share_the_whole(self, hall):
        with pytest.raises(policies.BadBeneficiaries, match="100%"):
            hall.start("beneficiaries", self.form(("陈新人", make.resident_id(), "60")))

    def test_cannot_change_after_the_insured_died(self, hall):
        from yilu.kernel import tx

        tx.use_case(people_operations.note_death)(
            party_id=hall.su, died_on=NOON.date(), about=Ref("claim", 1), at=NOON
        )
        with pytest.raises(Exception, match="身故"):
            hall.start("beneficiaries", {"how": "LEGAL"})

    def test_must_be_named_as_their_card_says(self, hall):
        number = make.resident_id()
        make.party(hall.office, name="陈新人", identity_number=number)
        with pytest.raises(servicing.PersonUnclear):
            hall.start("beneficiaries", self.form(("陈旧人", number, "100")))


class TestStarting:
    def test_the_same_again_is_the_same_request_with_the_newer_form(self, hall):
        first = hall.start("contact_email", {"email": "a@example.com"})
        assert hall.start("contact_email", {"email": "b@example.com"}) == first
        assert hall.confirm(first) == "DONE"
        assert people.get_contact(hall.me).email == "b@example.com"

    def test_beside_one_under_way_is_refused(self, hall):
        request_id = hall.in_review()
        with pytest.raises(servicing.AlreadyUnderWay):
            hall.start("agent_change", {"reason": "OTHER", "agent": "OFFICE"})
        assert hall.row(request_id).state == "IN_REVIEW"

    @pytest.mark.parametrize(
        ("kind", "form", "what"),
        [
            ("contact_phone", {"phone": "12"}, "手机号码"),
            ("contact_email", {"email": "nobody"}, "邮箱"),
            ("contact_address", {"region": "", "street": "x"}, "省"),
            ("reissue", {"reason": "BORED"}, "选项"),
            ("inheritance", {"died_on": "2026-02-30", "relation": "CHILD"}, "日期"),
        ],
    )
    def test_says_by_field_what_cannot_be_right(self, hall, kind, form, what):
        who = {"party_id": hall.su, "actor": hall.insured} if kind == "inheritance" else {}
        with pytest.raises(servicing.BadForm, match=what):
            hall.start(kind, form, **who)

    def test_of_an_ended_policy_says_so(self, hall):
        policies.terminate_policy(
            policy_id=hall.policy.id,
            ending="SURRENDERED",
            on=NOON.date(),
            actor=hall.actor,
            at=NOON,
        )
        with pytest.raises(servicing.PolicyHasEnded):
            hall.start("freeze")

    def test_of_no_kind_there_is(self, hall):
        with pytest.raises(servicing.UnknownKind):
            hall.start("free_money")

    def test_with_anothers_bank_account_is_refused(self, hall):
        strange = make.account(hall.su)
        form = {"pay_method": "BANK_DEBIT", "account_id": str(strange), "agreed": "yes"}
        with pytest.raises(servicing.AccountOfSomebodyElse):
            hall.start("premium_account", form)


class TestCompany:
    def test_is_called_where_somebody_asked_to_be_accompanied(self, hall):
        hall.confirm(hall.start("assistance", {"large_type": "yes", "assisted": "yes"}))
        assert people.get_party(hall.lin).large_type
        assert not Item.objects.exists()

        request_id = hall.start("contact_email", {"email": "a@example.com"})
        assert hall.seen(request_id).way == "ADVISER"
        assert Item.objects.get(queue_id="servicing.continue").state == "OPEN"
        assert hall.confirm(request_id) == "DONE"
        assert Item.objects.get(queue_id="servicing.continue").state == "DONE"


class TestProof:
    def test_grows_old(self, hall):
        hall_form = {"pay_method": "SELF"}
        request_id = hall.start("premium_account", hall_form)
        hall.verified(request_id, NOON - timedelta(minutes=16))
        with pytest.raises(servicing.ProofNeeded):
            hall.confirm(request_id)
        hall.verified(request_id, NOON - timedelta(minutes=14))
        assert hall.confirm(request_id) == "DONE"

    def test_serves_as_long_as_managers_say(self, hall):
        make.figure_set("servicing.verified_minutes", "5")
        request_id = hall.start("premium_account", {"pay_method": "SELF"})
        hall.verified(request_id, NOON - timedelta(minutes=6))
        with pytest.raises(servicing.ProofNeeded):
            hall.confirm(request_id)
        hall.verified(request_id, NOON - timedelta(minutes=5))
        assert hall.confirm(request_id) == "DONE"

    def test_of_a_wrong_code_proves_nothing(self, hall):
        request_id = hall.start("premium_account", {"pay_method": "SELF"})
        servicing.send_code(request_id=request_id, actor=hall.me, at=NOON)
        wrong = "000000" if hall.code() != "000000" else "111111"
        with pytest.raises(people_operations.CodeRefused):
            servicing.verify_code(request_id=request_id, code=wrong, actor=hall.me, at=NOON)
        assert hall.row(request_id).verified_at is None
