"""ask_for_account; what is written when money is asked back and when it came."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.claims import papers
from tests.claims.test_payout import bank, messages, paid_by_machine  # noqa: F401
from tests.payments import desk as bank_desk
from tests.payments.test_recover import opened
from yilu.claims import operations
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.payments import operations as payments
from yilu.payments.models import Payout, Receivable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def returned(lin, office, bank):  # noqa: F811
    made = paid_by_machine(lin, office, "0003")
    bank_desk.send()
    bank_desk.hear_all(bank)
    papers.react()
    return made.claim_id, Payout.objects.get().pk


def ask(returned, colleague, at=make.NOON):
    access, actor = colleague
    operations.ask_for_account(
        claim_id=returned[0], payout_id=returned[1], access=access, actor=actor, at=at
    )


def test_asks_for_an_account_once_a_day(returned, office):
    clerk = make.colleague(office, "PAYMENTS")
    ask(returned, clerk)
    ask(returned, clerk)
    told = Message.objects.get(template="payments.account_needed")
    assert told.facts["reason"] == "账户已销户或冻结"
    assert told.facts["link"].endswith(f"/c/claims/{returned[0]}/account")
    assert Event.objects.filter(kind="claims.account_asked").exists()
    ask(returned, clerk, make.NOON + timedelta(days=1))
    assert Message.objects.filter(template="payments.account_needed").count() == 2


def test_not_for_what_was_sent_again_nor_for_strangers(returned, office, lin):
    with pytest.raises(NotAllowed):
        ask(returned, make.colleague(office, "ASSESSOR"))
    with pytest.raises(NotAllowed):
        ask(returned, make.colleague(make.office(), "PAYMENTS"))
    clerk = make.colleague(office, "PAYMENTS")
    payments.reissue_rejected_payout(
        payout_id=returned[1], account_id=make.account(lin), actor=clerk[1], at=make.NOON
    )
    with pytest.raises(operations.NotReturned):
        ask(returned, clerk)
    assert not Message.objects.filter(template="payments.account_needed").exists()


def test_the_payer_is_told_why_where_to_and_with_which_remark(returned, lin):
    owed = Receivable.objects.get(pk=opened(lin, about=Ref("claim", returned[0])))
    papers.react()
    told = Message.objects.get(template="payments.repayment_asked")
    assert told.recipient == f"party:{lin}"
    assert (told.facts["amount"], told.facts["reference"]) == ("300.00", owed.reference)
    assert told.facts["reason"] == "赔付金额多付"

    tx.use_case(payments.note_repayment)(
        receivable_id=owed.pk, amount=Decimal("100.00"), booked_on=date(2026, 3, 5), key="credit:1",
        actor=SYSTEM, at=make.NOON,
    )  # fmt: skip
    papers.react()
    assert messages(returned[0])[-1] == "payments.repayment_received"
    assert Message.objects.get(template="payments.repayment_received").facts["left"] == "200.00"
