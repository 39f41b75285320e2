"""保全故事: requests from the phone to their end, told through the operations and the worker."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.scenarios.world import card
from yilu.journal.models import Event
from yilu.kernel.refs import Ref
from yilu.letters import jobs as making
from yilu.letters import queries as letters
from yilu.messaging.models import Message
from yilu.obligations import queries as promises
from yilu.payments.models import Payout
from yilu.policies import queries as policies
from yilu.servicing import operations as servicing
from yilu.servicing import queries
from yilu.servicing.models import Request
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)


class Story:
    """A holder with a whole-life policy of some years, her insured child's, and those who help."""

    def __init__(self, world, office, sum_insured: int = 200_000) -> None:
        self.world, self.office = world, office
        self.agent = make.agent(office)
        self.lin = make.party(
            office, name="林投保", birth_date=date(1985, 6, 15), agent_id=self.agent
        )
        self.su = make.party(office, name="苏被保")
        self.policy = make.policy(
            office, product_code="whole-life", holder_id=self.lin, insured_id=self.su,
            sum_insured=Decimal(sum_insured), premium=Decimal(sum_insured) * 3 / 100, pay_years=20,
            effective_on=date(2016, 3, 4), with_social_insurance=False, agent_id=self.agent,
            rated_age=30, rated_sex="FEMALE",
        )  # fmt: skip
        self.account = card(self.lin)

    @property
    def me(self) -> Ref:
        return Ref("party", self.lin)

    def start(self, kind: str, form: dict[str, object], **given: object) -> int:
        told = {
            "party_id": self.lin, "policy_id": self.policy.id, "door": "CUSTOMER", "actor": self.me,
            "at": self.world.now,
        }  # fmt: skip
        return servicing.start_request(kind=kind, form=form, **{**told, **given})

    def loan(self, amount: str) -> int:
        return self.start("policy_loan", {"amount": amount, "account_id": str(self.account)})

    def proved(self, request_id: int) -> None:
        """The code to her phone, as it came."""
        servicing.send_code(request_id=request_id, actor=self.me, at=self.world.now)
        code = _code()
        servicing.verify_code(request_id=request_id, code=code, actor=self.me, at=self.world.now)

    def confirm(self, request_id: int, **given: object) -> str:
        told = {"actor": self.me, "at": self.world.now, **given}
        quoted = servicing.quote_request(request_id=request_id, **told)
        return servicing.confirm_request(request_id=request_id, digest=quoted.digest, **told)

    def seen(self, request_id: int) -> queries.RequestView:
        return queries.get_for_customer(request_id, self.lin, self.world.now)


def _code() -> str:
    import orjson

    from yilu.kernel import sealing
    from yilu.messaging.operations.queueing import SECRETS_PLACE

    message = Message.objects.filter(template="people.sign_in_code").latest("pk")
    return str(orjson.loads(sealing.unseal(message.secrets, SECRETS_PLACE))["code"])


@pytest.fixture
def story(world, office):
    return Story(world, office)


def told(request_id: int) -> set[str]:
    found = Message.objects.filter(about=f"servicing_request:{request_id}")
    return set(found.values_list("template", flat=True))


def test_a_loan_from_the_phone_to_the_card(world, story):
    request_id = story.loan("10000")
    story.proved(request_id)
    assert story.confirm(request_id) == "WAITING_MONEY"
    assert Payout.objects.get().purpose == "LOAN"
    with pytest.raises(servicing.AlreadyUnderWay):
        story.loan("10000")

    world.pass_(minutes=3)
    world.pass_(minutes=3)
    seen = story.seen(request_id)
    assert (seen.state_label, seen.quote.pays_customer) == ("办理完成", Decimal(10000))
    assert policies.values_on(story.policy.id, make.NOON.date()).loan_principal == Decimal(10000)
    making.render_due(world.now)
    (endorsement,) = letters.list_letters(seen.ref)
    assert (endorsement.label, endorsement.state) == ("保全批单", "ISSUED")
    assert not Item.objects.exclude(state="DONE").exists()
    assert not any(c.breached for c in promises.list_clocks(seen.ref, world.now))
    assert "servicing.done" in told(request_id)


def test_a_loan_above_the_limit_is_carried_on_by_a_person(world, office):
    story = Story(world, office, sum_insured=5_000_000)
    consultant, approver = (
        make.colleague(office, "SERVICING", amount_limit=Decimal(1_000_000)) for _ in range(2)
    )
    request_id = story.loan("350000")
    quoted = servicing.quote_request(request_id=request_id, actor=story.me, at=world.now)
    assert "300,000" in quoted.blocked
    assert Event.objects.filter(kind="servicing.self_service_blocked").count() == 1
    story.proved(request_id)
    with pytest.raises(servicing.AboveSelfService):
        story.confirm(request_id)

    servicing.continue_with(
        request_id=request_id, way="VIDEO", wish="下午三点后", actor=story.me, at=world.now
    )
    world.pass_(minutes=10)
    assert Item.objects.get(queue_id="servicing.continue").state == "OPEN"
    access, actor = consultant
    by = {"actor": actor, "at": world.now}
    servicing.take_over(request_id=request_id, access=access, **by)
    servicing.note_identity_seen(request_id=request_id, proof="VIDEO", access=access, **by)
    assert queries.get_for_staff(request_id, access, world.now).raw["amount"] == "350000.00"
    assert story.confirm(request_id, by=access, **by) == "IN_REVIEW"

    digest = Request.objects.get().digest
    with pytest.raises(servicing.OwnRequest):
        servicing.approve_request(request_id=request_id, digest=digest, access=access, **by)
    access, actor = approver
    servicing.approve_request(
        request_id=request_id, digest=digest, access=access, actor=actor, at=world.now
    )
    world.pass_(minutes=3)
    world.pass_(minutes=3)
    assert story.seen(request_id).state == "DONE"
    assert Payout.objects.get().amount == Decimal(350000)
    pledge = next(
        c for c in promises.list_clocks(story.seen(request_id).ref, world.now)
        if c.code == "pledge.servicing_continue_one_day"
    )  # fmt: skip
    assert pledge.met_at
    assert not pledge.breached


def test_beneficiaries_change_when_the_insured_agrees(world, story):
    rows = [
        {"name": "陈一", "identity": make.resident_id(), "ordinal": "1", "share": "60"},
        {"name": "陈二", "identity": make.resident_id(), "ordinal": "1", "share": "40"},
    ]
    request_id = story.start("beneficiaries", {"how": "NAMED", "shares": rows})
    assert story.confirm(request_id) == "CONFIRMED"
    world.pass_(hours=20)
    assert "servicing.second_party_asked" in told(request_id)

    su = Ref("party", story.su)
    servicing.confirm_as_second_party(request_id=request_id, actor=su, at=world.now)
    world.pass_(minutes=1)
    named = policies.policy_card(story.policy.id).beneficiaries
    assert ("陈一 60%" in named, "陈二 40%" in named) == (True, True)
    assert story.seen(request_id).state == "DONE"


def test_what_an_agent_prepared_is_confirmed_by_the_customer_alone(world, story):
    from yilu.people import queries as people

    access, actor = people.agent_access(story.agent), Ref("agent", story.agent)
    request_id = story.start(
        "contact_address", {"region": "浙江省杭州市", "street": "文三路 100 号 3 幢"}, door="AGENT",
        by=access, actor=actor,
    )  # fmt: skip
    servicing.prepare_request(request_id=request_id, by=access, actor=actor, at=world.now)
    world.pass_(hours=1)
    assert "servicing.prepared" in told(request_id)
    assert people.postal_address(story.lin) == ""

    assert story.confirm(request_id) == "DONE"
    assert people.postal_address(story.lin).endswith("3 幢")
    confirmed = Event.objects.get(kind="servicing.request_confirmed")
    assert confirmed.actor == str(story.me)


def test_a_surrender_from_ten_thousand_on_verifies_the_applicant(world, story):
    worth = policies.values_on(story.policy.id, make.NOON.date()).surrender_value
    assert worth >= 10_000
    request_id = story.start(
        "surrender", {"account_id": str(story.account), "reason": "MONEY", "understood": "yes"}
    )
    story.proved(request_id)
    assert story.confirm(request_id) == "IN_REVIEW"
    clock = next(
        c for c in promises.list_clocks(story.seen(request_id).ref, world.now)
        if c.code == "law.surrender_30_days"
    )  # fmt: skip
    assert clock.due_at.date() - world.now.date() >= timedelta(days=29)

    access, actor = make.colleague(story.office, "SERVICING")
    world.pass_(hours=2)
    servicing.approve_request(
        request_id=request_id, digest=Request.objects.get().digest, access=access, actor=actor,
        at=world.now,
    )  # fmt: skip
    world.pass_(minutes=3)
    world.pass_(minutes=3)
    assert story.seen(request_id).state == "DONE"
    assert Payout.objects.get().amount == worth
    assert policies.policy_card(story.policy.id).state == "TERMINATED"
