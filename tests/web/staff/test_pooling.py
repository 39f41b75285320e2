"""转全国共享作业 at the workbench: a lead opens an office's waiting work to the country, by a button."""

import re

from tests import make
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref
from yilu.work.models import Item

QUEUE = "/staff/queues/claims.review"


def test_a_lead_above_shares_what_waits_below_and_any_office_may_take_it(people, desk, chen):
    make.claim_in_review(office_id=people.branch_a)
    page = desk.lead.client.get(QUEUE).content.decode()
    offered = re.findall(r'<option value="(\d+)">', page)
    assert offered == [str(people.branch_a)]
    assert "转全国共享作业" not in chen.get(QUEUE).content.decode()
    far = signed_in(Ref("staff", make.staff(people.branch_b, "ASSESSOR")))
    assert "领取</button>" not in far.get(QUEUE).content.decode()

    desk.lead.client.post(f"{QUEUE}/pool", {"office": offered[0]})

    assert Item.objects.filter(queue_id="claims.review", pooled=True).count() == 1
    assert "转全国共享作业" not in desk.lead.client.get(QUEUE).content.decode()
    assert (
        f"/items/{Item.objects.get(queue_id='claims.review').pk}/take"
        in far.get(QUEUE).content.decode()
    )


def test_an_office_one_does_not_lead_is_not_shared(people, chen, kept_out):
    make.claim_in_review(office_id=people.branch_b)
    lead = signed_in(Ref("staff", make.staff(people.branch_a, "TEAM_LEAD")))

    kept_out(f"{QUEUE}/pool", method="post")
    assert chen.post(f"{QUEUE}/pool", {"office": people.branch_b}).status_code == 403
    assert lead.post(f"{QUEUE}/pool", {"office": people.branch_b}).status_code == 403
    assert not Item.objects.filter(pooled=True).exists()
