"""What people do about a report that waits."""

from decimal import Decimal

from tests import make
from yilu.claims import operations
from yilu.claims.models import WaitingReport
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.people import queries as people_queries

TEXT = people_queries.consent_text("HEALTH_DATA").version


def keep(policy, party_id, colleague, **told):
    access, actor = colleague
    told = {"channel": "PHONE", "claimed_amount": Decimal("850.00"), **told}
    return operations.report_or_keep(
        report=make.report(policy.number, party_id, **told),
        actor=actor,
        access=access,
        at=make.NOON,
    )


def the_row():
    return WaitingReport.objects.get()


def told(template):
    return Message.objects.filter(template=template)


def agree(kept, party_id, *, at=make.NOON, version=TEXT):
    return operations.agree_to_report(
        waiting_id=kept.waiting_id, text_version=version, actor=Ref("party", party_id), at=at
    )


def refuse(kept, party_id, answer="REFUSED", **given):
    operations.refuse_report(
        waiting_id=kept.waiting_id,
        answer=answer,
        actor=Ref("party", party_id),
        at=make.NOON,
        **given,
    )


def act(operation, kept, colleague, *, at=make.NOON, **given):
    access, actor = colleague
    return operation(waiting_id=kept.waiting_id, access=access, actor=actor, at=at, **given)
