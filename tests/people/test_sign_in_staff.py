"""sign_in_staff …"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from django.db import connection, connections

from tests import cast, make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.people.models import SignInAttempt, Staff
from yilu.people.operations import sign_in
from yilu.people.rules import sign_in as rules

pytestmark = pytest.mark.django_db


def totp(at=NOON):
    return pyotp.TOTP(cast.CHEN_SECRET).at(at)


def attempt(at=NOON, **given):
    told = {"username": "chen", "password": cast.CHEN_PASSWORD, "totp": totp(at)}
    return people.sign_in_staff(**{**told, **given}, at=at)


@pytest.fixture
def chen():
    return make.staff(
        make.head_office(), "ASSESSOR", username="chen",
        password=cast.CHEN_PASSWORD, totp_secret=cast.CHEN_SECRET,
    )  # fmt: skip


def test_admits_with_password_and_one_time_password(chen):
    assert attempt() == Ref("staff", chen)
    event = Event.objects.get(kind="people.signed_in")
    assert (event.subject, event.facts) == (f"staff:{chen}", {"method": "PASSWORD_TOTP"})
    assert not SignInAttempt.objects.exists()


@pytest.mark.parametrize("name", ["CHEN", " chen "])
def test_takes_the_name_in_any_case(chen, name):
    assert attempt(username=name) == Ref("staff", chen)


@pytest.mark.parametrize("seconds", [-30, 30])
def test_accepts_a_clock_one_step_off(chen, seconds):
    assert attempt(totp=totp(NOON + timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "wrong"},
        {"totp": "000000"},
        {"totp": ""},
        {"totp": "１２３４５６"},
        {"totp": "一二三四五六"},
        {"username": "nobody"},
        {"username": ""},
        {"password": ""},
    ],
)
def test_refuses_every_fault_in_the_same_words(chen, wrong):
    with pytest.raises(people.SignInRefused) as caught:
        attempt(**wrong)

    assert type(caught.value) is people.SignInRefused
    assert caught.value.message == people.SignInRefused.message
    assert not Event.objects.filter(kind="people.signed_in").exists()


def test_does_the_same_work_for_a_name_nobody_has(chen, monkeypatch, django_assert_num_queries):
    checked = []
    monkeypatch.setattr(
        sign_in.hashers, "check_password", lambda raw, encoded: checked.append(encoded) or False
    )
    sign_in._nobodys_password()
    counts = []
    for name in ("chen", "nobody"):
        with django_assert_num_queries(4), pytest.raises(people.SignInRefused):
            attempt(username=name)
        counts.append(len(checked))

    assert counts == [1, 2]
    assert all(encoded.split("$")[0] == checked[0].split("$")[0] for encoded in checked)


def test_refuses_the_same_one_time_password_twice(chen):
    attempt()

    with pytest.raises(people.SignInRefused):
        attempt()
    with pytest.raises(people.SignInRefused):
        attempt(at=NOON + timedelta(seconds=29), totp=totp())
    assert attempt(at=NOON + timedelta(seconds=30))


def test_refuses_an_earlier_step_after_a_later_one(chen):
    attempt(totp=totp(NOON + timedelta(seconds=30)))

    with pytest.raises(people.SignInRefused):
        attempt(totp=totp())


def test_refuses_somebody_without_a_one_time_password_generator():
    make.staff(make.head_office(), username="bare", password=cast.CHEN_PASSWORD)

    with pytest.raises(people.SignInRefused):
        attempt(username="bare", totp="")


def test_refuses_somebody_who_left(chen):
    people.let_staff_go(staff_id=chen, actor=SYSTEM, at=NOON)

    with pytest.raises(people.SignInRefused):
        attempt()


class TestLocking:
    def fail(self, times, at=NOON, username="chen"):
        for _ in range(times):
            with pytest.raises(people.SignInRefused):
                attempt(at=at, username=username, password="wrong")

    def test_makes_the_name_wait_after_five_failures_even_with_the_right_password(self, chen):
        self.fail(5)

        with pytest.raises(people.SignInWaits):
            attempt()
        with pytest.raises(people.SignInWaits):
            attempt(at=NOON + timedelta(seconds=59))
        assert attempt(at=NOON + timedelta(seconds=60)) == Ref("staff", chen)
        locked = Event.objects.get(kind="people.sign_in_locked")
        assert locked.facts["failures"] == 5

    def test_waits_twice_as_long_each_time(self, chen):
        at = NOON
        self.fail(5)
        for seconds in (60, 120, 240):
            at += timedelta(seconds=seconds)
            with pytest.raises(people.SignInWaits):
                attempt(at=at - timedelta(seconds=1))
            self.fail(1, at=at)

    def test_locks_a_name_nobody_has_just_the_same(self):
        self.fail(5, username="nobody")

        with pytest.raises(people.SignInWaits):
            attempt(username="nobody")
        assert not Event.objects.exists()

    def test_keeps_no_name_that_was_tried(self):
        self.fail(1, username="nobody")

        assert "nobody" not in SignInAttempt.objects.get().subject

    def test_forgets_failures_after_a_success(self, chen):
        self.fail(4)
        attempt()
        self.fail(4, at=NOON + timedelta(minutes=1))

        assert attempt(at=NOON + timedelta(minutes=1))

    def test_forgets_failures_after_a_day(self, chen):
        self.fail(4)
        self.fail(1, at=NOON + timedelta(hours=25))

        assert attempt(at=NOON + timedelta(hours=25))

    def test_an_administrator_may_let_somebody_try_again(self, chen):
        self.fail(5)
        people.unlock_sign_in(staff_id=chen, actor=SYSTEM, at=NOON)

        assert attempt()

    def test_limits_one_network_address_whatever_the_names(self):
        allowed = rules.SIGN_IN_LIMITS_BY_ADDRESS[0].times
        refusals = []
        for n in range(allowed + 2):
            with pytest.raises(Refusal) as caught:
                people.sign_in_staff(
                    username=f"name{n}", password="x", totp="x", at=NOON, address="192.0.2.1"
                )
            refusals.append(type(caught.value))

        assert refusals == [people.SignInRefused] * allowed + [people.TooOften] * 2


class TestTotpSetUp:
    def test_shows_recovery_codes_each_of_which_admits_once(self, chen):
        made = people.set_up_totp(staff_id=chen, actor=Ref("staff", chen), at=NOON)
        code = made.recovery_codes[0]

        with pytest.raises(people.SignInRefused):
            attempt()  # the old generator is out
        assert attempt(totp=code.lower()) == Ref("staff", chen)
        with pytest.raises(people.SignInRefused):
            attempt(totp=code)
        assert attempt(totp=pyotp.TOTP(made.secret).at(NOON)) == Ref("staff", chen)
        assert code not in str(list(Event.objects.values_list("facts", flat=True)))

    def test_anew_makes_the_earlier_codes_useless(self, chen):
        old = people.set_up_totp(staff_id=chen, actor=SYSTEM, at=NOON).recovery_codes[0]
        people.set_up_totp(staff_id=chen, actor=SYSTEM, at=NOON)

        with pytest.raises(people.SignInRefused):
            attempt(totp=old)

    def test_for_somebody_else_takes_the_right_to_administer(self, chen):
        stranger = make.staff(make.head_office(), "ASSESSOR")

        with pytest.raises(Refusal):
            people.set_up_totp(staff_id=chen, actor=Ref("staff", stranger), at=NOON)


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

    def test_one_one_time_password_admits_one_of_many(self):
        chen = make.staff(
            make.head_office(),
            username="chen",
            password=cast.CHEN_PASSWORD,
            totp_secret=cast.CHEN_SECRET,
        )
        results = self.together(attempt, 4)

        assert results.count(Ref("staff", chen)) == 1

    def test_guessing_in_parallel_gains_no_extra_tries(self):
        make.staff(
            make.head_office(),
            username="chen",
            password=cast.CHEN_PASSWORD,
            totp_secret=cast.CHEN_SECRET,
        )
        results = self.together(lambda: attempt(password="wrong"), 12)

        assert results.count(people.SignInRefused) == rules.PASSWORD_TRIES
        assert results.count(people.SignInWaits) == 12 - rules.PASSWORD_TRIES


def test_nothing_secret_is_written_anywhere_in_the_clear(chen):
    attempt()
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(s)::text from people_staff s")
        rows = str(cursor.fetchall())

    assert cast.CHEN_SECRET not in rows
    assert Staff.objects.get(pk=chen).totp_step > 0
