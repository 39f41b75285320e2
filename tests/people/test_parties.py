"""register_party, register_parties, change_party, merge_parties, and finding people …"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connection, connections

from tests import cast, make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.people import queries
from yilu.people.models import Party, PartyEvent
from yilu.people.operations import NewParty

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
LIN_NUMBER = "11010519491231002X"


def register(office, **given):
    told = {"name": "林女士", "identity_kind": "RESIDENT_ID", "identity_number": LIN_NUMBER}
    return people.register_party(**{**told, "office_id": office, **given}, actor=SYSTEM, at=NOON)


class TestRegisterParty:
    def test_reads_sex_and_birth_date_from_the_resident_number(self, office):
        view = queries.get_party(register(office, phone="138 1234 5678", email="lin@example.com"))

        assert (view.sex, view.birth_date) == ("FEMALE", date(1949, 12, 31))
        assert view.masked_name == "林**"
        assert view.masked_identity == "110105********002X"
        assert view.masked_phone == "138****5678"
        assert view.masked_email == "l***@example.com"
        assert view.signs_in

    def test_seals_what_is_private(self, office):
        register(office, phone="13812345678", email="lin@example.com")
        with connection.cursor() as cursor:
            cursor.execute(
                "select p::text, encode(identity || phone || email, 'escape') from people_party p"
            )
            everything = str(cursor.fetchall())

        for private in (LIN_NUMBER, "13812345678", "lin@example.com"):
            assert private not in everything

    def test_tells_the_journal_ids_only(self, office):
        party = register(office, phone="13812345678")

        event = Event.objects.get(kind="people.party_registered")
        assert event.facts == {"party_id": party, "office_id": office, "agent_id": None}
        assert event.party_id == party

    def test_takes_a_fixed_number_of_statements(self, office, django_assert_num_queries):
        with django_assert_num_queries(6):  # savepoint, places, taken, insert, event, release
            register(office)

    @pytest.mark.parametrize("written", [LIN_NUMBER, "110105491231002", "11010519491231002x"])
    def test_refuses_a_known_identity_number_in_any_writing(self, office, written):
        register(office)

        with pytest.raises(people.AlreadyRegistered):
            register(office, identity_number=written, name="别人")

        assert Party.objects.count() == 1

    def test_keeps_the_same_number_of_another_kind_of_document_apart(self, office):
        register(office, identity_kind="PASSPORT", identity_number="E12345678")
        register(office, identity_kind="TAIWAN_PASS", identity_number="12345678")

        assert Party.objects.count() == 2

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"name": " "}, "姓名"),
            ({"name": "<script>"}, "姓名"),
            ({"name": "林\x00女士"}, "姓名"),
            ({"name": "林" * 81}, "80"),
            ({"name": "12345"}, "文字"),
            ({"identity_number": "110105194912310021"}, "校验位"),
            ({"identity_number": ""}, "证件号码"),
            ({"identity_kind": None}, "证件类型"),
            ({"identity_kind": "LIBRARY_CARD"}, "证件类型"),
            ({"identity_kind": "CREDIT_CODE"}, "单位"),
            ({"birth_date": date(1950, 1, 1)}, "不一致"),
            ({"sex": "MALE"}, "不一致"),
            ({"sex": "OTHER"}, "性别"),
            ({"phone": "12345"}, "电话"),
            ({"email": "nobody"}, "邮箱"),
            ({"language": "tlh"}, "语言"),
            ({"kind": "ROBOT"}, "类别"),
            ({"office_id": 999999}, "机构"),
            ({"agent_id": 999999}, "代理人"),
            (
                {"identity_kind": None, "identity_number": "", "birth_date": date(2027, 1, 1)},
                "出生日期",
            ),
            (
                {"identity_kind": None, "identity_number": "", "birth_date": date(1850, 1, 1)},
                "出生日期",
            ),
        ],
    )
    def test_refuses_wrong_particulars_and_changes_nothing(self, office, wrong, says):
        with pytest.raises(people.BadParticulars, match=says):
            register(office, **wrong)

        assert not Party.objects.exists()
        assert not Event.objects.filter(kind__startswith="people.party").exists()

    def test_never_repeats_a_number_in_a_refusal(self, office):
        with pytest.raises(people.BadParticulars) as caught:
            register(office, identity_number="110105194912310021")

        assert "1949" not in f"{caught.value.message}{caught.value.hint}"

    def test_registers_an_organisation_by_its_credit_code(self, office):
        party = register(
            office, kind="ORGANISATION", name="某某科技有限公司", identity_kind="CREDIT_CODE",
            identity_number="91350100M000100Y43", phone="13812345678",
        )  # fmt: skip

        view = queries.get_party(party)
        assert view.masked_name == "某某科技有限公司"
        assert not view.signs_in

    def test_lets_one_grown_up_sign_in_with_a_shared_phone(self, office):
        first = register(office, phone="13812345678")
        second = make.party(office, phone="13812345678")
        child = make.party(
            office, phone="13899998888", identity_number=make.resident_id(date(2015, 1, 1))
        )

        assert [queries.get_party(p).signs_in for p in (first, second, child)] == [
            True,
            False,
            False,
        ]

    @pytest.mark.parametrize(
        ("born", "signs_in"), [(date(2008, 3, 4), True), (date(2008, 3, 5), False)]
    )
    def test_signs_in_from_the_eighteenth_birthday(self, office, born, signs_in):
        party = make.party(office, identity_number=make.resident_id(born))

        assert queries.get_party(party).signs_in is signs_in


class TestRegisterParties:
    def told(self, office, count):
        return [
            NewParty(
                name="林客户", office_id=office, phone=make.mobile(),
                identity_kind="RESIDENT_ID", identity_number=make.resident_id(date(1950 + n // 400, 1, 2)),
            )
            for n in range(count)
        ]  # fmt: skip

    def test_registers_a_thousand_in_a_fixed_number_of_statements_and_in_order(
        self, office, django_assert_num_queries
    ):
        everybody = self.told(office, 1000)
        with django_assert_num_queries(6):
            ids = people.register_parties(parties=everybody, actor=SYSTEM, at=NOON)

        assert len(set(ids)) == 1000
        for n in (0, 500, 999):
            assert (
                people.unmask(
                    actor=Ref("party", ids[n]),
                    party_id=ids[n],
                    field="identity",
                    reason="OWN_DATA",
                    at=NOON,
                )
                == everybody[n].identity_number
            )
        assert Event.objects.filter(kind="people.party_registered").count() == 1000

    def test_registers_all_or_none_and_says_which_is_wrong(self, office):
        everybody = self.told(office, 3)
        everybody[1] = NewParty(name="", office_id=office)

        with pytest.raises(people.BadParticulars, match="第2条"):
            people.register_parties(parties=everybody, actor=SYSTEM, at=NOON)

        assert not Party.objects.exists()

    def test_refuses_the_same_person_twice_in_one_call(self, office):
        [one] = self.told(office, 1)

        with pytest.raises(people.AlreadyRegistered):
            people.register_parties(parties=[one, one], actor=SYSTEM, at=NOON)

        assert not Party.objects.exists()

    def test_lets_one_of_a_family_in_the_same_call_sign_in(self, office):
        parents = [
            NewParty(name="林客户", office_id=office, phone="13812345678", identity_kind="RESIDENT_ID",
                     identity_number=make.resident_id()) for _ in range(2)
        ]  # fmt: skip
        ids = people.register_parties(parties=parents, actor=SYSTEM, at=NOON)

        assert [queries.get_party(p).signs_in for p in ids] == [True, False]

    def test_is_nothing_for_nobody_and_too_much_beyond_a_thousand(self, office):
        assert people.register_parties(parties=[], actor=SYSTEM, at=NOON) == []
        with pytest.raises(ValueError, match="1000"):
            people.register_parties(parties=self.told(office, 1) * 1001, actor=SYSTEM, at=NOON)


class TestChangeParty:
    def change(self, party, **changes):
        people.change_party(party_id=party, changes=changes, actor=SYSTEM, at=NOON)

    def test_changes_what_is_named_and_keeps_the_rest_and_the_earlier_row(self, cast_):
        self.change(cast_.lin, email="new@example.com")

        view = queries.get_party(cast_.lin)
        assert (view.masked_email, view.masked_phone) == ("n***@example.com", "138****5678")
        assert Event.objects.get(kind="people.party_changed").facts == {
            "party_id": cast_.lin, "fields": ["email"],
        }  # fmt: skip
        assert PartyEvent.objects.filter(pgh_obj_id=cast_.lin).count() == 1

    def test_a_new_phone_ends_the_sessions_and_signs_in(self, cast_):
        before = queries.find_signed_in(cast_.as_lin).session_epoch
        self.change(cast_.lin, phone="13911112222")

        assert queries.find_signed_in(cast_.as_lin).session_epoch == before + 1
        assert people.request_code(phone="13911112222", at=NOON).to == cast_.as_lin
        assert people.request_code(phone=cast.LIN_PHONE, at=NOON).to is None

    def test_refuses_to_take_over_the_phone_somebody_else_signs_in_with(self, cast_):
        with pytest.raises(people.PhoneSignsInSomebodyElse):
            self.change(cast_.zhou, phone=cast.LIN_PHONE)

        assert queries.get_party(cast_.zhou).masked_phone == "137****4321"

    def test_refuses_an_identity_number_of_somebody_else(self, cast_):
        number = people.unmask(
            actor=cast_.as_zhou, party_id=cast_.zhou, field="identity", reason="OWN_DATA", at=NOON
        )
        with pytest.raises(people.AlreadyRegistered):
            self.change(cast_.lin, identity_number=number)

    def test_refuses_wrong_particulars_strangers_and_unknown_fields(self, cast_):
        with pytest.raises(people.BadParticulars):
            self.change(cast_.lin, phone="123")
        with pytest.raises(queries.PartyNotFound):
            self.change(999999, name="谁")
        with pytest.raises(TypeError):
            self.change(cast_.lin, signs_in=True)

    def test_moves_a_customer_to_another_office_and_agent(self, cast_):
        self.change(cast_.lin, office_id=cast_.branch_b, agent_id=cast_.qian)

        assert queries.see_party(cast_.bais_access, cast_.lin).agent_id == cast_.qian
        with pytest.raises(queries.PartyNotFound):
            queries.see_party(cast_.chens_access, cast_.lin)

    def test_set_preferences_keeps_language_and_large_type(self, cast_):
        people.set_preferences(
            party_id=cast_.lin, language="en", large_type=True, actor=cast_.as_lin, at=NOON
        )

        view = queries.get_party(cast_.lin)
        assert (view.language, view.large_type) == ("en", True)
        with pytest.raises(Refusal):
            people.set_preferences(party_id=cast_.lin, language="tlh", actor=cast_.as_lin, at=NOON)


class TestSeeingAndFinding:
    def test_each_viewer_sees_their_own_and_nobody_else(self, cast_):
        lead = make.agent(cast_.branch_a, name="主管", leads=True)
        seen_by = {
            "chen": cast_.chens_access,
            "bai": cast_.bais_access,
            "luo": queries.staff_access(cast_.luo),
            "wei": queries.agent_access(cast_.wei),
            "lead": queries.agent_access(lead),
            "qian": queries.agent_access(cast_.qian),
            "lin": cast_.as_lin,
            "zhou": cast_.as_zhou,
            "provider": Ref("provider", 1),
        }

        def may(viewer):
            try:
                return queries.see_party(viewer, cast_.lin).id == cast_.lin
            except queries.PartyNotFound:
                return False

        assert {name for name, viewer in seen_by.items() if may(viewer)} == {
            "chen",
            "wei",
            "lead",
            "lin",
        }

    def test_a_strangers_number_and_a_wrong_one_are_refused_in_the_same_words_and_statements(
        self, cast_, django_assert_num_queries
    ):
        viewers = [cast_.bais_access, queries.agent_access(cast_.qian), cast_.as_zhou]
        for viewer in viewers:
            refusals = []
            for number in (cast_.lin, 999_999_999):
                with django_assert_num_queries(1), pytest.raises(queries.PartyNotFound) as caught:
                    queries.see_party(viewer, number)
                refusals.append((type(caught.value), caught.value.message, caught.value.hint))
            assert refusals[0] == refusals[1]

    @pytest.mark.parametrize("text", ["13812345678", "+86 138 1234 5678", "林女", "林女士"])
    def test_search_finds_within_ones_offices_only(self, cast_, text):
        found = {p.id for p in queries.search_parties(cast_.chens_access, text, today=TODAY)}

        assert cast_.lin in found
        assert queries.search_parties(cast_.bais_access, text, today=TODAY) == []
        assert queries.search_parties(queries.staff_access(cast_.luo), text, today=TODAY) == []

    def test_search_by_phone_finds_the_whole_family_the_one_who_signs_in_first(self, cast_):
        found = [p.id for p in queries.find_party_by_phone(cast_.chens_access, cast.LIN_PHONE)]

        assert found == [cast_.lin, cast_.lin_junior]

    def test_search_by_identity_number_in_any_writing(self, office):
        party = register(office)
        access = queries.staff_access(make.staff(office, "INTAKE"))

        for text in (LIN_NUMBER, "110105491231002"):
            assert [p.id for p in queries.search_parties(access, text, today=TODAY)] == [party]
        assert queries.find_party_by_identity(access, "junk", today=TODAY) is None

    @pytest.mark.parametrize("text", ["", " ", "林", "%", "1381234", "'; --"])
    def test_search_needs_enough_to_go_by(self, cast_, text):
        assert queries.search_parties(cast_.chens_access, text, today=TODAY) == []

    def test_list_parties_reads_many_in_one_statement(self, cast_, django_assert_num_queries):
        with django_assert_num_queries(1):
            found = queries.list_parties([cast_.lin, cast_.zhou, 999_999])

        assert set(found) == {cast_.lin, cast_.zhou}

    def test_list_parties_of_agent_pages_by_id(self, cast_):
        access = queries.agent_access(cast_.wei)

        first = queries.list_parties_of_agent(access, limit=1)
        rest = queries.list_parties_of_agent(access, limit=10, after=first[-1].id)
        assert [p.id for p in first + rest] == [cast_.lin, cast_.lin_junior]

    def test_get_contact_opens_everything_for_sending_but_never_prints_it(self, cast_):
        contact = queries.get_contact(cast_.as_lin)

        assert (contact.phone, contact.email) == ("+8613812345678", "lin@example.com")
        assert "138" not in repr(contact)
        assert queries.get_contact(cast_.as_wei).phone == "+8613900000001"
        with pytest.raises(queries.PartyNotFound):
            queries.get_contact(Ref("provider", 1))
        with pytest.raises(queries.PartyNotFound):
            queries.get_contact(Ref("party", 999_999))


@pytest.mark.django_db(transaction=True)
def test_register_party_at_once_registers_a_person_once():
    office = make.office()

    def alone(_):
        try:
            return register(office, phone="13812345678")
        except Refusal as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(alone, range(4)))

    assert results.count(people.AlreadyRegistered) == 3
    assert Party.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_give_sign_in_at_once_leaves_one_who_signs_in():
    office = make.office()
    four = [make.party(office) for _ in range(4)]

    def alone(party):
        try:
            give = tx.use_case(people.give_sign_in)
            return give(party_id=party, phone="13812345678", actor=SYSTEM, at=NOON)
        except Refusal as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(alone, four))

    assert results.count(None) == 1
    assert results.count(people.PhoneSignsInSomebodyElse) == 3
    (signed_in,) = [party for party, said in zip(four, results, strict=True) if said is None]
    assert people.request_code(phone="13812345678", at=NOON).to == Ref("party", signed_in)


def test_today_is_taken_from_at_and_not_from_a_clock(office):
    born = date(2026, 3, 5)
    at = datetime(2026, 3, 5, 4, tzinfo=UTC)
    told = {"name": "宝宝", "office_id": office, "birth_date": born, "actor": SYSTEM}

    with pytest.raises(people.BadParticulars):
        people.register_party(**told, at=NOON)
    assert people.register_party(**told, at=at)
