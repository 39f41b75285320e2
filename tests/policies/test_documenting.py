"""A policy's document says what the contract says; its holder signs for it after opening it."""

from datetime import date, timedelta
from decimal import Decimal

import pypdfium2
import pytest

from tests import make
from tests.make import NOON
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters import jobs
from yilu.letters import operations as letter_operations
from yilu.letters import queries as letters
from yilu.policies import operations as policies
from yilu.policies.models import Policy
from yilu.policies.operations import documenting
from yilu.policies.operations.documenting import NotReadYet
from yilu.policies.queries import PolicyNotFound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def holder():
    return make.party(make.office(), name="林晓雯")


@pytest.fixture
def policy(holder):
    office = make.office()
    child = make.party(office, name="林小宝")
    return make.policy(
        office, holder_id=holder, product_code="whole-life", sum_insured=Decimal(300_000), pay_years=10,
        premium=Decimal("10227.00"), effective_on=date(2026, 3, 1), with_social_insurance=False,
        agent_id=make.agent(office), beneficiaries=(policies.NewBeneficiary(party_id=child),),
    )  # fmt: skip


def document_of(policy, made=True):
    letter_id = tx.use_case(documenting.issue_document)(policy_id=policy.id, actor=SYSTEM, at=NOON)
    if made:
        assert jobs.render_due(NOON + timedelta(seconds=1)) >= 1
    return letter_id


def opened(letter_id, party_id):
    letter_operations.mark_delivered(
        letter_id=letter_id, proof="APP", actor=Ref("party", party_id), at=NOON
    )


def test_says_what_the_contract_says(policy, holder):
    letter_id = document_of(policy)
    file = letters.open_letter(letter_id)

    pages = pypdfium2.PdfDocument(file.content)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    for said in (
        policy.number, "一路传家终身寿险", "终身", "年交，交 10 年", "300,000.00", "叁拾万元整", "林小宝",
        "现金价值表", "哪些情况我们不承担责任", "15 日", "林晓雯",
    ):  # fmt: skip
        assert said in text, said
    assert letters.find_letter(letter_id).party_id == holder


def test_is_checked_by_anybody_with_its_hash(policy):
    letter_id = document_of(policy)
    seen = letters.find_letter(letter_id)

    proof = letters.find_by_sha256(seen.sha256)
    assert proof.label == "电子保单"
    assert proof.event_id is not None


def test_of_no_policy_is_refused():
    with pytest.raises(PolicyNotFound):
        tx.use_case(documenting.issue_document)(policy_id=999_999, actor=SYSTEM, at=NOON)


class TestReceipt:
    def sign(self, policy, letter_id, holder, at=NOON):
        documenting.sign_receipt(policy_id=policy.id, letter_id=letter_id, party_id=holder, at=at)

    def test_starts_the_cooling_off_period_once(self, policy, holder):
        letter_id = document_of(policy)
        opened(letter_id, holder)

        self.sign(policy, letter_id, holder)
        self.sign(policy, letter_id, holder, at=NOON + timedelta(days=3))

        assert Policy.objects.get(pk=policy.id).received_on == NOON.date()

    def test_is_not_given_before_the_contract_was_opened(self, policy, holder):
        letter_id = document_of(policy)

        with pytest.raises(NotReadYet):
            self.sign(policy, letter_id, holder)
        assert Policy.objects.get(pk=policy.id).received_on is None

    def test_is_the_holders_alone(self, policy, holder):
        letter_id = document_of(policy)
        opened(letter_id, holder)
        stranger = make.party(make.office())

        with pytest.raises(PolicyNotFound):
            self.sign(policy, letter_id, stranger)
        assert Policy.objects.get(pk=policy.id).received_on is None
