"""A seat at the telephone fills in and prepares; the customer confirms on their own phone."""

import pytest

from tests import make
from tests.servicing.hall import NOON, Hall
from yilu.kernel.errors import NotAllowed
from yilu.servicing import operations as servicing
from yilu.servicing.models import Request

pytestmark = pytest.mark.django_db
FORM = {"region": "浙江省杭州市", "street": "文三路 100 号 3 幢"}


def test_a_seat_prepares_and_neither_confirms_nor_touches_what_others_prepared():
    hall = Hall()
    access, actor = make.colleague(hall.office, "CALL_AGENT")
    told = {"by": access, "actor": actor, "at": NOON}
    asked = {"policy_id": None, "door": "COUNTER"}
    mine = hall.start("contact_address", FORM, **asked, **told)
    quoted = servicing.quote_request(request_id=mine, **told)
    with pytest.raises(NotAllowed):
        servicing.confirm_request(request_id=mine, digest=quoted.digest, **told)
    with pytest.raises(NotAllowed):
        servicing.note_identity_seen(
            request_id=mine, proof="FACE", access=access, actor=actor, at=NOON
        )
    servicing.prepare_request(request_id=mine, **told)
    assert Request.objects.get().state == "PREPARED"
    far, someone = make.colleague(make.office(), "CALL_AGENT")
    for by, who in ((far, someone), make.colleague(hall.office, "CALL_AGENT")):
        with pytest.raises(NotAllowed):
            servicing.withdraw_request(request_id=mine, by=by, actor=who, at=NOON)
        with pytest.raises(NotAllowed):
            hall.start("contact_address", FORM, **asked, by=by, actor=who)
    servicing.withdraw_request(request_id=mine, **told)
    assert Request.objects.get().state == "WITHDRAWN"
