"""电子保单 in the customer's hand: open it, sign for it; nobody else's."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.make import NOON
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.letters import jobs
from yilu.policies.models import Policy
from yilu.policies.operations import documenting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contract(people):
    policy = make.policy(
        make.office(), holder_id=people.lin, product_code="whole-life", sum_insured=Decimal(300_000),
        pay_years=10, premium=Decimal("10227.00"), effective_on=date(2026, 3, 1),
        with_social_insurance=False,
    )  # fmt: skip
    tx.use_case(documenting.issue_document)(policy_id=policy.id, actor=SYSTEM, at=NOON)
    jobs.render_due(NOON + timedelta(seconds=1))
    return policy


def test_is_opened_then_signed_for(lin, contract):
    page = f"/c/policies/{contract.id}"
    unsigned = lin.get(page).content.decode()
    assert "请先打开看一看" in unsigned
    assert unsigned.index("还等您签收") < unsigned.index("保障内容</h2>")

    early = lin.post(f"{page}/receipt", follow=True).content.decode()
    assert "请先打开电子保单" in early
    assert Policy.objects.get(pk=contract.id).received_on is None

    opened = lin.get(f"{page}/document")
    assert opened["Content-Type"] == "application/pdf"
    assert opened.content.startswith(b"%PDF")

    signed = lin.post(f"{page}/receipt", follow=True).content.decode()
    assert "已签收" in signed
    assert Policy.objects.get(pk=contract.id).received_on is not None
    page = lin.get(page).content.decode()
    assert "我已阅读并签收" not in page
    assert "还等您签收" not in page


def test_is_nobody_elses(zhou, browsers, contract):
    for other in (zhou, *browsers.outsiders):
        answers = (
            other.get(f"/c/policies/{contract.id}/document"),
            other.post(f"/c/policies/{contract.id}/receipt"),
        )
        assert all(answer.status_code in (302, 403, 404) for answer in answers)
    assert Policy.objects.get(pk=contract.id).received_on is None


def test_a_yearly_report_opens_for_its_reader_alone():
    from tests import make
    from tests.web.signing import signed_in
    from yilu.kernel import tx
    from yilu.kernel.refs import SYSTEM, Ref
    from yilu.letters import operations as letters

    office = make.office()
    holder, other = make.party(office), make.party(office)
    policy = make.policy(office, holder_id=holder)
    facts = {
        "policy": "P", "product": "终身寿险", "year": "4", "from_on": "2025-03-01",
        "to_on": "2026-03-01", "rows": [{"label": "现金价值", "text": "1.00 元"}],
    }  # fmt: skip
    letter_id = tx.use_case(letters.issue)(
        kind="YEARLY", about=Ref("policy", policy.id), party_id=holder, facts=facts, actor=SYSTEM,
        at=make.NOON,
    )  # fmt: skip
    path = f"/c/policies/{policy.id}/letters/{letter_id}"
    assert signed_in(Ref("party", other)).get(path).status_code == 404
    me = signed_in(Ref("party", holder))
    assert "年度报告与通知" in me.get(f"/c/policies/{policy.id}").content.decode()
    assert me.get(path).status_code in (404, 409)  # not made yet
    assert me.get(f"/c/policies/{policy.id}/letters/{letter_id + 1}").status_code == 404
