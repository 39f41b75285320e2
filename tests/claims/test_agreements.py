"""An agreement about a claim is put in words, signed with one's own phone, or not signed at all."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.claims import hard
from tests.claims.hard import told
from yilu.claims import operations, queries
from yilu.claims.models import Agreement, Claim, Decision, Recovery
from yilu.claims.operations import assess, holding
from yilu.claims.rules.agreements import digest_of, wrong_with_plan
from yilu.journal import queries as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.messaging.operations.queueing import SECRETS_PLACE
from yilu.obligations import queries as obligations
from yilu.payments import operations as payments
from yilu.payments.queries import find_receivable
from yilu.products.terms import Terms
from yilu.work.models import Item

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


def open_clock(claim, code):
    clocks = obligations.list_clocks(Ref("claim", claim.claim_id), make.NOON)
    return [clock.started_at for clock in clocks if clock.code == code]


def verdict(office, claim, **said):
    desk = queries.desk(claim.claim_id, office.chen[0], make.NOON)
    return operations.decide(
        **told(claim, office.chen), verdict=operations.Verdict(digest=desk.digest, **said)
    )


@pytest.mark.django_db(transaction=True)
def test_a_signed_settlement_binds_the_decision_to_its_sum(office, claim, signer):
    with pytest.raises(operations.MoreThanCalculated):
        ask(office, claim, amount=Decimal(99_999))
    small = make.colleague(office.id, "ASSESSOR", amount_limit=Decimal(9999))
    with pytest.raises(NotAllowed):
        ask(SimpleNamespace(chen=small), claim)
    made = ask(office, claim)
    send(made, signer)
    sign(made, signer, code_of(signer))

    card = queries.desk(claim.claim_id, office.chen[0], make.NOON).card
    assert queries.settled(card).amount == Decimal("10000.00")
    assert Item.objects.get(queue_id="claims.review").priority == 20, "the desk is called"
    started = open_clock(claim, "law.pay_ten_days")
    assert started == [make.NOON], "the law's ten days run from the signature"
    with pytest.raises(operations.DepartsFromAgreement):
        verdict(office, claim, kind="APPROVE")
    # What was not disclosed may be a ground without a rescission where both sides agreed (解释二 8).
    grounds = ("保险法16", "给付金额协议")
    decided = verdict(office, claim, kind="PARTIAL", amount=Decimal(10000), clauses=grounds)
    assert not decided.second
    kept = Decision.objects.get(pk=decided.decision_id)
    assert (kept.amount, kept.clause) == (Decimal("10000.00"), "保险法16、给付金额协议")
    assert "签署的给付金额协议" in kept.reason
    with pytest.raises(operations.NotPossibleNow):
        ask(office, claim, amount=Decimal(9000))


@pytest.mark.django_db(transaction=True)
def test_the_machine_does_not_approve_what_both_sides_settled(office, claim, signer, monkeypatch):
    agreement = ask(office, claim)
    send(agreement, signer)
    monkeypatch.setattr(Terms, "pay_by", lambda _, agreed_on: agreed_on + timedelta(days=5))
    sign(agreement, signer, code_of(signer))
    clocks = obligations.list_clocks(Ref("claim", claim.claim_id), make.NOON)
    [pay_by] = [
        day_of(each.due_at - timedelta(hours=1))
        for each in clocks
        if each.code == "law.pay_ten_days"
    ]
    assert pay_by == day_of(make.NOON) + timedelta(days=5), "as the contract says"
    Claim.objects.filter(pk=claim.claim_id).update(state="READING", reasons=[])

    @tx.use_case
    def assess_again():
        return assess.assess(holding.hold(claim.claim_id), at=make.NOON)

    assert assess_again() == "REVIEW"
    assert "BY_HAND" in Claim.objects.get(pk=claim.claim_id).reasons


def test_another_sum_than_agreed_needs_a_reason_and_a_second_person(office, claim, signer):
    made = ask(office, claim)
    send(made, signer)
    sign(made, signer, code_of(signer))
    decided = verdict(office, claim, kind="APPROVE", override_reason="法院调解书确定按理算全额给付")
    assert decided.second


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


@pytest.mark.django_db(transaction=True)
def test_a_signed_plan_sets_the_days_of_the_money_and_asks_for_each_part(office, claim):
    debtor = make.insured(office.id)
    payer = Ref("party", debtor)
    owed = Recovery.objects.create(
        claim_id=claim.claim_id, cause="CORRECTED", from_party_id=debtor, amount=Decimal(3000),
        reason="多付", state="APPROVED", proposed_by="staff:1", proposed_at=make.NOON,
        decided_by="staff:2", decided_at=make.NOON,
        receivable_id=tx.use_case(payments.open_receivable)(
            about=Ref("claim", claim.claim_id), from_party=debtor, amount=Decimal(3000),
            reason="OVERPAID", key="recovery:1", actor=office.fu[1], at=make.NOON,
        ),
    )  # fmt: skip
    lines = [(date(2026, 4, 1), Decimal(1000)), (date(2026, 5, 1), Decimal(2000))]
    made = ask(
        office, claim, kind="REPAYMENT", recovery_id=owed.pk, terms="同意分两期返还多付的保险金。",
        lines=lines,
    )  # fmt: skip
    send(made, payer)
    sign(made, payer, code_of(payer))

    def seen():
        return find_receivable(owed.receivable_id)

    assert (seen().due_on, seen().asked) == (date(2026, 4, 1), Decimal(1000))
    assert Item.objects.get(queue_id="payments.recovery").due_at == datetime(
        2026, 4, 1, 16, tzinfo=UTC
    )
    later = make.NOON + timedelta(days=25)
    assert payments.ask_for_parts(today=date(2026, 3, 28), at=later) == 0
    assert payments.ask_for_parts(today=date(2026, 3, 29), at=later + timedelta(days=1)) == 1
    assert payments.ask_for_parts(today=date(2026, 3, 30), at=later + timedelta(days=2)) == 0
    tx.use_case(payments.note_repayment)(
        receivable_id=owed.receivable_id, amount=Decimal(1500), booked_on=date(2026, 4, 1),
        key="entry:1", actor=office.fu[1], at=later,
    )  # fmt: skip
    assert (seen().due_on, seen().asked) == (date(2026, 5, 1), Decimal(1500))
    assert [back for _day, _amount, back in seen().parts] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_a_signed_authorisation_goes_with_the_order_to_an_outside_firm(office, claim, signer):
    made = ask(office, claim, kind="THIRD_PARTY", terms="本人同意贵公司向医院调取本次就诊的病历。")
    send(made, signer)
    operations.open_investigation(
        **told(claim, office.chen), reason="OTHER", question="核实住院经过"
    )
    operations.plan_step(
        **told(claim, office.cha),
        step=operations.Step(kind="THIRD_PARTY", task="核对外省就诊病历", owner_id=office.cha[0].staff_id),
    )  # fmt: skip
    assert [step.consent for step in queries.steps_with_third_parties()] == [""]
    sign(made, signer, code_of(signer))
    digest = Agreement.objects.get().digest
    assert [step.consent for step in queries.steps_with_third_parties()] == [digest]

    with pytest.raises(operations.AgreementNotFound):
        operations.take_back_authorisation(
            agreement_id=made, actor=Ref("party", make.party(office.id)), at=make.NOON
        )
    operations.take_back_authorisation(agreement_id=made, actor=signer, at=make.NOON)
    assert [step.consent for step in queries.steps_with_third_parties()] == [""]
    with pytest.raises(operations.AgreementNotFound):
        operations.take_back_authorisation(agreement_id=made, actor=signer, at=make.NOON)


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
