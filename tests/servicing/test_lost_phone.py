"""Somebody lost their phone: a colleague makes sure who asks, the new phone answers, both hear of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connections

from tests import make
from tests.documents.papers import picture
from tests.make import NOON
from tests.messaging.post import Notebook
from tests.servicing.hall import Hall
from tests.servicing.test_confirm_request import people_identity
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed, Refusal
from yilu.kernel.refs import Ref
from yilu.messaging import channels, jobs
from yilu.messaging.models import Message
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.people.operations.limits import TooOften
from yilu.servicing import operations as servicing

pytestmark = pytest.mark.django_db
NEW = "13911112222"
CODE = "people.phone_proof"


class Counter(Hall):
    """The counter's way through a new phone for the customer."""

    def begin(self, phone=NEW, *, party_id=None, proof="FACE", photo=True):
        request_id = self.start(
            "contact_phone", {"phone": phone}, party_id=party_id or self.lin, policy_id=None,
            door="COUNTER", **self.us,
        )  # fmt: skip
        if proof:
            servicing.note_identity_seen(request_id=request_id, proof=proof, **self.staff())
        if proof and photo:
            servicing.add_papers(
                request_id=request_id, filename="身份证.png", content=picture(), **self.us
            )
        return request_id

    @property
    def us(self):
        return {"by": self.access, "actor": self.actor, "at": NOON}

    def send(self, request_id, **given):
        servicing.send_code_to_new_phone(request_id=request_id, **{**self.us, **given})
        return self.code(CODE)

    def prove(self, request_id, code=None, **given):
        told = {**self.us, **given}
        servicing.verify_new_phone(
            request_id=request_id, code=code or self.send(request_id, **given), **told
        )

    def hand_in(self, request_id):
        return self.confirm(request_id, **self.us)

    def phone(self, party_id=None):
        return people.get_contact(Ref("party", party_id or self.lin)).phone


@pytest.fixture
def counter():
    return Counter()


def test_the_new_phone_signs_in_the_old_one_does_not_and_both_are_told(counter):
    old = counter.phone()
    epoch = people.find_signed_in(counter.me).session_epoch
    request_id = counter.begin()
    counter.prove(request_id)

    assert counter.hand_in(request_id) == "DONE"

    assert people.find_signed_in(counter.me).session_epoch == epoch + 1
    assert (
        people_operations.request_code(phone=NEW, at=NOON + timedelta(minutes=2)).to == counter.me
    )
    assert people_operations.request_code(phone=old, at=NOON).to is None
    gone = Message.objects.get(template="servicing.phone_gone")
    assert people.get_contact(Ref.parse(gone.recipient)).phone == old
    given = Message.objects.get(template="servicing.phone_given")
    assert (given.recipient, counter.phone()) == (str(counter.me), f"+86{NEW}")


def test_the_last_word_leaves_for_the_old_phone(counter):
    old = counter.phone()
    notebook = Notebook()
    request_id = counter.begin()
    counter.prove(request_id)
    counter.hand_in(request_id)

    with channels.use({"SMS": notebook}):
        jobs.send_due(NOON + timedelta(seconds=3))

    words = {message.text: message.to.phone for message in notebook.taken}
    assert [to for text, to in words.items() if "不再用这个号码登录" in text] == [old]
    assert [to for text, to in words.items() if "验证码" in text] == [f"+86{NEW}"]
    assert [to for text, to in words.items() if "从现在起您用这个手机号登录" in text] == [
        f"+86{NEW}"
    ]


def test_how_somebody_made_sure_is_written_down(counter):
    request_id = counter.begin()
    counter.prove(request_id)
    counter.hand_in(request_id)

    facts = {e.kind: e for e in Event.objects.filter(subject=str(counter.row(request_id).ref))}
    assert facts["servicing.identity_checked"].facts["proof"] == "FACE"
    assert facts["servicing.identity_checked"].actor == str(counter.actor)
    assert facts["servicing.new_phone_proved"].actor == str(counter.actor)
    changed = Event.objects.get(kind="people.party_changed")
    assert (changed.actor, changed.facts["fields"]) == (str(counter.actor), ["phone", "signs_in"])
    assert NEW not in str(list(Event.objects.values_list("facts", flat=True)))


@pytest.mark.parametrize("proof", ["FACE", "VIDEO"])
def test_a_document_that_was_seen_leaves_its_photo(counter, proof):
    request_id = counter.begin(proof=proof, photo=False)
    counter.prove(request_id)

    with pytest.raises(servicing.DocumentMissing):
        counter.hand_in(request_id)
    assert not counter.phone().endswith(NEW)


def test_no_code_leaves_before_somebody_made_sure_who_asks(counter):
    request_id = counter.begin(proof="")

    with pytest.raises(servicing.ProofNeeded):
        counter.send(request_id)
    assert not Message.objects.filter(template=CODE).exists()


def test_a_phone_that_did_not_answer_is_not_taken(counter):
    request_id = counter.begin()
    with pytest.raises(servicing.NewPhoneNotProved):
        counter.hand_in(request_id)

    assert not counter.phone().endswith(NEW)


def test_after_five_wrong_codes_the_right_one_is_too_late(counter):
    request_id = counter.begin()
    code = counter.send(request_id)
    wrong = "000000" if code != "000000" else "111111"
    for given in (wrong, wrong, wrong, wrong, wrong, code):
        with pytest.raises(people_operations.PhoneNotProved):
            counter.prove(request_id, given)
    with pytest.raises(TooOften):
        counter.send(request_id)


def test_who_is_on_the_telephone_waits_for_a_second_colleague(counter):
    request_id = counter.begin(proof="")
    party = people.get_party(counter.lin)
    servicing.check_caller(
        request_id=request_id, identity_tail=people_identity(counter.lin)[-6:],
        birth_date=party.birth_date, **counter.staff(),
    )  # fmt: skip
    counter.prove(request_id)

    assert counter.hand_in(request_id) == "IN_REVIEW"
    assert not counter.phone().endswith(NEW)
    digest = counter.row(request_id).digest
    with pytest.raises(servicing.OwnRequest):
        servicing.approve_request(request_id=request_id, digest=digest, **counter.staff())
    servicing.approve_request(request_id=request_id, digest=digest, **counter.second())
    assert counter.phone().endswith(NEW)


def test_a_phone_that_signs_in_somebody_else_is_refused_in_words_that_tell_nothing(counter):
    taken = counter.phone(counter.su).removeprefix("+86")
    request_id = counter.begin(taken)
    counter.prove(request_id)  # until the phone has answered nothing is said of it at all

    with pytest.raises(people_operations.PhoneSignsInSomebodyElse) as refused:
        counter.hand_in(request_id)
    assert refused.value.message == "这个手机号不能用来登录"
    assert counter.row(request_id).state == "DRAFT"
    assert (
        people_operations.request_code(phone=taken, at=NOON + timedelta(minutes=2)).to
        == counter.insured
    )
    assert not Message.objects.filter(template__startswith="servicing.phone").exists()


def test_nobody_gives_a_customer_their_own_phone(counter):
    access, actor = make.colleague(counter.office, "COUNTER", phone=NEW)
    request_id = counter.begin()

    with pytest.raises(people_operations.PhoneSignsInSomebodyElse):
        counter.send(request_id, by=access, actor=actor)


def test_nobody_does_so_without_the_right_or_from_another_branch(counter):
    request_id = counter.begin()
    for by, actor in (
        make.colleague(counter.office, "CALL_AGENT"),
        make.colleague(make.office(), "SERVICING"),
    ):
        with pytest.raises(NotAllowed):
            counter.send(request_id, by=by, actor=actor)
        with pytest.raises(NotAllowed):
            counter.prove(request_id, "123456", by=by, actor=actor)
    stranger = Ref("party", counter.su)
    with pytest.raises(servicing.RequestNotFound):
        counter.send(request_id, by=None, actor=stranger)
    assert not Message.objects.filter(template=CODE).exists()


def test_what_is_then_asked_for_online_gets_its_second_look():
    counter = Counter(
        product_code="whole-life", sum_insured=Decimal(200_000), premium=Decimal("8000.00"),
        effective_on=date(2022, 3, 1), pay_years=10, with_social_insurance=False,
    )  # fmt: skip
    request_id = counter.begin()
    counter.prove(request_id)
    counter.hand_in(request_id)

    lent = counter.start("policy_loan", {"account_id": str(counter.account), "amount": "1000"})
    counter.verified(lent)
    assert counter.confirm(lent) == "IN_REVIEW"
    assert "手机号" in counter.row(lent).refer


def test_a_child_gets_a_phone_to_be_reached_by_and_does_not_sign_in(counter):
    child = make.party(
        counter.office, name="林小宝", identity_number=make.resident_id(date(2020, 1, 1))
    )
    request_id = counter.begin(party_id=child)
    counter.prove(request_id)

    assert counter.hand_in(request_id) == "DONE"
    assert counter.phone(child).endswith(NEW)
    assert not people.get_party(child).signs_in


@pytest.mark.django_db(transaction=True)
def test_two_at_once_for_one_phone_leave_it_to_one():
    counter = Counter()
    asked = {}
    for party_id in (counter.lin, counter.su):
        asked[party_id] = counter.begin(party_id=party_id)
        counter.phone_proved(asked[party_id])

    def alone(request_id):
        try:
            return counter.hand_in(request_id)
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        said = dict(zip(asked, pool.map(alone, asked.values()), strict=True))

    assert sorted(said.values()) == ["DONE", "phone_not_for_sign_in"]
    (theirs,) = [party for party, state in said.items() if state == "DONE"]
    assert people_operations.request_code(phone=NEW, at=NOON).to == Ref("party", theirs)
