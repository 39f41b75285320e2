"""What a straight-through claim costs in SQL statements does not depend on its lines."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from yilu.claims import operations
from yilu.kernel.refs import SYSTEM, Ref

pytestmark = pytest.mark.django_db(transaction=True)

REPORT_MAX = 12
WHOLE_WAY_MAX = 25


@pytest.fixture
def office(insurer):
    office_id = make.office()
    # What a process remembers is read once: calendars, tables, checklists, promises, terms.
    made = make.reported_claim(office_id=office_id)
    operations.hand_in_invoices(
        claim_id=made.claim_id, provider_id=1, invoices=[make.invoice()], actor=SYSTEM, at=make.NOON
    )
    return office_id


def sent(act):
    """The statements of a use case, BEGIN and COMMIT among them."""
    with CaptureQueriesContext(connection) as captured:
        result = act()
    # Every few seconds a process asks whether standards have changed: that is not the claim's.
    return result, len(
        [q for q in captured.captured_queries if "standards_edition" not in q["sql"]]
    )


def counts(office, lines, each):
    lin = make.insured(office)
    told = make.report(
        make.medical_policy(office, holder_id=lin).number, lin, account_id=make.account(lin)
    )
    bill = make.invoice(count=lines, each=each)
    made, report = sent(
        lambda: operations.report_claim(report=told, actor=Ref("party", lin), at=make.NOON)
    )
    done, rest = sent(
        lambda: operations.hand_in_invoices(
            claim_id=made.claim_id, provider_id=1, invoices=[bill], actor=SYSTEM, at=make.NOON
        )
    )
    assert done.state == "PAYING"
    return report, report + rest


def test_of_two_transactions(office):
    found = [
        counts(office, lines, each)
        for lines, each in ((1, "2000.00"), (4, "500.00"), (40, "50.00"))
    ]

    assert len(set(found)) == 1, found
    report, whole = found[0]
    assert report <= REPORT_MAX
    assert whole <= WHOLE_WAY_MAX


def test_of_one_transaction(office):
    found = []
    for lines, each in ((1, "2000.00"), (4, "500.00"), (40, "50.00")):
        lin = make.insured(office)
        make.consent(lin, "MEDICAL_DATA_FETCH")
        told = make.report(
            make.medical_policy(office, holder_id=lin).number, lin, account_id=make.account(lin)
        )
        bill = make.invoice(count=lines, each=each)
        (_, state), count = sent(
            lambda told=told, bill=bill: operations.report_with_invoices(
                report=told, provider_id=1, invoices=[bill], actor=Ref("provider", 1), at=make.NOON
            )
        )
        assert state == "PAYING"
        found.append(count)

    assert len(set(found)) == 1, found
    assert found[0] <= 19
