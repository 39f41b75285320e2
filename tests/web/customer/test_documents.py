"""交资料: each file for itself, each refusal in a sentence."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from tests.web.pages import assert_same_words, text
from yilu.documents import operations as documents
from yilu.documents.models import Upload
from yilu.documents.rules.found import Found, Recognised

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
JSON = {"Accept": "application/json"}


def pdf(name="病历.pdf", content=PDF):
    return SimpleUploadedFile(name, content, "application/pdf")


def hand_in(client, claim, *files, kind="OTHER", **more):
    return client.post(f"/c/claims/{claim}/documents", {"kind": kind, "files": list(files)}, **more)


class TestHandingIn:
    def test_takes_a_file_and_shows_it_back(self, lin, claim):
        answer = hand_in(lin, claim, pdf())
        page = text(lin.get(f"/c/claims/{claim}/documents"))

        assert answer.status_code == 302
        assert Upload.objects.get().filename == "病历.pdf"
        assert "病历.pdf" in page
        assert "先向医院索取电子票据和诊断证明" in page
        assert "查看" in page

    def test_takes_several_at_once(self, lin, claim):
        hand_in(lin, claim, pdf("a.pdf"), pdf("b.pdf", PDF + b"%2\n"))

        assert Upload.objects.count() == 2

    def test_answers_the_script_in_json(self, lin, claim):
        good = hand_in(lin, claim, pdf(), headers=JSON)
        bad = hand_in(lin, claim, pdf("x.pdf", b""), headers=JSON)

        assert good.json() == {"taken": True}
        assert bad.status_code == 422
        assert bad.json()["message"]

    def test_the_same_file_twice_is_one(self, lin, claim):
        hand_in(lin, claim, pdf())
        hand_in(lin, claim, pdf())

        assert Upload.objects.count() == 1

    def test_of_several_the_good_ones_stay_and_the_bad_ones_are_named(self, lin, claim):
        answer = hand_in(lin, claim, pdf("好.pdf"), pdf("空.pdf", b""))

        assert 400 <= answer.status_code < 500
        assert "空.pdf" in text(answer)
        assert [u.filename for u in Upload.objects.all()] == ["好.pdf"]

    @pytest.mark.parametrize(
        ("file", "kind"),
        [
            (pdf("x.pdf", b"not a pdf at all"), "OTHER"),
            (pdf("x.exe", b"MZ\x90\x00"), "OTHER"),
            (
                pdf("x.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
                "INVOICE",
            ),
            (pdf(), "NO_SUCH_KIND"),
            (pdf(), ""),
        ],
    )
    def test_what_cannot_be_is_refused_and_changes_nothing(self, lin, claim, file, kind):
        file.seek(0)
        answer = hand_in(lin, claim, file, kind=kind)

        assert 400 <= answer.status_code < 500
        assert "y-note-bad" in text(answer)
        assert not Upload.objects.exists()

    def test_too_large_is_refused(self, lin, claim):
        answer = hand_in(lin, claim, pdf("big.pdf", PDF + b"0" * (20 * 1024 * 1024)))

        assert answer.status_code == 413
        assert "20 MB" in text(answer)
        assert not Upload.objects.exists()

    def test_no_file_is_refused_with_what_to_do(self, lin, claim):
        answer = lin.post(f"/c/claims/{claim}/documents", {"kind": "OTHER"})

        assert answer.status_code == 422
        assert "请先拍照或选择文件" in text(answer)

    def test_to_a_claim_that_is_over_is_refused(self, lin, claim):
        lin.post(f"/c/claims/{claim}/withdraw")

        assert hand_in(lin, claim, pdf()).status_code == 409
        assert not Upload.objects.exists()

    def test_by_a_stranger_changes_nothing(self, zhou, claim):
        assert_same_words(hand_in(zhou, claim, pdf()), hand_in(zhou, 99999999, pdf()))
        assert not Upload.objects.exists()

    def test_by_people_whose_door_this_is_not_changes_nothing(self, browsers, claim):
        for client in browsers.outsiders:
            assert hand_in(client, claim, pdf()).status_code == 302
        assert not Upload.objects.exists()


class TestOpeningAFile:
    @pytest.fixture
    def upload(self, lin, claim):
        hand_in(lin, claim, pdf())
        return Upload.objects.get().pk

    def test_gives_it_back_and_lets_nothing_in_it_run(self, lin, claim, upload):
        answer = lin.get(f"/c/claims/{claim}/files/{upload}")

        assert answer.content == PDF
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_of_another_customer_is_not_there_in_the_same_words(self, zhou, claim, upload):
        assert_same_words(
            zhou.get(f"/c/claims/{claim}/files/{upload}"), zhou.get("/c/claims/9999/files/9999")
        )

    def test_of_another_claim_is_not_there(self, lin, claim, upload):
        assert lin.get(f"/c/claims/{claim}/files/{upload + 1}").status_code == 404


class TestUploads:
    def test_are_asked_for_again_while_some_are_being_read(self, lin, claim):
        hand_in(lin, claim, pdf(), kind="DIAGNOSIS")
        page = text(lin.get(f"/c/claims/{claim}/uploads"))

        assert 'hx-trigger="every 3s"' in page
        assert "<html" not in page

    def test_are_empty_with_a_word_on_what_to_do(self, lin, claim):
        assert "还没有交资料" in text(lin.get(f"/c/claims/{claim}/uploads"))

    def test_tick_what_something_else_says_too_and_name_two_invoices_in_one_file(self, lin, claim):
        hand_in(lin, claim, pdf(), kind="INVOICE")
        upload = Upload.objects.get().pk
        values = {
            "number": Found("number", "0012345678", "OCR", witnesses=frozenset({"QR"})),
            "payee_name": Found("payee_name", "海州市第一人民医院", "OCR"),
        }
        read = Recognised("OCR", "test", "1", "fiscal_outpatient", values)
        documents.start_reading(upload_id=upload, at=make.NOON)
        documents.record_reading(upload_id=upload, read=read, at=make.NOON)
        page = text(lin.get(f"/c/claims/{claim}/uploads"))
        ticked = dict(re.findall(r"<dt>([^<]+)</dt>\s*<dd>([^/]+)", page))
        assert "已核对" in ticked["票据号码"]
        assert "已核对" not in ticked["收款单位"]

        Upload.objects.filter(pk=upload).update(notes=["SEVERAL_INVOICES"])
        assert "您把每一张单独传一次" in text(lin.get(f"/c/claims/{claim}/uploads"))
