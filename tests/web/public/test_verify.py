"""单证验真: by file, by hash, by code; and never a name."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import cast, make
from tests.letters import desk
from tests.web.pages import bare, text
from yilu.journal import operations as journal_operations
from yilu.journal import queries as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters import operations as letters
from yilu.letters.models import IssuedLetter

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = b"%PDF-1.7 a letter of ours"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def letter():
    """A letter to Lin that was issued, and is in the log."""
    journal.forget_tiles()
    people = cast.assemble()
    letter_id = tx.use_case(letters.issue)(
        kind="STATEMENT",
        about=Ref("claim", 1),
        party_id=people.lin,
        facts=desk.facts("STATEMENT", people.lin),
        actor=SYSTEM,
        at=make.NOON,
    )
    tx.use_case(_issued)(letter_id)
    journal_operations.append_leaves(at=make.NOON)
    return IssuedLetter.objects.get(pk=letter_id)


def _issued(letter_id: int) -> None:
    """As the job leaves it once the PDF is made."""
    from yilu.journal import operations as journal_room
    from yilu.letters.events import LetterIssued

    IssuedLetter.objects.filter(pk=letter_id).update(
        state="ISSUED", sha256=SHA256, issued_at=make.NOON, storage_key="none"
    )
    journal_room.record(
        LetterIssued(letter_id=letter_id, subject="claim:1", kind="STATEMENT", sha256=SHA256),
        about=Ref("letter", letter_id), actor=SYSTEM, at=make.NOON,
    )  # fmt: skip


class TestVerify:
    def test_by_hash_says_it_is_unaltered(self, client, letter):
        page = text(client.get("/verify", {"sha256": SHA256}))

        assert "一个字没改过" in page
        assert SHA256 in page
        assert "下载存证证明" in page

    def test_by_code_says_we_issued_it_and_asks_for_the_file(self, client, letter):
        page = text(client.get(f"/verify/{letter.code}"))

        assert "是我们出具的" in page
        assert "用 PDF 原件比对" in page

    def test_a_code_is_read_with_its_dashes_and_in_small_letters(self, client, letter):
        typed = f" {letter.code[:4]}-{letter.code[4:]} ".lower()
        answer = client.post("/verify", {"code": typed}, follow=True)

        assert "是我们出具的" in text(answer)

    def test_by_file_hashes_it_here_and_keeps_nothing(self, client, letter):
        file = SimpleUploadedFile("x.pdf", CONTENT, "application/pdf")
        answer = client.post("/verify", {"file": file})

        assert answer.url == f"/verify?sha256={SHA256}"

    def test_names_no_person(self, client, letter):
        for answer in (
            client.get("/verify", {"sha256": SHA256}),
            client.get(f"/verify/{letter.code}"),
        ):
            assert cast.LIN_NAME not in text(answer)
            assert "林" not in text(answer)

    @pytest.mark.parametrize("wrong", ["0" * 64, "abc", "' or 1=1", "<script>"])
    def test_what_is_not_ours_is_said_in_the_same_words(self, client, letter, wrong):
        answer = client.get("/verify", {"sha256": wrong})

        assert answer.status_code == 404
        assert "没有查到这份文书" in text(answer)
        assert "<script>alert" not in text(answer)
        assert bare(answer) == bare(client.get("/verify", {"sha256": "1" * 64}))

    def test_an_unknown_code_is_not_ours(self, client, letter):
        assert client.get("/verify/AAAA-BBBB-CCCC").status_code == 404

    def test_nothing_to_check_is_refused_with_what_to_do(self, client, db):
        answer = client.post("/verify", {"code": " - "})

        assert answer.status_code == 422
        assert "验证码印在文书二维码的下方" in text(answer)


class TestProof:
    def test_is_a_file_that_checks_out(self, client, letter):
        answer = client.get(f"/verify/proof/{SHA256}")

        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert text(answer).startswith("c2sp.org/tlog-proof@v1")
        assert journal.find_checkpoint().note in text(answer)

    def test_of_what_is_not_ours_is_not_there(self, client, letter):
        assert client.get(f"/verify/proof/{'0' * 64}").status_code == 404


def test_verify_needs_nobody(client, db):
    page = text(client.get("/verify"))

    assert "单证验真" in page
    assert "data-verify" in page
