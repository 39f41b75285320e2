"""Who may come in by which door, for how long, and how a refusal is said."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from django.test import Client

from tests import cast, make
from yilu.journal.models import Event
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.access_urls")]
NOW = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)


@pytest.fixture
def cast_():
    return cast.assemble()


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sent(monkeypatch):
    """What would be sent, instead of the messaging room."""
    from yilu.web.common import sign_in

    messages = []
    monkeypatch.setattr(sign_in.messaging, "send_message", lambda **told: messages.append(told))
    return messages


def staff_in(client, **given):
    told = {
        "username": "chen",
        "password": cast.CHEN_PASSWORD,
        "totp": pyotp.TOTP(cast.CHEN_SECRET).at(datetime.now(UTC)),
    }
    return client.post("/staff/sign-in", {**told, **given})


def phone_in(client, sent, phone=cast.LIN_PHONE, door="c", **given):
    client.post(f"/{door}/sign-in/code", {"phone": phone})
    code = sent[-1]["facts"]["code"]
    return client.post(f"/{door}/sign-in", {"phone": phone, "code": code, **given})


class TestStaffSignIn:
    def test_leads_in_and_out(self, client, cast_, clock):
        assert client.get("/staff/sign-in").status_code == 200
        response = staff_in(client)

        assert (response.status_code, response.url) == (302, "/staff/")
        assert client.get("/staff/me").content.decode() == f"staff:{cast_.chen}"
        client.post("/staff/sign-out")
        assert client.get("/staff/me").status_code == 302

    def test_gives_the_session_a_new_key(self, client, cast_, clock):
        client.get("/who")
        client.session["x"] = 1
        before = client.session.session_key
        staff_in(client)

        assert client.session.session_key != before

    def test_goes_on_to_the_page_that_was_asked_for(self, client, cast_, clock):
        response = client.get("/staff/me?tab=2")
        assert response.url == "/staff/sign-in?next=%2Fstaff%2Fme%3Ftab%3D2"

        assert staff_in(client, next="/staff/me?tab=2").url == "/staff/me?tab=2"

    @pytest.mark.parametrize(
        "evil",
        ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"],
    )
    def test_never_goes_on_to_somebody_elses_page(self, client, cast_, clock, evil):
        assert staff_in(client, next=evil).url == "/staff/"

    @pytest.mark.parametrize(
        "wrong", [{"password": "wrong"}, {"totp": "000000"}, {"username": "nobody"}]
    )
    def test_shows_the_same_words_for_every_fault(self, client, cast_, clock, wrong):
        response = staff_in(client, **wrong)

        assert response.status_code == 403
        assert "用户名、密码或动态口令不正确" in response.content.decode()
        assert cast.CHEN_PASSWORD not in response.content.decode()
        assert client.get("/who").content == b"nobody"

    def test_asks_for_what_is_missing(self, client, cast_, clock):
        assert staff_in(client, password="").status_code == 422

    def test_waits_after_too_many_failures(self, client, cast_, clock):
        for _ in range(5):
            staff_in(client, password="wrong")
        response = staff_in(client)

        assert response.status_code == 429
        assert response.headers["Retry-After"]

    def test_needs_the_forms_own_token(self, cast_, clock):
        assert staff_in(Client(enforce_csrf_checks=True)).status_code == 403


class TestSessions:
    def test_staff_are_out_after_half_an_hour_of_silence(self, client, cast_, clock):
        staff_in(client)
        for _ in range(3):
            clock.shift(timedelta(minutes=29))
            assert client.get("/staff/me").status_code == 200
        clock.shift(timedelta(minutes=31))

        assert client.get("/staff/me").status_code == 302
        assert client.get("/who").content == b"nobody"

    def test_staff_are_out_after_twelve_hours_however_busy(self, client, cast_, clock):
        staff_in(client)
        for _ in range(12 * 3):
            clock.shift(timedelta(minutes=20))
            client.get("/staff/me")
        clock.shift(timedelta(minutes=1))

        assert client.get("/staff/me").status_code == 302

    def test_signing_out_everywhere_ends_the_other_browsers_too(self, cast_, clock, sent):
        phone, tablet = Client(), Client()
        phone_in(phone, sent)
        clock.shift(timedelta(minutes=2))
        phone_in(tablet, sent)

        phone.post("/c/sign-out/everywhere")

        assert phone.get("/who").content == tablet.get("/who").content == b"nobody"

    def test_somebody_who_leaves_is_out_at_once(self, client, cast_, clock):
        staff_in(client)
        people.let_staff_go(staff_id=cast_.chen, actor=SYSTEM, at=NOW)

        assert client.get("/who").content == b"nobody"

    def test_a_changed_phone_ends_the_session(self, client, cast_, clock, sent):
        phone_in(client, sent)
        people.change_party(
            party_id=cast_.lin, changes={"phone": "13911112222"}, actor=SYSTEM, at=NOW
        )

        assert client.get("/who").content == b"nobody"

    def test_a_right_taken_back_is_gone_with_the_next_request(self, client, cast_, clock):
        staff_in(client)
        assert client.get("/staff/assess").status_code == 200
        people.end_role(
            staff_id=cast_.chen, role="ASSESSOR", office_id=cast_.branch_a, actor=SYSTEM, at=NOW
        )

        assert client.get("/staff/assess").status_code == 403

    def test_reads_who_is_asking_in_one_statement_beside_the_session(
        self, client, cast_, clock, sent, django_assert_num_queries
    ):
        staff_in(client)
        with django_assert_num_queries(2):
            client.get("/staff/me")
        other = Client()
        phone_in(other, sent)
        with django_assert_num_queries(2):
            other.get("/c/me")

    def test_asks_no_database_for_somebody_unknown(self, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            client.get("/who")

    def test_a_page_for_somebody_is_kept_by_no_cache(self, client, cast_, clock):
        staff_in(client)

        assert "no-store" in client.get("/staff/me").headers["Cache-Control"]


class TestPhoneSignIn:
    def test_sends_a_code_and_leads_in(self, client, cast_, clock, sent):
        page = client.post("/c/sign-in/code", {"phone": cast.LIN_PHONE}).content.decode()

        assert "138****5678" in page
        assert sent[0]["to"] == cast_.as_lin
        assert sent[0]["template"] == "people.sign_in_code"
        code = sent[0]["facts"]["code"]
        assert re.fullmatch(r"\d{6}", code)
        assert code not in page
        response = client.post("/c/sign-in", {"phone": cast.LIN_PHONE, "code": code})
        assert (response.status_code, response.url) == (302, "/c/")
        assert client.get("/c/me").content.decode() == f"party:{cast_.lin}"

    def test_agents_come_in_by_their_own_door(self, client, cast_, clock, sent):
        phone_in(client, sent, cast.WEI_PHONE, "agent")

        assert client.get("/agent/me").content.decode() == f"agent:{cast_.wei}"

    def test_shows_the_same_page_for_a_phone_nobody_has(self, client, cast_, clock, sent):
        pages = []
        for phone in (cast.LIN_PHONE, "13812345679"):
            response = client.post("/c/sign-in/code", {"phone": phone})
            page = response.content.decode()
            page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", page)
            pages.append((response.status_code, page.replace(phone, "").replace(phone[-4:], "")))

        assert pages[0] == pages[1]
        assert len(sent) == 1

    def test_says_what_is_wrong_with_a_code_without_saying_which(self, client, cast_, clock, sent):
        client.post("/c/sign-in/code", {"phone": cast.LIN_PHONE})
        known = client.post("/c/sign-in", {"phone": cast.LIN_PHONE, "code": "000000"})
        unknown = client.post("/c/sign-in", {"phone": "13655556666", "code": "000000"})

        for response in (known, unknown):
            assert response.status_code == 403
            assert "手机号或验证码不正确" in response.content.decode()

    @pytest.mark.parametrize(("phone", "status"), [("123", 422), ("", 422), ("021-62345678", 422)])
    def test_asks_for_a_mobile_number(self, client, clock, sent, phone, status):
        assert client.post("/c/sign-in/code", {"phone": phone}).status_code == status
        assert sent == []

    def test_waits_a_minute_between_codes(self, client, cast_, clock, sent):
        client.post("/c/sign-in/code", {"phone": cast.LIN_PHONE})
        response = client.post("/c/sign-in/code", {"phone": cast.LIN_PHONE})

        assert response.status_code == 429
        assert "操作过于频繁" in response.content.decode()
        assert len(sent) == 1

    def test_coming_back_to_the_codes_page_leads_to_the_first(self, client):
        assert client.get("/c/sign-in/code").url == "/c/sign-in"

    def test_keeps_no_phone_in_the_session(self, client, cast_, clock, sent):
        phone_in(client, sent)

        assert cast.LIN_PHONE not in str(dict(client.session))

    def test_the_code_is_in_no_event(self, client, cast_, clock, sent):
        phone_in(client, sent)
        code = sent[0]["facts"]["code"]

        assert all(
            code not in str(facts) for facts in Event.objects.values_list("facts", flat=True)
        )


def test_the_code_leaves_through_the_messaging_room_and_is_kept_by_nobody(
    client, cast_, clock, monkeypatch, caplog
):
    from django.db import connection

    from yilu.web.common import sign_in

    issued = []
    request_code = people.request_code
    monkeypatch.setattr(
        sign_in.people,
        "request_code",
        lambda **told: issued.append(request_code(**told)) or issued[-1],
    )

    assert client.post("/c/sign-in/code", {"phone": cast.LIN_PHONE}).status_code == 200

    with connection.cursor() as cursor:
        cursor.execute("select m::text from messaging_message m")
        [(message,)] = cursor.fetchall()
        cursor.execute("select string_agg(c::text, '') from people_onetimecode c")
        [(code_row,)] = cursor.fetchall()
    assert f"party:{cast_.lin}" in message
    for kept in (message, code_row, caplog.text):
        assert issued[0].code not in kept
        assert cast.LIN_PHONE not in kept


class TestPreferences:
    def test_of_a_customer_follow_to_the_next_device(self, cast_, clock, sent):
        first, second = Client(), Client()
        phone_in(first, sent)
        first.post("/preferences/type", {"large": "1", "next": "/"})
        first.post("/preferences/language", {"language": "en", "next": "/"})
        clock.shift(timedelta(minutes=2))

        response = phone_in(second, sent)

        assert response.cookies["yilu_type"].value == "large"
        assert response.cookies["django_language"].value == "en"

    def test_of_this_device_are_not_overruled(self, client, cast_, clock, sent):
        people.set_preferences(party_id=cast_.lin, large_type=True, actor=cast_.as_lin, at=NOW)
        client.post("/preferences/type", {"large": "0", "next": "/"})

        assert "yilu_type" not in phone_in(client, sent).cookies


class TestDoors:
    def test_each_door_is_for_its_own_people(self, client, cast_, clock, sent):
        staff_in(client)
        assert client.get("/c/me").url.startswith("/c/sign-in")
        assert client.get("/agent/me").url.startswith("/agent/sign-in")
        phone_in(client, sent)
        assert client.get("/c/me").status_code == 200
        assert client.get("/staff/me").url.startswith("/staff/sign-in")

    def test_a_right_is_asked_for(self, client, cast_, clock):
        staff_in(client)

        assert client.get("/staff/assess").status_code == 200
        refused = client.get("/staff/system")
        assert refused.status_code == 403
        assert "您没有办理此项的权限" in refused.content.decode()

    def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(self, client):
        response = client.get(
            "/c/me",
            headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/c/claims?x=1"},
        )

        assert response.status_code == 204
        assert response.headers["HX-Redirect"] == "/c/sign-in?next=%2Fc%2Fclaims%3Fx%3D1"

    def test_a_sent_form_is_not_repeated_after_signing_in(self, client):
        assert client.post("/c/me").url == "/c/sign-in"

    def test_the_api_gets_a_problem_instead_of_a_page(self, client):
        response = client.get("/api/me")

        assert response.status_code == 401
        assert response.json()["code"] == "sign_in_needed"
        assert response.headers["WWW-Authenticate"] == "Bearer"

    def test_a_provider_comes_with_its_token(self, client):
        keys = make.provider(make.head_office())

        response = client.post("/hooks/feed", headers={"Authorization": f"Bearer {keys.token}"})
        assert response.json() == {"who": f"provider:{keys.provider_id}"}
        for header in ("", "Bearer", "Bearer wrong", f"Basic {keys.token}"):
            refused = client.post(
                "/hooks/feed", headers={"Authorization": header} if header else {}
            )
            assert (refused.status_code, refused.json()["code"]) == (401, "bad_token")


class TestSayRefusals:
    @pytest.mark.parametrize(
        ("name", "status"), [("missing", 404), ("stale", 409), ("bad", 422), ("often", 429)]
    )
    def test_as_a_page_with_status_sentence_and_hint(self, client, name, status):
        response = client.get(f"/refuse/{name}")

        assert response.status_code == status
        assert "<html" in response.content.decode()

    def test_as_a_part_of_a_page(self, client):
        response = client.get("/refuse/stale", headers={"HX-Request": "true"})

        text = response.content.decode()
        assert response.status_code == 409
        assert "<html" not in text
        assert "内容已被更新" in text
        assert "请刷新页面" in text

    @pytest.mark.parametrize("door", ["api", "hooks"])
    def test_as_a_problem_object(self, client, door):
        response = client.get(f"/{door}/refuse/stale")

        assert response.status_code == 409
        assert response.headers["Content-Type"] == "application/problem+json"
        problem = response.json()
        assert problem["code"] == "stale"
        assert problem["title"] == "内容已被更新，您看到的不是最新的"
        assert problem["detail"].startswith("请刷新页面")
        assert problem["status"] == 409

    def test_too_often_says_when_to_come_back(self, client):
        assert client.get("/api/refuse/often").headers["Retry-After"] == "60"

    def test_a_bug_is_no_refusal(self, client):
        with pytest.raises(LookupError):
            client.get("/crash")


class TestAddress:
    def test_believes_only_our_own_proxies(self, rf, settings):
        from yilu.web.common.access import address

        request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9, 10.0.0.1"})
        assert address(request) == "127.0.0.1"
        settings.PROXIES = 2
        assert address(request) == "203.0.113.9"
        settings.PROXIES = 5
        assert address(request) == "127.0.0.1"


def test_party_id_is_the_customers_own(rf, cast_):
    from yilu.web.common import access

    request = rf.get("/")
    for principal, expected in (
        (access.Principal(Ref("party", 7), "林"), 7),
        (access.Principal(Ref("agent", 7), "魏"), None),
        (None, None),
    ):
        setattr(request, access._KEPT, principal)
        if expected:
            assert access.party_id(request) == expected
        else:
            with pytest.raises(access.SignInNeeded):
                access.party_id(request)
