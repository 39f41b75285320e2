"""An agreement about a claim is put in words, signed with one's own phone, or not signed at all."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.claims import hard
from tests.claims.hard import told
from yilu.claims import operations, queries
from yilu.claims.models import Agreement, Claim, Recovery
from yilu.claims.rules.agreements import digest_of, wrong_with_plan
from yilu.journal import queries as journal
from yilu.kernel import sealing
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.messaging.operations.queueing import SECRETS_PLACE

TERMS = "双方同意本次按一万元一次性给付，客户不再就同一事故请求给付。"
TODAY = date(2026, 3, 4)


@pytest.fixture
def office(insurer):
    return hard.Office(make.office())


@pytest.fixture
def claim(office):
    return make.claim_in_review(office_id=office.id)


@pytest.fixture
def signer(claim):
    return Ref("party", Claim.objects.get(pk=claim.claim_id).claimant_id)


def ask(office, claim, **given):
    wanted = {"kind": "SETTLEMENT", "terms": TERMS, "amount": Decimal(10000)} | given
    return operations.ask_agreement(**told(claim, office.chen), **wanted)


def code_of(signer: Ref) -> str:
    message = Message.objects.filter(
        recipient=str(signer), template="claims.agreement_code"
    ).latest("pk")
    return re.findall(r"\d{6}", sealing.unseal(bytes(message.secrets), SECRETS_PLACE))[0]


def send(agreement: int, signer: Ref, **more):
    digest = Agreement.objects.get(pk=agreement).digest
    wanted = {"digest": digest, "actor": signer, "at": make.NOON} | more
    return operations.send_agreement_code(agreement_id=agreement, **wanted)


def sign(agreement: int, signer: Ref, code: str, at=make.NOON) -> int:
    return operations.sign_agreement(
        agreement_id=agreement, code=code, actor=signer, at=at, door="APP"
    )


def closed(claim) -> list[str]:
    about = Ref("claim", claim.claim_id)
    return [
        e.facts["ending"] for e in journal.timeline(about) if e.kind == "claims.agreement_closed"
    ]


@pytest.mark.django_db(transaction=True)
def test_the_claimant_signs_exactly_what_was_shown_with_a_code_to_their_own_phone(
    office, claim, signer
):
    made = ask(office, claim)
    assert ask(office, claim) == made, "the same again is the same"
    shown = queries.get_agreement(made, signer.id)
    assert (shown.terms, shown.amount, shown.open) == (TERMS, Decimal("10000.00"), True)
    assert [a.id for a in queries.agreements_waiting(signer.id, claim.claim_id)] == [made]
    with pytest.raises(operations.AgreementChanged):
        send(made, signer, digest="0" * 64)
    assert "****" in send(made, signer)
    code = code_of(signer)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    stranger = Ref("party", make.party(office.id))
    for who in (stranger, office.chen[1], Ref("agent", signer.id)):
        with pytest.raises(operations.AgreementNotFound):
            sign(made, who, code)
        with pytest.raises(operations.AgreementNotFound):
            send(made, who)
    with pytest.raises(operations.AgreementNotFound):
        queries.get_agreement(made, stranger.id)
    with pytest.raises(operations.WrongSigningCode):
        sign(made, signer, wrong)
    with pytest.raises(operations.WrongSigningCode):
        sign(made, signer, code, at=make.NOON + timedelta(minutes=6))
    assert sign(made, signer, code) == claim.claim_id
    with pytest.raises(operations.AgreementNotFound):
        sign(made, signer, code)
    (signed,) = [
        e
        for e in journal.timeline(Ref("claim", claim.claim_id))
        if e.kind == "claims.agreement_signed"
    ]
    assert signed.facts["digest"] == shown.digest
    assert queries.agreements_waiting(signer.id) == ()


@pytest.mark.django_db(transaction=True)
def test_a_code_is_tried_five_times_and_sent_six_times_an_hour(office, claim, signer):
    made = ask(office, claim)
    send(made, signer)
    code = code_of(signer)
    for _try in range(5):
        with pytest.raises(operations.WrongSigningCode):
            sign(made, signer, "x")
    with pytest.raises(operations.WrongSigningCode):
        sign(made, signer, code)
    for _more in range(5):
        send(made, signer)
    with pytest.raises(operations.TooManySigningCodes):
        send(made, signer)
    send(made, signer, at=make.NOON + timedelta(hours=1))
    assert Agreement.objects.get().state == "ASKED"


@pytest.mark.django_db
def test_other_words_take_the_place_of_what_waits_and_either_side_may_end_it(office, claim, signer):
    first = ask(office, claim)
    second = ask(office, claim, amount=Decimal(12000))
    assert Agreement.objects.get(pk=first).state == "WITHDRAWN"
    with pytest.raises(operations.AgreementNotFound):
        send(first, signer)
    operations.decline_agreement(agreement_id=second, reason="金额不对", actor=signer, at=make.NOON)
    third = ask(office, claim, kind="THIRD_PARTY", terms="本人同意贵公司向医院调取本次就诊的病历。")
    assert Agreement.objects.get(pk=third).amount is None
    with pytest.raises(operations.ReasonMissing):
        operations.withdraw_agreement(**told(claim, office.chen), agreement_id=third, reason=" ")
    operations.withdraw_agreement(
        **told(claim, office.chen), agreement_id=third, reason="客户另有安排，不再需要"
    )
    assert closed(claim) == ["WITHDRAWN", "DECLINED", "WITHDRAWN"]
    with pytest.raises(operations.AgreementNotFound):
        operations.withdraw_agreement(
            **told(claim, office.chen), agreement_id=third, reason="再收回一次试试"
        )


@pytest.mark.django_db
def test_what_is_no_agreement_is_refused_and_nothing_changes(office, claim, signer):
    for given_ in (
        {"kind": "SPITE"}, {"terms": "短"}, {"terms": "长" * 4001}, {"kind": "REPAYMENT"},
    ):  # fmt: skip
        with pytest.raises(operations.BadAgreement):
            ask(office, claim, **given_)
    for amount in (None, Decimal(0), Decimal("-1"), Decimal("1.001")):
        with pytest.raises(operations.BadAmount):
            ask(office, claim, amount=amount)
    elsewhere = make.colleague(make.office(), "ASSESSOR")
    with pytest.raises(NotAllowed):
        ask(SimpleNamespace(chen=elsewhere), claim)
    assert not Agreement.objects.exists()


@pytest.mark.django_db
def test_a_plan_of_repayment_is_for_whoever_owes_and_adds_up_to_what_is_owed(office, claim):
    debtor = make.party(office.id)
    owed = Recovery.objects.create(
        claim_id=claim.claim_id, cause="CORRECTED", from_party_id=debtor, amount=Decimal(3000),
        reason="多付", state="APPROVED", proposed_by="staff:1", proposed_at=make.NOON,
        decided_by="staff:2", decided_at=make.NOON,
    )  # fmt: skip
    lines = [(date(2026, 4, 1), Decimal(1000)), (date(2026, 5, 1), Decimal(2000))]
    wanted = {"kind": "REPAYMENT", "recovery_id": owed.pk, "terms": "同意分两期返还多付的保险金。"}
    with pytest.raises(operations.BadAgreement):
        ask(office, claim, **wanted, lines=lines[:1])
    made = ask(office, claim, **wanted, lines=lines)
    shown = queries.get_agreement(made, debtor)
    assert (shown.amount, shown.lines) == (Decimal("3000.00"), tuple(lines))


amounts = st.integers(1, 999_999).map(lambda cents: Decimal(cents) / 100)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(sums=st.lists(amounts, min_size=1, max_size=6), step=st.integers(1, 40))
def test_a_plan_stands_only_with_rising_days_and_its_very_sum(sums, step):
    lines = [(TODAY + timedelta(days=step * n), each) for n, each in enumerate(sums)]
    assert wrong_with_plan(lines, sum(sums), TODAY) == ""
    assert wrong_with_plan(lines, sum(sums) + Decimal("0.01"), TODAY)
    assert wrong_with_plan(lines, sum(sums), TODAY + timedelta(days=1))
    assert wrong_with_plan([*lines, lines[-1]], sum(sums) + sums[-1], TODAY)
    assert wrong_with_plan([(TODAY, Decimal(0)), *lines[1:]], sum(sums[1:]), TODAY)
    given_ = {
        "kind": "REPAYMENT", "claim": "C1", "party_id": 1, "terms": TERMS, "amount": sum(sums),
        "lines": lines,
    }  # fmt: skip
    for change in ({"party_id": 2}, {"terms": TERMS + "。"}, {"lines": lines[1:]}, {"claim": "C2"}):
        assert digest_of(**given_ | change) != digest_of(**given_)
