"""The finished file: what it says, that it is PDF/A, that it is made once and can be checked."""

import hashlib
import io
import re
from datetime import timedelta
from decimal import Decimal

import pypdf
import pypdfium2
import pytest
import zxingcpp

from tests import make
from tests.letters import desk
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.letters import composing, jobs, operations, queries, rules, storage
from yilu.letters.models import IssuedLetter
from yilu.people.rules.rights import Access, Grant
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document).replace(
            "\r\n", ""
        )
    finally:
        document.close()


def issued(kind="DECISION", **given) -> queries.LetterView:
    letter_id = desk.order(kind, **given)
    assert desk.render() == 1
    letter = queries.find_letter(letter_id)
    assert letter.state == "ISSUED"
    return letter


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (
            "DECISION",
            [
                "理赔决定通知书",
                "12,345.60",
                "壹万贰仟叁佰肆拾伍元陆角整",
                "第二十三条",
                "3 月 6 日18:00",
            ],
        ),
        (
            "DENIAL",
            [
                "不予赔付通知书",
                "在等待期内",
                "等待期九十日",
                "申请复核",
                "12378",
                "人民法院",
                "第二十四条",
            ],
        ),
        (
            "NOTHING_DUE",
            ["理赔结果通知书", "不是拒绝", "8,000 < 10,000", "已计入您的免赔额", "申请复核"],
        ),
        (
            "RESCISSION",
            ["解除保险合同通知书", "没有发生", "第一款", "不退还", "第五百六十五条", "12378"],
        ),
        (
            "MEDIATION",
            [
                "调解结果确认书",
                "肆仟贰佰元整",
                "医嘱 15 天",
                "方案金额为4,500.00元",
                "没有争议",
                "第六十五条",
            ],
        ),
        ("SUPPLEMENT", ["一次性补充资料通知书", "出院小结", "病案室盖章", "第二十二条"]),
        ("STATEMENT", ["理赔给付清单", "3,000 − 1,200 − 165.44", "1,634.56", "2631"]),
        ("GUARANTEE", ["医疗费用担保函", "20,000.00", "ZY20260301001", "仅限本次住院"]),
        (
            "REPAYMENT",
            [
                "返还款项通知书",
                "500.00",
                "伍佰元整",
                "2026年4月3日",
                "票据后来冲红",
                "FH20260001",
                "12378",
            ],
        ),
        ("CONDITIONS", ["承保条件变更通知书", "5,432.10", "50 点", "特别约定1", "撤回申请"]),
        ("EXAMINATION", ["体检及补充资料通知书", "甲状腺 B 超", "最近六个月内的报告同样有效"]),
        ("RESCINDED", ["保险合同解除通知书", "第三十七条", "2026年3月1日", "1,234.50", "12378"]),
        (
            "RETURNED",
            ["保险合同恢复通知书", "480.00", "肆佰捌拾元整", "2026年5月3日", "我的缴费", "12378"],
        ),
        (
            "LATE",
            ["逾期利息支付通知书", "第二十三条第二款", "6.58", "逾期8天", "12378", "损失超过"],
        ),
        ("YEARLY", ["保单年度报告", "2025年3月1日", "现金价值", "9,876.00"]),
        ("POSTPONED", ["延期承保通知书", "2026年9月4日", "血压不稳定", "这不是拒绝"]),
        ("REFUSAL", ["不予承保通知书", "血压已影响心脏和肾脏", "请求复核", "12378"]),
        ("POLICY", ["电子保单", "3,000,000.00", "叁佰万元整", "住院医疗保险金", "100%"]),
    ],
)
def test_says_what_it_was_told(kind, says):
    letter = issued(kind)
    text = re.sub(r"\s", "", text_of(queries.open_letter(letter.id).content))
    assert "林晓雯" in text
    assert letter.number in text
    for words in says:
        assert words.replace(" ", "") in text, words


def test_a_refusal_for_fraud_does_not_say_that_it_was_outside_the_cover():
    letter = issued("DENIAL", opening="经调查核实，所申请的保险事故没有发生，依法不给付保险金。")
    text = re.sub(r"\s", "", text_of(queries.open_letter(letter.id).content))
    assert "所申请的保险事故没有发生" in text
    assert "不属于保险合同约定的给付范围" not in text


@pytest.mark.parametrize("kind", rules.SHAPES)
def test_is_a_pdf_for_archives_with_its_font_inside(kind):
    content = queries.open_letter(issued(kind).id).content
    document = pypdf.PdfReader(io.BytesIO(content))
    metadata = document.xmp_metadata.stream.get_data().decode()
    assert re.search(r"pdfaid:part[>=\"']+2", metadata)
    assert re.search(r"pdfaid:conformance[>=\"']+B", metadata)
    assert document.trailer["/Root"]["/OutputIntents"]
    assert "/Encrypt" not in document.trailer
    fonts = [
        font.get_object()
        for page in document.pages
        for font in page["/Resources"].get_object().get("/Font", {}).get_object().values()
    ]
    assert fonts
    for font in fonts:
        descendant = font["/DescendantFonts"].get_object()[0].get_object()
        descriptor = descendant["/FontDescriptor"].get_object()
        assert "NotoSansSC" in font["/BaseFont"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert "/ToUnicode" in font


def test_the_picture_leads_to_the_public_page(settings):
    settings.PUBLIC_URL = "https://insurer.example/"
    letter = issued()
    page = pypdfium2.PdfDocument(queries.open_letter(letter.id).content)[0]
    picture = page.render(scale=3).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == f"https://insurer.example/verify/{letter.code.replace('-', '')}"


def test_anybody_can_check_it_and_learns_nothing_about_anybody():
    letter = issued()
    content = queries.open_letter(letter.id).content
    by_hash = queries.find_by_sha256(hashlib.sha256(content).hexdigest().upper())
    by_code = queries.find_by_code(letter.code.lower())

    assert by_hash == by_code
    event = Event.objects.get(kind="letters.letter_issued")
    assert by_hash.event_id == event.pk
    assert event.facts["sha256"] == by_hash.sha256 == letter.sha256
    told = repr(by_hash)
    for private in ("林晓雯", "LP1", "P1", "12,345", "claim:42"):
        assert private not in told


@pytest.mark.parametrize("wrong", ["", "x", "0" * 64, "0" * 63, "' or 1=1 --", "🙂" * 16])
def test_what_was_not_issued_is_not_found(wrong):
    issued()
    assert queries.find_by_sha256(wrong) is None
    assert queries.find_by_code(wrong) is None


def test_a_changed_copy_is_not_found():
    content = bytearray(queries.open_letter(issued().id).content)
    content[len(content) // 2] ^= 1
    assert queries.find_by_sha256(hashlib.sha256(content).hexdigest()) is None


def test_a_pending_letter_is_neither_opened_nor_found():
    letter_id = desk.order()
    with pytest.raises(operations.LetterNotReady):
        queries.open_letter(letter_id)
    assert queries.find_by_code(queries.find_letter(letter_id).code) is None
    with pytest.raises(operations.LetterNotFound):
        queries.open_letter(999_999)


def test_lies_sealed_on_the_disk(settings):
    letter = IssuedLetter.objects.get(pk=issued().id)
    raw = (settings.FILES / "letters" / letter.storage_key).read_bytes()
    assert not raw.startswith(b"%PDF")
    assert queries.open_letter(letter.pk).content.startswith(b"%PDF")


def test_a_missing_file_is_said_clearly(settings):
    letter = IssuedLetter.objects.get(pk=issued().id)
    (settings.FILES / "letters" / letter.storage_key).unlink()
    with pytest.raises(storage.FileMissing):
        queries.open_letter(letter.pk)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("where", ["before making", "after keeping the file"])
def test_killed_at_any_point_it_is_issued_once(monkeypatch, where):
    desk.order()

    def kill(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        if where == "before making":
            patch.setattr(composing, "make", kill)
        else:
            patch.setattr(operations, "record_issued", kill)
        with pytest.raises(Killed):
            desk.render()
    assert desk.render(30) == 0  # still in the dead maker's hands
    assert desk.render(121) == 1
    assert Event.objects.filter(kind="letters.letter_issued").count() == 1
    assert desk.render(400) == 0


def test_two_makers_of_one_letter_issue_it_once():
    letter_id = desk.order()
    due = operations.take_due(at=make.NOON)
    desk.render(121)
    first = queries.find_letter(letter_id)
    assert not operations.record_issued(
        letter_id=due.id, sha256="0" * 64, storage_key="x", size=1, pages=1, at=make.NOON
    )
    assert queries.find_letter(letter_id) == first


def test_the_same_order_always_makes_the_same_bytes():
    party_id = make.party(make.office())
    order = composing.Order(
        "STATEMENT", "QD1", "A" * 16, party_id, desk.facts("STATEMENT", party_id), make.NOON
    )
    assert composing.make(order) == composing.make(order)


def test_what_cannot_be_made_waits_longer_each_time_and_then_for_a_person(monkeypatch):
    letter_id = desk.order()
    with monkeypatch.context() as patch:
        patch.setattr(composing, "make", _no_font)
        for second in (0, 20, 50, 100, 200, 400, 4000):
            desk.render(second)
    letter = IssuedLetter.objects.select_related("party").get()
    assert (letter.state, letter.attempts, letter.problem) == ("FAILED", 5, "NoFont")
    item = Item.objects.get()
    assert (item.queue_id, item.subject) == ("claims.letter", f"letter:{letter_id}")

    again = {"letter_id": letter_id, "actor": desk.CLERK, "at": make.NOON + timedelta(seconds=4500)}
    office = letter.party.office_id
    for role, place in (("REGISTRAR", office), ("UNDERWRITER", office), ("ASSESSOR", office + 1)):
        assert queries.find_failed(letter_id, _access(role, place)) is None
        with pytest.raises(NotAllowed):
            operations.make_again(access=_access(role, place), **again)
    assessor = _access("ASSESSOR", office)
    assert queries.find_failed(letter_id, assessor).problem == "NoFont"
    assert queries.find_failed(letter_id, _access("OPERATOR", office))
    operations.make_again(access=assessor, **again)
    desk.render(5000)
    assert queries.find_letter(letter_id).state == "ISSUED"
    item.refresh_from_db()
    assert item.state == "DONE"
    with pytest.raises(operations.LetterNotFailed):
        operations.make_again(access=assessor, **again)
    with pytest.raises(operations.LetterNotFound):
        operations.make_again(access=assessor, **{**again, "letter_id": 0})


def _access(role, office_id):
    grant = Grant(role, frozenset({office_id}), Decimal(0))
    return Access(7, "clerk", "职员", office_id, 1, (grant,))


def _no_font(_):
    raise composing.NoFont


def test_a_name_beyond_the_font_is_marked_and_named():
    party_id = make.party(make.office(), name="王\U0002ceb9明")
    letter = issued(party_id=party_id)
    text = text_of(queries.open_letter(letter.id).content)
    assert "王〓明" in text
    assert "U+2CEB9" in text


def test_rare_names_within_the_font_are_printed():
    party_id = make.party(make.office(), name="张𬭎喆")
    assert "张𬭎喆" in text_of(queries.open_letter(issued(party_id=party_id).id).content)


def test_what_looks_like_markup_is_printed_as_it_stands():
    event = '#import "x" *粗体* $x$ @ref <label> \\ // `code` #panic()'
    text = text_of(queries.open_letter(issued(event=event).id).content)
    for part in ("#import", "*粗体*", "$x$", "@ref", "<label>", "// `code`", "#panic()"):
        assert part in text


def test_a_long_statement_goes_on_over_pages_with_its_head():
    lines = [{"label": f"第{n}项", "amount": "1.00", "explanation": "说明" * 30} for n in range(80)]
    letter = issued("STATEMENT", lines=lines)
    assert letter.pages > 3
    document = pypdfium2.PdfDocument(queries.open_letter(letter.id).content)
    for page in document:
        text = page.get_textpage().get_text_bounded()
        assert f"{letter.pages}" in text
        assert letter.number in text
    assert "怎么算" in document[1].get_textpage().get_text_bounded()


def test_mark_delivered_says_once_that_the_person_has_it():
    letter = issued()
    me = Ref("party", letter.party_id)
    assert operations.mark_delivered(letter_id=letter.id, proof="opened", actor=me, at=make.NOON)
    assert not operations.mark_delivered(letter_id=letter.id, proof="again", actor=me, at=make.NOON)
    event = Event.objects.get(kind="letters.letter_delivered")
    assert (event.facts["proof"], event.party_id) == ("opened", letter.party_id)
    pending = desk.order()
    with pytest.raises(operations.LetterNotReady):
        operations.mark_delivered(letter_id=pending, proof="x", actor=me, at=make.NOON)
    with pytest.raises(operations.LetterNotFound):
        operations.mark_delivered(letter_id=999_999, proof="x", actor=me, at=make.NOON)


def test_an_erased_addressee_fails_in_words_that_name_nobody(caplog):
    letter_id = desk.order(insured_id=999_999)
    jobs.render_due(make.NOON)
    assert IssuedLetter.objects.get(pk=letter_id).problem == "PartyNotFound"
    assert "林晓雯" not in caplog.text
