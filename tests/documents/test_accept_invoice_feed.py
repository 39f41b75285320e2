from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.documents import papers
from tests.documents.conftest import ANNA, BEN, CLAIM, NOON, OTHER_CLAIM
from yilu.documents import operations, queries
from yilu.documents.models import Invoice, Upload
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import Ref

HOSPITAL = Ref("provider", 3)


@tx.use_case
def send(about=CLAIM, party_id=ANNA, **given):
    return operations.accept_invoice_feed(
        about=about,
        party_id=party_id,
        provider_id=3,
        invoice=papers.feed(**given),
        actor=HOSPITAL,
        at=NOON,
    )


@pytest.mark.django_db
class TestAcceptInvoiceFeed:
    def test_stands_at_once_with_all_its_lines(self):
        upload_id = send()
        [invoice] = queries.invoices_for(CLAIM)
        assert invoice.upload_id == upload_id
        assert invoice.settled
        assert invoice.total == Decimal("320.50")
        assert invoice.payer_name == "林小雨"
        assert [(line.name, line.category, line.amount) for line in invoice.lines] == [
            ("西药费", "A", Decimal("120.50")),
            ("检查费", "B", Decimal("150.00")),
            ("治疗费", "OWN", Decimal("50.00")),
        ]
        assert invoice.lines[1].self_paid == Decimal("15.00")
        assert queries.list_uploads(CLAIM)[0].state == "SETTLED"
        assert Event.objects.filter(kind="documents.invoice_fed").count() == 1

    def test_is_the_first_when_sent_twice(self):
        assert send() == send()
        assert Upload.objects.count() == 1
        assert Event.objects.count() == 1

    def test_is_refused_with_the_first_claim_named_when_another_claim_holds_it(self):
        send()
        second = queries.get_upload(send(about=OTHER_CLAIM, party_id=BEN, payer_name="王大力"))
        assert second.state == "REFUSED"
        assert second.refusal == "DUPLICATE"
        assert second.first_subject == str(CLAIM)
        assert str(CLAIM.id) not in second.sentence
        assert queries.invoices_for(OTHER_CLAIM) == ()
        event = Event.objects.get(kind="documents.duplicate_invoice_refused")
        assert event.facts["first_subject"] == str(CLAIM)
        assert event.facts["witness"] == "BUSINESS_KEY"

    def test_the_very_same_data_for_another_claim_is_refused_too(self):
        send()
        assert queries.get_upload(send(about=OTHER_CLAIM)).refusal == "DUPLICATE"
        assert Invoice.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_handed_in_by_many_at_once_is_one(self):
        def one(number):
            try:
                return send(about=Ref("claim", 100 + number), party_id=number)
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            ids = list(pool.map(one, range(6)))
        assert len(set(ids)) == 6
        assert Invoice.objects.filter(live=True).count() == 1
        assert Upload.objects.filter(live=True).count() == 1
        assert Event.objects.filter(kind="documents.duplicate_invoice_refused").count() == 5

    @pytest.mark.parametrize("lines", [1, 40])
    def test_costs_one_statement_whatever_the_lines(self, lines, django_assert_num_queries):
        given = [{"name": f"项目{n}", "amount": "10.00"} for n in range(lines)]
        with CaptureQueriesContext(connection) as statements:
            send(lines=given, total=str(lines * 10))
        ours = [s["sql"] for s in statements if "documents_" in s["sql"].split("journal_")[0]]
        assert len(ours) == 1, ours
        with django_assert_num_queries(1):
            assert len(queries.invoices_for(CLAIM)[0].lines) == lines

    def test_takes_todays_invoice_before_eight_in_the_morning(self):
        early = NOON.replace(day=19, hour=18)  # two in the morning of the 20th where the insurer is

        @tx.use_case
        def at_dawn():
            return operations.accept_invoice_feed(
                about=CLAIM, party_id=ANNA, provider_id=3, actor=HOSPITAL, at=early,
                invoice=papers.feed(issued_on="2026-05-20"),
            )  # fmt: skip

        assert queries.get_upload(at_dawn()).state == "SETTLED"

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"total": "320.505"}, "两位小数"),
            ({"total": "-1"}, "负数"),
            ({"total": "99999999999999"}, "金额"),
            ({"total": None}, "缺少"),
            ({"total": 320.5}, "金额"),
            ({"number": ""}, "发票号码"),
            ({"payer_name": " "}, "交款人"),
            ({"issued_on": "2026-05-21"}, "晚于今天"),
            ({"issued_on": "21/05/2026"}, "日期"),
            ({"lines": []}, "明细"),
            ({"lines": [{"name": "药费", "amount": "1.00"}]}, "不一致"),
            ({"lines": [{"name": "", "amount": "320.50"}]}, "名称"),
            ({"lines": ["药费"]}, "名称"),
            ({"kind": "CAKE"}, "种类"),
            ({"visit_kind": "HOME"}, "就诊"),
            ({"hospital_days": "many"}, "天数"),
            ({"hospital_days": "9999.95"}, "天数"),
        ],
    )
    def test_refuses_what_cannot_be_an_invoice_and_changes_nothing(self, wrong, says):
        with pytest.raises(operations.InvoiceFeedMalformed, match=says):
            send(**wrong)
        assert not Upload.objects.exists()
        assert not Event.objects.exists()
