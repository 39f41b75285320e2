"""What somebody with bad intentions tries: scripts in names, others' numbers in forms, forged headers."""

from __future__ import annotations

import io
import json
import time
import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from tests import cast, make
from tests.documents.papers import picture
from tests.house.conftest import thrown_away
from tests.web.signing import signed_in
from yilu.claims import operations as claims
from yilu.claims.models import Claim, ContactNote
from yilu.gateways import bank
from yilu.kernel import sheets
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import operations as people

SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7001*7001}}"
ALIVE = ("<script>alert", "<img src=x", "49014001")


def html_of(answer) -> str:
    return answer.content.decode()


def assert_dead(answer) -> None:
    """The words may stand there, but as words."""
    assert answer.status_code == 200, answer.status_code
    for piece in ALIVE:
        assert piece not in html_of(answer), html_of(answer).split(piece)[0][-300:]


class TestScripts:
    """in what customers, agents and staff write are shown as the words they are."""

    def test_in_a_file_name(self, world):
        lin, claim = world.browser("lin"), world.things["claim_id"]
        file = SimpleUploadedFile(f"{SCRIPT}.png".replace("/", ""), picture(text="another"))
        lin.post(f"/c/claims/{claim}/documents", {"kind": "OTHER", "files": file})

        assert_dead(lin.get(f"/c/claims/{claim}/documents"))
        assert_dead(world.browser("all_a").get(f"/staff/claims/{claim}"))

    def test_in_the_name_of_a_file_that_is_refused(self, world):
        claim = world.things["claim_id"]
        file = SimpleUploadedFile("<script>alert(1)</script>.exe", b"MZ")
        answer = world.browser("lin").post(
            f"/c/claims/{claim}/documents", {"kind": "OTHER", "files": file}
        )
        assert answer.status_code == 415
        assert "<script>alert" not in html_of(answer)

    def test_in_a_note_and_a_supplement(self, world):
        staff, claim = world.browser("all_a"), world.things["claim_id"]
        desk = f"/staff/claims/{claim}"
        note = {"kind": ContactNote.Kind.values[0], "text": SCRIPT, "third_party": "NONE"}
        assert staff.post(f"{desk}/note", note).status_code == 302
        staff.post(f"{desk}/supplement", {"kinds": ["OTHER"], "other": SCRIPT[:55], "note": SCRIPT})

        assert_dead(staff.get(desk))
        assert "&lt;script&gt;alert" in html_of(staff.get(desk)), "it was kept, as words"
        assert_dead(world.browser("lin").get(f"/c/claims/{claim}"))
        assert_dead(world.browser("wei").get(f"/agent/claims/{claim}"))

    def test_in_what_is_searched_for(self, world):
        for who, path in (
            ("all_a", "/staff/search"), ("all_a", "/staff/customers"), ("all_a", "/staff/claims"),
            ("all_a", "/staff/report"), ("all_a", "/staff/messages"), ("wei", "/agent/"),
            ("nobody", "/verify"), ("nobody", "/c/sign-in"),
        ):  # fmt: skip
            names = dict.fromkeys(("q", "state", "about", "next", "after", "code"), SCRIPT)
            answer = world.browser(who).get(path, names)
            for piece in ALIVE:
                assert piece not in html_of(answer), f"{path}: {piece}"

    def test_in_a_name_are_refused_or_dead(self, world):
        try:
            party_id = make.party(
                world.people.branch_a, name=SCRIPT[:60], agent_id=world.people.wei
            )
        except Refusal:
            return
        assert_dead(world.browser("all_a").get(f"/staff/customers/{party_id}"))
        assert_dead(world.browser("wei").get(f"/agent/customers/{party_id}"))


class TestHeaders:
    @pytest.mark.parametrize(
        "name",
        ['a"; filename=evil.html; x=".png', "a\r\nSet-Cookie: stolen=1.png", "😀" * 60 + ".png"],
    )
    def test_a_file_name_cannot_write_any(self, world, name):
        lin, claim = world.browser("lin"), world.things["claim_id"]
        upload = claims.hand_in_documents(
            claim_id=claim, papers=[claims.Paper("OTHER", name, picture(text=name))],
            actor=world.people.as_lin, at=make.NOON,
        ).upload_ids[-1]  # fmt: skip
        for who, path in (
            (lin, f"/c/claims/{claim}/files/{upload}"),
            (world.browser("all_a"), f"/staff/uploads/{upload}/file"),
        ):
            answer = who.get(path)
            said = answer.headers["Content-Disposition"]
            assert answer.status_code == 200
            assert "\r" not in said
            assert "\n" not in said
            assert "evil.html;" not in said
            assert "stolen" not in answer.cookies
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]

    def test_another_host_is_not_served(self, client):
        assert client.get("/help", headers={"host": "evil.example"}).status_code == 400

    def test_a_proxy_nobody_set_up_is_not_believed(self, rf):
        from yilu.web.common import access

        asked = rf.get("/", headers={"x-forwarded-for": "9.9.9.9"}, REMOTE_ADDR="10.0.0.1")
        assert access.address(asked) == "10.0.0.1"
        with override_settings(PROXIES=1):
            forged = rf.get(
                "/", headers={"x-forwarded-for": "1.1.1.1, 9.9.9.9"}, REMOTE_ADDR="10.0.0.1"
            )
            assert access.address(forged) == "9.9.9.9"


class TestCookies:
    def test_are_out_of_reach_of_scripts_and_other_sites(self):
        assert settings.SESSION_COOKIE_HTTPONLY
        assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
        assert settings.SESSION_COOKIE_SECURE is settings.CSRF_COOKIE_SECURE is settings.SECURE

    def test_a_session_somebody_else_chose_is_not_taken_over(self, world):
        browser = Client()
        browser.cookies["yilu_session"] = "chosen-by-the-attacker-00000000"
        browser.get("/c/sign-in")
        answer = browser.post("/c/sign-in", {"phone": cast.LIN_PHONE, "code": "000000"})
        assert answer.cookies.get("yilu_session", "") in {"", None} or (
            answer.cookies["yilu_session"].value != "chosen-by-the-attacker-00000000"
        )


class TestOthersNumbersInForms:
    """An id in a form is a wish, not a right."""

    def own_claim(self, world):
        """Zhou's own claim in branch B, and everything of Lin's to put into its forms."""
        make.consent(world.people.zhou)
        policy = make.medical_policy(world.people.branch_b, holder_id=world.people.zhou)
        return make.reported_claim(world.people.zhou, policy_number=policy.number).claim_id

    def test_lins_account_on_zhous_claim(self, world):
        claim = self.own_claim(world)
        before = Claim.objects.get(pk=claim).account_id
        hers = make.account(world.people.lin)
        answer = world.browser("zhou").post(f"/c/claims/{claim}/account", {"account": hers})

        assert answer.status_code in {404, 422}
        assert Claim.objects.get(pk=claim).account_id == before

    def test_lins_policy_in_zhous_report(self, world):
        answer = world.browser("zhou").get(
            "/c/report", {"policy": world.things["policy_id"], "type": "MEDICAL"}
        )
        assert answer.status_code == 404

    def test_lins_file_and_letter_under_zhous_claim(self, world):
        claim, things = self.own_claim(world), world.things
        for path in (f"files/{things['upload_id']}", f"letters/{things['letter_id']}"):
            assert world.browser("zhou").get(f"/c/claims/{claim}/{path}").status_code == 404

    def test_a_claim_of_another_branch_as_the_one_to_join(self, world):
        claim, hers = self.own_claim(world), world.things["claim_id"]
        branch_b = world.browser("all_b")
        answer = branch_b.post(f"/staff/claims/{claim}/merge", {"into_id": hers})
        assert answer.status_code >= 400
        assert Claim.objects.get(pk=claim).merged_into_id is None
        answer = branch_b.post(
            f"/staff/claims/{claim}/correct-account", {"account_id": make.account(world.people.lin)}
        )
        assert answer.status_code >= 400
        assert not [word for word in world.hers if word in html_of(answer)]

    def test_a_customer_of_another_branch_in_a_report_by_staff(self, world):
        branch_b, lin = world.browser("all_b"), world.things["party_id"]
        assert branch_b.get("/staff/report", {"party": lin}).status_code == 404
        told = {"party": lin, "policy": world.things["policy_id"], "type": "MEDICAL"}
        before = Claim.objects.count()
        with thrown_away():
            answer = branch_b.post(f"/staff/report?party={lin}", told)
            assert answer.status_code >= 400
            assert Claim.objects.count() == before

    def test_a_colleague_without_the_right_there_gets_no_work(self, world):
        """A right in one branch and a mere role in the other do not add up."""
        helper = make.staff(world.people.branch_b, "ASSESSOR", username="helper")
        people.grant_role(
            staff_id=helper, role="INTAKE", office_id=world.people.branch_a, amount_limit=None,
            actor=make.SYSTEM, at=make.NOON,
        )  # fmt: skip
        lead, item = world.browser("all_a"), world.things["item_id"]
        lead.post(f"/staff/items/{item}/take")
        given = {"to": helper, "reason": "请代办"}
        assert lead.post(f"/staff/items/{item}/hand-over", given).status_code == 403


class TestAmounts:
    """A sum at the desk is written in plain digits, or it is none."""

    @pytest.mark.parametrize(
        "amount",
        ["NaN", "sNaN", "Infinity", "-0.01", "0", "1e3", "1_000", "１００", "٣", "0x10", "1.005", "10 0",
         "9" * 30, "", "1;", "+", "."],
    )  # fmt: skip
    def test_that_is_none_decides_nothing(self, world, amount):
        import re

        staff, desk = world.browser("all_a"), f"/staff/claims/{world.things['claim_id']}"
        digest = re.search(r'name="digest" value="([0-9a-f]+)"', html_of(staff.get(desk)))[1]
        told = {"digest": digest, "kind": "PARTIAL", "amount": amount, "reason": "部分属于保险责任"}
        answer = staff.post(f"{desk}/decide", told)

        assert answer.status_code == 422, html_of(answer)[:2000]
        assert Claim.objects.get(pk=world.things["claim_id"]).state == "REVIEW"
        for act in ("undisputed", "ex-gratia", "calculate"):
            answer = staff.post(
                f"{desk}/{act}", {"amount": amount, "paid_elsewhere": amount, "reason": "理由充分"}
            )
            assert answer.status_code in {302, 403, 409, 422}, f"{act}: {answer.status_code}"


class TestWorkbooks:
    def test_hold_no_formula_of_a_customers_making(self, world):
        staff = world.browser("all_a")
        staff.post("/staff/tables/claims.triage/make")
        page = html_of(staff.get("/staff/tables/claims.triage/draft"))
        import re

        revision = re.search(r'name="revision" value="(\d+)"', page)
        cell = re.search(r'name="(cell:1:[^"]+)"', page)
        assert revision
        assert cell
        for text in ('=HYPERLINK("http://evil.example")', "+1+1", "@SUM(1)", "-1+1"):
            staff.post(
                "/staff/tables/claims.triage/draft/cells", {cell[1]: text, "revision": revision[1]}
            )
        for path in ("/staff/tables/claims.triage/export?draft=1", "/staff/board/export"):
            answer = staff.get(path)
            assert answer.status_code == 200
            with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
                for name in book.namelist():
                    if "worksheets/" in name:
                        assert b"<f>" not in book.read(name)


class TestTheBank:
    """Even under the right signature nothing is believed that cannot be a notice."""

    SECRET = "shared between us and the bank"

    def post(self, body: bytes, **other: str):
        stamp = str(int(time.time()))
        headers = {
            bank.TIMESTAMP_HEADER: stamp,
            bank.SIGNATURE_HEADER: bank.sign(self.SECRET, stamp, body),
        } | other
        browser = Client(raise_request_exception=False)
        with override_settings(BANK_SECRET=self.SECRET), thrown_away():
            return browser.post(
                "/hooks/bank", body, content_type="application/json", headers=headers
            )

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"id": 1}',
         *(json.dumps({"id": "m", "key": "k", "state": "SETTLED"} | change).encode() for change in (
             {"id": "a\0b"}, {"id": "\ud800"}, {"id": "x" * 65}, {"state": "PAID"}, {"amount": "NaN"},
             {"amount": "1e5"}, {"amount": [1]}, {"key": {}}, {"reference": "a\0"}, {"id": ""},
         ))],
        ids=lambda body: body[:60].decode(errors="replace").replace("\0", "0"),
    )  # fmt: skip
    def test_a_body_that_is_no_notice_is_refused(self, world, body):
        answer = self.post(body)
        assert answer.status_code == 422, answer.content[:500]
        assert answer["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize(
        ("header", "value"),
        [(bank.SIGNATURE_HEADER, ""), (bank.SIGNATURE_HEADER, "é"), (bank.SIGNATURE_HEADER, "0" * 64),
         (bank.TIMESTAMP_HEADER, "²"), (bank.TIMESTAMP_HEADER, "-1"), (bank.TIMESTAMP_HEADER, "9" * 30)],
    )  # fmt: skip
    def test_a_header_that_is_not_the_banks_is_refused(self, world, header, value):
        assert self.post(b"{}", **{header: value}).status_code == 401

    def test_without_a_secret_nobody_is_the_bank(self, world):
        body, stamp = b"{}", str(int(time.time()))
        with override_settings(BANK_SECRET=""):
            answer = Client().post(
                "/hooks/bank", body, content_type="application/json",
                headers={bank.TIMESTAMP_HEADER: stamp, bank.SIGNATURE_HEADER: bank.sign("", stamp, body)},
            )  # fmt: skip
        assert answer.status_code == 401


def test_an_agent_who_left_sees_nothing_with_the_old_browser(world):
    wei = world.browser("wei")
    assert wei.get("/agent/").status_code == 200
    people.let_agent_go(
        agent_id=world.people.wei, successor_id=None, actor=make.SYSTEM, at=make.NOON
    )
    assert wei.get("/agent/").status_code == 302


def test_a_browser_of_staff_is_no_browser_of_the_customer_they_are(world):
    """Sessions name one person of one kind: ids of different kinds may be equal."""
    same = signed_in(Ref("staff", world.people.chen))
    assert same.get(f"/c/claims/{world.things['claim_id']}").status_code == 302


class TestFarCells:
    """A few kilobytes that name a cell far away: room for all before it would take the process with it."""

    PLACES = (
        'r="XFD1048576"',
        "r='XFD1048576'",
        'r = "XFD1048576"',
        'x=">" r="XFD1048576"',
        'r="XFD1048576" x="/>"',
    )

    def book(self, place: str) -> bytes:
        out = io.BytesIO()
        book = sheets.workbook(out)
        book.add_worksheet().write_string(5, 5, "x")
        book.close()
        made = io.BytesIO()
        with zipfile.ZipFile(out) as packed, zipfile.ZipFile(made, "w") as again:
            for name in packed.namelist():
                again.writestr(name, packed.read(name).replace(b'r="F6"', place.encode()))
        return made.getvalue()

    @pytest.mark.parametrize("place", PLACES)
    def test_are_refused_before_anything_is_read(self, place):
        with pytest.raises(sheets.UnreadableSheet):
            sheets.read_sheet(self.book(place))

    def test_an_ordinary_book_is_read_and_far_empty_cells_are_nothing(self):
        assert sheets.read_sheet(self.book('r="F6"'))[5][5] == "x"
        out = io.BytesIO()
        book = sheets.workbook(out)
        page = book.add_worksheet()
        page.write_string(0, 0, "x")
        page.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
        book.close()
        assert sheets.read_sheet(out.getvalue())[0][0] == "x"

    def test_other_kinds_of_workbook_are_not_opened(self):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as packed:
            packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            packed.writestr("content.xml", "<x/>")
        with pytest.raises(sheets.UnreadableSheet):
            sheets.open_workbook(made.getvalue())
