"""Papers beside what was read from them: items, refusals, masked numbers, the registry asked again."""

import re

import pytest

from tests import cast, make
from tests.documents import papers
from tests.documents.test_recognise import clinic_bill, photo_reading
from tests.web.signing import signed_in
from yilu.claims import operations as claims
from yilu.documents import operations, queries
from yilu.documents.models import Field, Invoice, Upload
from yilu.documents.rules.found import Found, Recognised
from yilu.journal.models import Event
from yilu.kernel.refs import Ref


@pytest.fixture
def claim(people):
    make.consent(people.lin)
    number = make.policy(people.branch_a, holder_id=people.lin).number
    made = make.claim_in_review(
        holder_id=people.lin, policy_number=number,
        invoices=[make.invoice(cast.LIN_NAME, each="6000.00", fund_paid="0.00")],
    )  # fmt: skip
    return made.claim_id


@pytest.fixture
def zhu(people):
    return signed_in(Ref("staff", make.staff(people.branch_a, "REGISTRAR")))


def handed_in(claim, people, kind, read, text):
    paper = claims.Paper(kind, f"{text}.png", papers.picture(text=text))
    [upload] = claims.hand_in_documents(
        claim_id=claim, papers=[paper], actor=people.as_lin, at=make.NOON
    ).upload_ids
    operations.record_reading(upload_id=upload, read=read, at=make.NOON)
    return upload


@pytest.fixture
def photo(claim, people):
    """A photographed invoice that a person must look at."""
    bill = clinic_bill()
    return handed_in(claim, people, "INVOICE", photo_reading(bill), "bill")


@pytest.fixture
def card(claim, people):
    """An identity card: its number is shown as a mask."""
    values = {
        "name": Found("name", cast.LIN_NAME, "OCR", 0.9),
        "identity_number": Found("identity_number", "110101199003072543", "OCR", 0.9),
    }
    read = Recognised("OCR", "t", "1", "id_card_front", values)
    return handed_in(claim, people, "ID_CARD", read, "card")


def version(upload):
    return queries.get_upload(upload).version


def lines_as_sent(upload, **changed):
    lines = queries.get_invoice(upload).lines
    return {
        "version": version(upload),
        "line_no": [*range(len(lines)), ""],
        "line_name": [*(line.name for line in lines), ""],
        "line_category": [*(line.category for line in lines), ""],
        "line_amount": [*(str(line.amount) for line in lines), ""],
        "line_self_paid": [*("" for line in lines), ""],
    } | changed


class TestItems:
    def test_are_corrected_all_at_once_and_keep_what_the_form_does_not_show(self, zhu, photo):
        before = queries.get_invoice(photo).lines
        sent = lines_as_sent(photo)
        sent["line_category"][0] = "OWN"

        answer = zhu.post(f"/staff/uploads/{photo}/lines", sent)

        after = queries.get_invoice(photo).lines
        assert answer.status_code == 200
        assert after[0].category == "OWN"
        assert [(x.name, x.amount, x.quantity) for x in after] == [
            (x.name, x.amount, x.quantity) for x in before
        ]

    def test_may_be_added_and_dropped(self, zhu, photo):
        count = len(queries.get_invoice(photo).lines)
        sent = lines_as_sent(photo)
        sent["line_name"][0] = sent["line_amount"][0] = ""
        sent["line_name"][-1], sent["line_amount"][-1] = "床位费", "35.5"
        sent["line_name"].append("诊查费")
        for column, value in (
            ("line_no", ""), ("line_category", "A"), ("line_amount", "12"), ("line_self_paid", ""),
        ):  # fmt: skip
            sent[column].append(value)

        assert zhu.post(f"/staff/uploads/{photo}/lines", sent).status_code == 200
        names = [line.name for line in queries.get_invoice(photo).lines]
        assert len(names) == count + 1
        assert names[-2:] == ["床位费", "诊查费"]

    @pytest.mark.parametrize("amount", ["1.234", "-3", "abc", ""])
    def test_that_are_none_are_refused_beside_the_form_and_nothing_changed(
        self, zhu, photo, amount
    ):
        before = queries.get_invoice(photo).lines
        sent = lines_as_sent(photo)
        sent["line_amount"][0] = amount

        answer = zhu.post(f"/staff/uploads/{photo}/lines", sent)

        assert answer.status_code == 422
        assert 'id="main"' in answer.content.decode()
        assert queries.get_invoice(photo).lines == before

    def test_of_an_older_page_or_a_torn_form_are_refused(self, zhu, photo):
        before = queries.get_invoice(photo).lines
        stale = zhu.post(f"/staff/uploads/{photo}/lines", lines_as_sent(photo, version=0))
        torn = zhu.post(f"/staff/uploads/{photo}/lines", lines_as_sent(photo, line_no=["0"]))
        assert (stale.status_code, torn.status_code) == (409, 422)
        assert queries.get_invoice(photo).lines == before


class TestRefusing:
    def test_takes_the_paper_out_of_the_claim(self, zhu, photo, claim):
        told = {"reason": "UNUSABLE", "version": version(photo)}
        answer = zhu.post(f"/staff/uploads/{photo}/refuse", told)

        assert answer.status_code == 302
        assert answer.url == f"/staff/claims/{claim}"
        upload = queries.get_upload(photo)
        assert (upload.state, upload.live) == ("REFUSED", False)

    def test_a_duplicate_names_the_first(self, zhu, photo, claim):
        first = Upload.objects.filter(subject=f"claim:{claim}").order_by("pk").first().pk
        bare = zhu.post(
            f"/staff/uploads/{photo}/refuse", {"reason": "DUPLICATE", "version": version(photo)}
        )
        assert bare.status_code == 422
        zhu.post(
            f"/staff/uploads/{photo}/refuse",
            {"reason": "DUPLICATE", "first": first, "version": version(photo)},
        )
        assert queries.get_upload(photo).first_subject == f"claim:{claim}"

    def test_another_branchs_paper_is_not_named_as_the_first(self, zhu, photo, people):
        elsewhere = make.claim_in_review(office_id=people.branch_b).claim_id
        theirs = Upload.objects.get(subject=f"claim:{elsewhere}").pk
        told = {"reason": "DUPLICATE", "first": theirs, "version": version(photo)}
        assert zhu.post(f"/staff/uploads/{photo}/refuse", told).status_code == 404
        assert queries.get_upload(photo).state == "NEEDS_PERSON"


class TestMaskedNumbers:
    def test_are_shown_for_a_reason_and_it_is_on_record(self, zhu, card):
        page = zhu.get(f"/staff/uploads/{card}").content.decode()
        assert "110101199003072543" not in page

        shown = zhu.post(
            f"/staff/uploads/{card}/show",
            {"field": "identity_number", "reason": "IDENTITY_CHECK"},
            headers={"HX-Request": "true"},
        )

        assert "110101199003072543" in shown.content.decode()
        assert "no-store" in shown.headers["Cache-Control"]
        facts = Event.objects.get(kind="documents.field_shown").facts
        assert (facts["field"], facts["reason"]) == ("identity_number", "核对身份")

    def test_without_javascript_too(self, zhu, card):
        told = {"field": "identity_number", "reason": "IDENTITY_CHECK"}
        assert (
            "110101199003072543" in zhu.post(f"/staff/uploads/{card}/show", told).content.decode()
        )

    def test_stay_masked_without_a_reason(self, zhu, card):
        for reason in ("", "CURIOUS"):
            answer = zhu.post(
                f"/staff/uploads/{card}/show", {"field": "identity_number", "reason": reason}
            )
            assert answer.status_code == 422
            assert "110101199003072543" not in answer.content.decode()
        assert not Event.objects.filter(kind="documents.field_shown").exists()


class TestTheRegistry:
    def test_is_asked_again_when_it_was_away(self, zhu, photo):
        Invoice.objects.filter(pk=photo).update(registry_state="UNAVAILABLE")
        assert "重新查验这张票据" in zhu.get(f"/staff/uploads/{photo}").content.decode()

        answer = zhu.post(f"/staff/uploads/{photo}/ask-registry")

        assert "正在向票据平台查验" in answer.content.decode()
        assert Invoice.objects.get(pk=photo).registry_state == "WAITING"

    def test_is_not_asked_about_what_is_no_invoice(self, zhu, card):
        assert zhu.post(f"/staff/uploads/{card}/ask-registry").status_code == 409


@pytest.mark.parametrize("act", ["lines", "refuse", "show", "ask-registry"])
def test_nobody_else_may_do_any_of_it(people, others, photo, act):
    theirs = signed_in(Ref("staff", make.staff(people.branch_b, "REGISTRAR")))
    before = (version(photo), Event.objects.count())
    url = f"/staff/uploads/{photo}/{act}"
    for stranger in (others.nobody, others.customer, others.agent):
        assert stranger.post(url).status_code == 302
    assert others.powerless.post(url).status_code == 403
    assert theirs.post(url, {"field": "total", "reason": "IDENTITY_CHECK"}).status_code == 404
    assert (version(photo), Event.objects.count()) == before


def test_a_field_that_says_yes_or_no_says_it_in_words(zhu, photo):
    Field.objects.create(
        upload_id=photo, name="reversed", value="0", source="XML", confidence=1, accepted_by="RULE"
    )
    page = zhu.get(f"/staff/uploads/{photo}").content.decode()
    row = re.search(r'data-field="reversed".*?</tr>', page, re.DOTALL)[0]
    assert "否" in row
    assert "<input" not in row


def test_the_places_on_the_picture_are_marked_for_each_field(zhu, photo):
    Field.objects.filter(upload_id=photo, name="total").update(box=[0.5, 0.25, 0.75, 0.3], page=1)
    page = " ".join(zhu.get(f"/staff/uploads/{photo}").content.decode().split())
    assert 'data-mark="total" x="50.00" y="25.00" width="25.00" height="5.00"' in page
