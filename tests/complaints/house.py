"""A branch that is complained about, for the tests of complaints."""

from __future__ import annotations

from datetime import timedelta

from tests import make
from tests.make import NOON
from yilu.complaints import operations as complaints
from yilu.complaints.operations import Answer, Told
from yilu.complaints.reactions import count_from_when_it_was_opened
from yilu.journal.models import Event
from yilu.journal.operations import Happened
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.obligations import queries as obligations

WORDS = "理赔材料交了三次还要补，打电话没人管。"


def after(days: float):
    return NOON + timedelta(days=days)


class House:
    """A branch with a seat, its lead, the dispute officer, and a customer who has had enough."""

    def __init__(self):
        make.standards_in_force()
        self.office = make.office()
        self.lin = make.party(self.office)
        self.me = Ref("party", self.lin)
        self.seat, self.seat_ref = make.colleague(self.office, "CALL_AGENT", username="seat")
        self.lead, self.lead_ref = make.colleague(self.office, "SERVICE_MANAGER", username="lead")
        self.officer, self.officer_ref = make.colleague(
            self.office, "COMPLAINT_OFFICER", username="officer"
        )

    def receive(self, at=NOON, by_seat=True, channel="PHONE", **told):
        given = {"business": "CLAIMS", "reason": "AGAIN", "words": WORDS, **told}
        return complaints.receive(
            party_id=self.lin, channel=channel, told=Told(**given),
            access=self.seat if by_seat else None, actor=self.seat_ref if by_seat else self.me, at=at,
        )  # fmt: skip

    def by(self, who, operation, complaint_id, at=NOON, **given):
        access, actor = getattr(self, who), getattr(self, f"{who}_ref")
        return operation(complaint_id=complaint_id, access=access, actor=actor, at=at, **given)

    def decide(self, complaint_id, who="seat", at=NOON, **given):
        told = {
            "outcome": "UPHELD", "findings": "三次通知内容不一。", "basis": "资料应一次性告知。",
            "measures": "当日办结并致歉。",
        }  # fmt: skip
        return self.by(who, complaints.decide, complaint_id, at, answer=Answer(**{**told, **given}))

    def clocks(self, complaint_id, at=NOON):
        return {
            (c.code, c.state) for c in obligations.list_clocks(Ref("complaint", complaint_id), at)
        }


def kinds():
    return list(Event.objects.filter(kind__startswith="complaints").values_list("kind", flat=True))


def arrives(complaint_id, days):
    event = Happened(
        id=1, kind="letters.letter_delivered", about=Ref("letter", 1), actor=SYSTEM, party_id=None,
        at=after(days), facts={"subject": f"complaint:{complaint_id}", "kind": "COMPLAINT"},
    )  # fmt: skip
    tx.use_case(count_from_when_it_was_opened)(event)
