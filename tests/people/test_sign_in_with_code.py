"""request_code and sign_in_with_code …"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from tests import cast, make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM
from yilu.people import operations as people
from yilu.people import queries
from yilu.people.models import OneTimeCode

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=1)


def request(phone=cast.LIN_PHONE, at=NOON, **given):
    return people.request_code(phone=phone, at=at, **given)


def sign_in(code, phone=cast.LIN_PHONE, at=NOON, **given):
    return people.sign_in_with_code(phone=phone, code=code, at=at, **given)


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_signs_in_the_one_who_has_the_phone(cast_):
    issued = request()

    assert issued.to == cast_.as_lin
    assert sign_in(issued.code, phone="+86 138-1234-5678") == cast_.as_lin
    event = Event.objects.get(kind="people.signed_in")
    assert (event.party_id, event.facts) == (cast_.lin, {"method": "PHONE_CODE"})


def test_signs_in_agents_at_their_own_door(cast_):
    issued = request(cast.WEI_PHONE, audience="agent")

    assert issued.to == cast_.as_wei
    with pytest.raises(people.CodeRefused):
        sign_in(issued.code, cast.WEI_PHONE)
    assert sign_in(issued.code, cast.WEI_PHONE, audience="agent") == cast_.as_wei


def test_a_code_works_once(cast_):
    code = request().code
    sign_in(code)

    with pytest.raises(people.CodeRefused):
        sign_in(code)


def test_a_code_works_for_five_minutes(cast_):
    code = request().code

    with pytest.raises(people.CodeRefused):
        sign_in(code, at=NOON + timedelta(minutes=5))
    assert sign_in(code, at=NOON + timedelta(minutes=5, seconds=-1))


def test_the_sixth_try_is_refused_even_with_the_right_code(cast_):
    code = request().code
    for _ in range(5):
        with pytest.raises(people.CodeRefused):
            sign_in(wrong(code))

    with pytest.raises(people.CodeRefused):
        sign_in(code)
    assert OneTimeCode.objects.get().attempts == 5


def test_a_new_code_ends_the_earlier_one(cast_):
    first = request().code
    second = request(at=NOON + LATER).code

    with pytest.raises(people.CodeRefused):
        sign_in(first if first != second else wrong(first), at=NOON + LATER)
    assert sign_in(second, at=NOON + LATER)


def test_answers_the_same_for_a_phone_nobody_has(cast_, django_assert_num_queries):
    counts = []
    for phone in (cast.LIN_PHONE, "13655556666"):
        with django_assert_num_queries(5):
            issued = request(phone)
        counts.append(OneTimeCode.objects.count())
    assert issued.to is None
    assert counts == [1, 2]
    with pytest.raises(people.CodeRefused) as stranger:
        sign_in(issued.code, "13655556666")
    with pytest.raises(people.CodeRefused) as mistaken:
        sign_in("000000")
    assert stranger.value.message == mistaken.value.message


def test_keeps_neither_phone_nor_code_in_the_clear(cast_):
    issued = request()
    row = str(OneTimeCode.objects.values().get())

    assert issued.code not in row
    assert cast.LIN_PHONE not in row
    assert issued.code not in repr(issued)
    assert issued.code not in str(list(Event.objects.values_list("facts", flat=True)))


def test_sends_at_most_one_a_minute_and_five_an_hour_to_a_phone(cast_):
    request()
    with pytest.raises(people.TooOften):
        request(at=NOON + timedelta(seconds=59))
    for n in range(1, 5):
        request(at=NOON + n * LATER)
    with pytest.raises(people.TooOften):
        request(at=NOON + 5 * LATER)
    request(at=NOON + timedelta(hours=1))


def test_limits_a_phone_nobody_has_the_same(cast_):
    request("13655556666")

    with pytest.raises(people.TooOften):
        request("13655556666")


def test_limits_one_network_address_whatever_the_phones():
    for _ in range(30):
        request(make.mobile(), address="192.0.2.1")

    with pytest.raises(people.TooOften):
        request(make.mobile(), address="192.0.2.1")
    request(make.mobile(), address="192.0.2.2")


@pytest.mark.parametrize("phone", ["", "12345", "021-62345678", "'; drop table people_party; --"])
def test_refuses_what_is_no_mobile(phone):
    with pytest.raises(people.NotAMobile):
        request(phone)
    with pytest.raises(people.NotAMobile):
        sign_in("123456", phone)
    assert not OneTimeCode.objects.exists()


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\x00"])
def test_refuses_a_malformed_code(cast_, code):
    request()

    with pytest.raises(people.CodeRefused):
        sign_in(code)


def test_a_child_with_the_familys_phone_does_not_sign_in(cast_):
    assert queries.get_party(cast_.lin).signs_in
    assert not queries.get_party(cast_.lin_junior).signs_in


NEW_PHONE = "13911112222"


def give(party_id, phone, actor):
    tx.use_case(people.give_sign_in)(party_id=party_id, phone=phone, actor=actor, at=NOON)


def test_give_sign_in_lets_a_new_phone_in_and_the_old_one_out(cast_):
    before = queries.find_signed_in(cast_.as_lin).session_epoch

    give(cast_.lin, NEW_PHONE, cast_.as_chen)

    assert request(NEW_PHONE).to == cast_.as_lin
    assert request().to is None
    assert queries.find_signed_in(cast_.as_lin).session_epoch == before + 1
    assert Event.objects.get(kind="people.party_changed").facts == {
        "party_id": cast_.lin, "fields": ["phone", "signs_in"],
    }  # fmt: skip


def test_give_sign_in_for_a_card_made_anew_ends_the_sessions_on_the_lost_phone(cast_):
    before = queries.find_signed_in(cast_.as_lin).session_epoch

    give(cast_.lin, cast.LIN_PHONE, cast_.as_chen)

    assert request().to == cast_.as_lin
    assert queries.find_signed_in(cast_.as_lin).session_epoch == before + 1


def test_give_sign_in_refuses_a_phone_that_signs_in_another_and_does_not_say_so(cast_):
    new = make.party(cast_.branch_a, name="新主人", phone=NEW_PHONE)

    with pytest.raises(people.PhoneSignsInSomebodyElse) as refused:
        give(new, cast.LIN_PHONE, cast_.as_chen)

    assert "客户" not in f"{refused.value.message}{refused.value.hint}"
    assert request().to == cast_.as_lin
    assert queries.get_party(new).masked_phone == "139****2222"


def test_give_sign_in_serves_one_of_a_family_once_nobody_else_signs_in_with_the_phone(cast_):
    wife = make.party(cast_.branch_a, name="林太太", phone=cast.LIN_PHONE)
    assert not queries.get_party(wife).signs_in
    give(cast_.lin, NEW_PHONE, cast_.as_chen)

    give(wife, cast.LIN_PHONE, cast_.as_chen)

    assert request().to.id == wife


def test_give_sign_in_refuses_a_minor(cast_):
    with pytest.raises(people.CannotSignIn):
        give(cast_.lin_junior, NEW_PHONE, cast_.as_chen)


def test_a_phone_given_up_is_still_told_and_proves_nothing(cast_):
    gone = tx.use_case(people.still_reach)(phone=f"+86{cast.LIN_PHONE}", at=NOON)

    assert queries.get_contact(gone).phone == f"+86{cast.LIN_PHONE}"
    with pytest.raises(people.PhoneNotProved):
        people.prove_phone(party_id=0, phone=cast.LIN_PHONE, code="", at=NOON)
    assert tx.use_case(people.still_reach)(phone="", at=NOON) is None


def test_an_agent_who_left_gets_no_code(cast_):
    people.let_agent_go(agent_id=cast_.wei, successor_id=None, actor=SYSTEM, at=NOON)

    assert request(cast.WEI_PHONE, audience="agent").to is None


def test_sign_out_everywhere_raises_the_epoch_of_that_person_only(cast_):
    for who in (cast_.as_lin, cast_.as_wei, cast_.as_chen):
        before = queries.find_signed_in(who).session_epoch
        people.sign_out_everywhere(actor=who, at=NOON)
        assert queries.find_signed_in(who).session_epoch == before + 1
    assert queries.find_signed_in(cast_.as_zhou).session_epoch == 0


def test_a_rotated_key_still_lets_a_pending_code_in(settings):
    settings.SEALING_KEY = "1:old-secret-old-secret"
    lin = make.party(make.head_office(), phone=cast.LIN_PHONE)
    code = request().code
    settings.SEALING_KEY = "2:new-secret-new-secret 1:old-secret-old-secret"

    assert sign_in(code).id == lin


def test_forget_old_counters_deletes_what_no_longer_matters(cast_):
    request()
    assert people.forget_old_counters(at=NOON + timedelta(hours=1)) == 0
    assert people.forget_old_counters(at=NOON + timedelta(days=3)) >= 2
    assert not OneTimeCode.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def together(self, function, times):
        def alone(_):
            try:
                return function()
            except Refusal as refusal:
                return type(refusal)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(alone, range(times)))

    def test_one_code_signs_in_one_of_many_requests(self):
        lin = make.party(make.head_office(), phone=cast.LIN_PHONE)
        code = request().code

        results = self.together(lambda: sign_in(code), 5)

        assert [r.id for r in results if r is not people.CodeRefused] == [lin]
        assert Event.objects.filter(kind="people.signed_in").count() == 1

    def test_guessing_in_parallel_gains_no_extra_tries(self):
        make.party(make.head_office(), phone=cast.LIN_PHONE)
        code = request().code
        self.together(lambda: sign_in(wrong(code)), 12)

        assert OneTimeCode.objects.get().attempts == 5

    def test_of_many_requests_for_a_code_one_gets_it(self):
        make.party(make.head_office(), phone=cast.LIN_PHONE)

        results = self.together(request, 5)

        assert results.count(people.TooOften) == 4
