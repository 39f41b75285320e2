"""Requests about one's data, unmask, erasing by two people and reseal …"""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from tests import cast, make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel import sealing, tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.people import queries
from yilu.people.models import (
    BankAccountEvent,
    DataRequest,
    Double,
    DoubleEvent,
    Erasure,
    ErasureEvent,
    Party,
    PartyEvent,
)
from yilu.people.operations import resealing
from yilu.people.rules import sign_in as rules

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


class TestDataRequests:
    def open(self, party, kind="ACCESS"):
        return people.open_data_request(
            party_id=party, kind=kind, wish="全部", actor=SYSTEM, at=NOON
        )

    def test_is_answered_within_its_days(self, cast_):
        request = self.open(cast_.lin)
        intake = make.staff(cast_.branch_a, "INTAKE")
        access = queries.staff_access(intake)

        [waiting] = queries.list_open_data_requests(access)
        assert waiting.due_at == NOON + timedelta(days=rules.DATA_REQUEST_DAYS)
        people.answer_data_request(
            request_id=request, fulfil=True, answer="已提供", actor=Ref("staff", intake), at=NOON
        )
        assert queries.list_open_data_requests(access) == []
        assert queries.list_data_requests(cast_.lin)[0].state == "DONE"

    def test_asking_again_while_one_is_open_is_the_same_request(self, cast_):
        assert self.open(cast_.lin) == self.open(cast_.lin)
        assert Event.objects.filter(kind="people.data_request_opened").count() == 1

    def test_the_machine_never_declines_and_a_person_gives_a_reason(self, cast_):
        request = self.open(cast_.lin, "DELETE")
        intake = Ref("staff", make.staff(cast_.branch_a, "INTAKE"))
        told = {"request_id": request, "fulfil": False, "at": NOON}

        with pytest.raises(people.OnlyAPersonDeclines):
            people.answer_data_request(**told, answer="不", actor=SYSTEM)
        with pytest.raises(people.ReasonNeeded):
            people.answer_data_request(**told, answer=" ", actor=intake)
        with pytest.raises(NotAllowed):
            people.answer_data_request(**told, answer="不", actor=cast_.as_bai)
        people.answer_data_request(**told, answer="法定保存期未满", actor=intake)
        with pytest.raises(people.DataRequestNotFound):
            people.answer_data_request(**told, answer="再次", actor=intake)

        assert DataRequest.objects.get().state == "DECLINED"

    def test_only_the_person_withdraws_it(self, cast_):
        request = self.open(cast_.lin)

        for stranger in (cast_.as_zhou, cast_.as_chen):
            with pytest.raises(people.DataRequestNotFound):
                people.withdraw_data_request(request_id=request, actor=stranger, at=NOON)
        people.withdraw_data_request(request_id=request, actor=cast_.as_lin, at=NOON)
        with pytest.raises(people.DataRequestNotFound):
            people.withdraw_data_request(request_id=999_999, actor=cast_.as_lin, at=NOON)

    def test_the_copy_holds_everything_and_is_for_the_person_or_their_office(self, cast_):
        account = make.account(cast_.lin)
        copy = people.export_personal_data(party_id=cast_.lin, actor=cast_.as_lin, at=NOON)

        assert copy["电话"] == "+8613812345678"
        assert copy["邮箱"] == "lin@example.com"
        assert copy["银行账户"][0]["账号"] == queries.get_payment_details(cast_.lin, account).number
        for stranger in (cast_.as_zhou, cast_.as_bai, cast_.as_wei):
            with pytest.raises((queries.PartyNotFound, NotAllowed)):
                people.export_personal_data(party_id=cast_.lin, actor=stranger, at=NOON)
        assert Event.objects.filter(kind="people.personal_data_exported").count() == 1


class TestUnmask:
    def unmask(self, actor, party, field="phone", reason="CONTACT_CUSTOMER", **given):
        return people.unmask(
            actor=actor, party_id=party, field=field, reason=reason, at=NOON, **given
        )

    def test_shows_the_whole_and_records_field_and_reason_only(self, cast_):
        assert self.unmask(cast_.as_chen, cast_.lin) == "+8613812345678"

        event = Event.objects.get(kind="people.personal_data_shown")
        assert event.facts == {
            "party_id": cast_.lin,
            "field": "phone",
            "reason": "CONTACT_CUSTOMER",
        }
        assert (event.actor, event.party_id) == (f"staff:{cast_.chen}", cast_.lin)

    def test_shows_every_field(self, cast_):
        account = make.account(cast_.lin)
        number = queries.get_payment_details(cast_.lin, account).number

        assert self.unmask(cast_.as_chen, cast_.lin, "name") == cast.LIN_NAME
        assert self.unmask(cast_.as_chen, cast_.lin, "email") == "lin@example.com"
        assert len(self.unmask(cast_.as_chen, cast_.lin, "identity")) == 18
        assert self.unmask(cast_.as_chen, cast_.lin, "account", account_id=account) == number

    def test_a_strangers_customer_and_a_wrong_number_are_refused_in_the_same_words(self, cast_):
        words = set()
        for actor in (cast_.as_bai, cast_.as_zhou, cast_.as_qian):
            for party in (cast_.lin, 999_999):
                with pytest.raises(queries.PartyNotFound) as caught:
                    self.unmask(actor, party)
                words.add((caught.value.code, caught.value.message))
        assert len(words) == 1
        assert not Event.objects.filter(kind="people.personal_data_shown").exists()

    def test_staff_without_the_right_are_told_so(self, cast_):
        with pytest.raises(NotAllowed):
            self.unmask(cast_.as_luo, cast_.lin)

    def test_an_agent_sees_names_and_phones_of_their_own_customers_only(self, cast_):
        assert self.unmask(cast_.as_wei, cast_.lin, "phone")
        for field in ("identity", "email"):
            with pytest.raises(queries.PartyNotFound):
                self.unmask(cast_.as_wei, cast_.lin, field)

    def test_everybody_sees_their_own_and_says_so(self, cast_):
        assert self.unmask(cast_.as_lin, cast_.lin, "identity", "OWN_DATA")
        for actor, reason in ((cast_.as_lin, "CONTACT_CUSTOMER"), (cast_.as_chen, "OWN_DATA")):
            with pytest.raises(people.BadReason):
                self.unmask(actor, cast_.lin, "identity", reason)

    def test_somebody_elses_account_is_not_shown_with_ones_customer(self, cast_):
        theirs = make.account(cast_.zhou)

        with pytest.raises(queries.AccountNotFound):
            self.unmask(cast_.as_chen, cast_.lin, "account", account_id=theirs)
        assert not Event.objects.filter(kind="people.personal_data_shown").exists()

    @pytest.mark.parametrize(
        ("field", "reason"),
        [("password", "COMPLAINT"), ("phone", "CURIOUS"), ("account", "COMPLAINT")],
    )
    def test_refuses_unknown_fields_and_reasons(self, cast_, field, reason):
        from yilu.kernel.errors import Invalid

        with pytest.raises(Invalid):
            self.unmask(cast_.as_chen, cast_.lin, field, reason)

    def test_is_counted_and_ends_at_the_hourly_number(self, cast_, monkeypatch):
        monkeypatch.setattr(rules, "UNMASK_LIMITS", (rules.Limit(2, 3600),))
        for _ in range(2):
            self.unmask(cast_.as_chen, cast_.lin)

        with pytest.raises(people.TooOften):
            self.unmask(cast_.as_chen, cast_.lin)
        assert self.unmask(cast_.as_wei, cast_.lin)
        assert Event.objects.filter(kind="people.personal_data_shown").count() == 3


class TestErasure:
    """One proposes, another agrees; nothing goes while anything keeps it."""

    WHY = "本人到场要求"

    @pytest.fixture
    def asked(self, cast_):
        return people.open_data_request(
            party_id=cast_.lin, kind="DELETE", actor=cast_.as_lin, at=NOON
        )

    @pytest.fixture
    def one(self, cast_):
        return make.colleague(cast_.branch_a, "SERVICING")

    @pytest.fixture
    def other(self, cast_):
        return make.colleague(cast_.branch_a, "SERVICING")

    def do(self, act, request_id, who, **given):
        told = {"why": self.WHY, "at": NOON} | given
        act(request_id=request_id, access=who[0], actor=who[1], **told)

    def test_takes_two_people_with_reasons(self, cast_, asked, one, other):
        for why in ("", "好", "字" * 501):
            with pytest.raises(people.WhyMissing):
                self.do(people.propose_erasure, asked, one, why=why)
        with pytest.raises(people.NothingProposed):
            self.do(people.confirm_erasure, asked, other)
        self.do(people.propose_erasure, asked, one)
        with pytest.raises(people.AlreadyProposed):
            self.do(people.propose_erasure, asked, other)
        with pytest.raises(people.AnotherPersonErases):
            self.do(people.confirm_erasure, asked, one)
        with pytest.raises(people.WhyMissing):
            self.do(people.confirm_erasure, asked, other, why=" ")
        assert queries.get_party(cast_.lin).name == cast.LIN_NAME

        self.do(people.confirm_erasure, asked, other)

        assert queries.get_party(cast_.lin).erased
        seen = queries.latest_erasure(asked)
        assert (seen.state, seen.asked_by, seen.decided_by) == ("DONE", str(one[1]), str(other[1]))
        assert (seen.asked_why, seen.decided_why) == ("", "")
        request = DataRequest.objects.get(pk=asked)
        assert (request.state, request.answer) == ("DONE", "已删除")
        with pytest.raises(queries.DataRequestNotFound):
            self.do(people.confirm_erasure, asked, other)

    def test_the_database_itself_wants_two_people(self, asked, one):
        self.do(people.propose_erasure, asked, one)
        with pytest.raises(IntegrityError):
            Erasure.objects.update(state="DONE", decided_by=str(one[1]))

    def test_sent_back_it_can_be_proposed_anew(self, asked, one, other):
        self.do(people.propose_erasure, asked, one)
        self.do(people.send_erasure_back, asked, other, why="证件没有核对")

        assert queries.latest_erasure(asked).decided_why == "证件没有核对"
        with pytest.raises(people.NothingProposed):
            self.do(people.confirm_erasure, asked, other)
        self.do(people.propose_erasure, asked, other)
        self.do(people.confirm_erasure, asked, one)

    def test_what_changed_since_makes_the_proposal_stale(self, cast_, asked, one, other):
        self.do(people.propose_erasure, asked, one)
        Party.objects.filter(pk=cast_.lin).update(keep_until=TODAY - timedelta(days=1))

        with pytest.raises(people.ErasureStale):
            self.do(people.confirm_erasure, asked, other)
        assert not queries.get_party(cast_.lin).erased
        self.do(people.send_erasure_back, asked, other)
        self.do(people.propose_erasure, asked, one)
        self.do(people.confirm_erasure, asked, other)

    def test_waits_for_the_end_of_the_time_the_law_sets(self, cast_, asked, one, other):
        @tx.use_case
        def keep(on):
            people.keep_until(party_id=cast_.lin, on=on)

        self.do(people.propose_erasure, asked, one)
        keep(TODAY)
        keep(TODAY - timedelta(days=5))  # never nearer
        for act, who in ((people.propose_erasure, one), (people.confirm_erasure, other)):
            with pytest.raises(people.MustBeKept):
                self.do(act, asked, who)
        assert queries.get_party(cast_.lin).name == cast.LIN_NAME
        [kept] = queries.what_keeps(cast_.lin, TODAY)
        assert (kept.until, kept.stands(TODAY), "第三十四条" in kept.rule) == (TODAY, True, True)

    def test_is_for_staff_of_the_office_who_register_people(self, cast_, asked, one):
        self.do(people.propose_erasure, asked, one)
        strangers = (
            make.colleague(cast_.branch_b, "SERVICING"), make.colleague(cast_.branch_a, "ASSESSOR"),
        )  # fmt: skip
        for act in (people.propose_erasure, people.confirm_erasure, people.send_erasure_back):
            for who in strangers:
                with pytest.raises(queries.DataRequestNotFound):
                    self.do(act, asked, who)
        correct = people.open_data_request(
            party_id=cast_.lin, kind="CORRECT", wish="生日", actor=cast_.as_lin, at=NOON
        )
        for nothing in (correct, 999_999):
            with pytest.raises(queries.DataRequestNotFound):
                self.do(people.propose_erasure, nothing, one)
        assert queries.latest_erasure(asked).waits

    def test_leaves_nothing_of_the_person_and_lets_the_number_be_registered_again(self, cast_):
        account = make.account(cast_.lin)
        number = people.unmask(
            actor=cast_.as_lin, party_id=cast_.lin, field="identity", reason="OWN_DATA", at=NOON
        )
        people.change_party(
            party_id=cast_.lin, changes={"email": "new@example.com"}, actor=SYSTEM, at=NOON
        )
        make.erased(cast_.lin)

        view = queries.get_party(cast_.lin)
        assert view.erased
        assert (view.name, view.masked_phone, view.masked_identity) == ("已删除", "", "")
        assert not PartyEvent.objects.filter(pgh_obj_id=cast_.lin).exists()
        assert not BankAccountEvent.objects.exists()
        assert not ErasureEvent.objects.exists()
        assert queries.find_signed_in(cast_.as_lin) is None
        assert people.request_code(phone=cast.LIN_PHONE, at=NOON).to is None
        with pytest.raises(queries.AccountNotFound):
            queries.get_payable_account(cast_.lin, account)
        assert make.party(cast_.branch_a, identity_number=number) != cast_.lin
        assert Event.objects.filter(kind="people.party_erased").count() == 1

    def test_leaves_nothing_of_a_record_that_was_merged_into_it_either(self, cast_, one):
        double = people.register_party(
            name="林女士", office_id=cast_.branch_a, phone="13911112222", actor=SYSTEM, at=NOON
        )
        told = {"access": one[0], "actor": one[1], "at": NOON}
        pair_id = people.name_double(party_id=double, other_id=cast_.lin, **told)
        people.propose_merge(double_id=pair_id, keeps_id=cast_.lin, why="林女士当面确认", **told)
        people.merge_parties(party_id=double, into_party_id=cast_.lin, actor=SYSTEM, at=NOON)
        make.erased(cast_.lin)

        gone = Party.objects.get(pk=double)
        assert (gone.name, bytes(gone.phone), gone.phone_index) == ("已删除", b"", None)
        assert not PartyEvent.objects.filter(pgh_obj_id__in=[double, cast_.lin]).exists()
        assert Double.objects.get().asked_why == ""
        assert not DoubleEvent.objects.exists()


class TestReseal:
    OLD, NEW = "1:old-secret-old-secret", "2:new-secret-new-secret"

    def test_moves_everything_to_the_newest_key_so_that_the_old_one_may_go(self, settings):
        settings.SEALING_KEY = self.OLD
        everybody = cast.assemble()
        account = make.account(everybody.lin)
        keys = make.provider(everybody.branch_a)
        people.change_party(
            party_id=everybody.lin, changes={"email": "new@example.com"}, actor=SYSTEM, at=NOON
        )
        settings.SEALING_KEY = f"{self.NEW} {self.OLD}"

        # While both keys are in the ring, everybody is still found and known.
        assert queries.find_party_by_phone(everybody.chens_access, cast.LIN_PHONE)
        with pytest.raises(people.AlreadyRegistered):
            people.register_party(
                name="林女士", office_id=everybody.branch_a, identity_kind="RESIDENT_ID",
                identity_number=people.unmask(
                    actor=everybody.as_lin, party_id=everybody.lin, field="identity",
                    reason="OWN_DATA", at=NOON,
                ), actor=SYSTEM, at=NOON,
            )  # fmt: skip
        assert people.reseal_all(at=NOON, batch=2) > 10
        assert people.reseal_all(at=NOON) == 0

        settings.SEALING_KEY = self.NEW
        assert queries.get_contact(everybody.as_lin).phone == "+8613812345678"
        assert queries.find_party_by_phone(everybody.chens_access, cast.LIN_PHONE)
        assert people.request_code(phone=cast.LIN_PHONE, at=NOON).to == everybody.as_lin
        assert queries.get_payment_details(everybody.lin, account).number
        assert queries.get_hook_secret(keys.provider_id) == keys.hook_secret
        kept = PartyEvent.objects.filter(pgh_obj_id=everybody.lin).order_by("pgh_id").first()
        assert sealing.unseal(kept.email, "people_party.email") == "lin@example.com"

    def test_knows_every_sealed_column_of_the_room(self):
        from django.apps import apps
        from django.db.models import BinaryField

        sealed = {
            f"{model._meta.db_table}.{field.column}"
            for model in apps.get_app_config("people").get_models()
            for field in model._meta.concrete_fields
            if isinstance(field, BinaryField)
        }
        assert sealed == {column.name for column in resealing.COLUMNS}

    def test_changes_nothing_where_nothing_is_outdated(self, cast_):
        before = Party.objects.get(pk=cast_.lin).phone

        assert people.reseal_batch(at=NOON) == 0
        assert Party.objects.get(pk=cast_.lin).phone == before
