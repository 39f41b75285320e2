"""Follow every new long-term policy up within its cooling-off period (新单回访)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Q

from yilu.contact import events
from yilu.contact.models import Conversation, FollowUp, FollowUpAnswer, FollowUpAttempt, Problem
from yilu.contact.places import SAID
from yilu.contact.queries.norms import ladder_on, spares_on
from yilu.contact.refusals import BadAnswers, FollowUpNotFound, FollowUpOver, NotAtThisHour
from yilu.contact.rules import follow_ups as rules
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.people.queries import Access
from yilu.policies.queries.issued import NewContract, issued_between, new_contract
from yilu.products import queries as products
from yilu.work import operations as work

from . import problems

CALLING, VISITING = "underwriting.follow_up", "contact.follow_up_visit"
MISSED = frozenset({"NO_ANSWER", "BUSY", "SWITCHED_OFF", "WRONG_NUMBER", "NOT_HOLDER", "LATER"})
BACK_DAYS = 45
"""How far back the sweep looks for policies that nobody put on the list."""
BEGUN_AT_ONCE = 200


@tx.step
def begin(
    policy_id: int, *, at: datetime, beside_policy: int | None = None, sold_by: str = "",
    on_record: Collection[str] = (),
) -> FollowUp | None:  # fmt: skip
    """
    Put a new policy on the list, and send its holder the electronic form. Once a policy.

    ``beside_policy``: the same family's, whose talk is about this one too while it is still to come; then
    nobody is called or written to a second time. ``sold_by``: the ref of who prepared it, whom what is found
    amiss never goes to. ``on_record``: what the sale's record tells, and need not be asked again. None where
    the contract is not long-term.
    """
    contract = new_contract(policy_id)
    if contract is None:
        return None
    terms = products.get_terms(contract.product_version_id)
    if not terms.long_term:
        return None
    until = day_of(contract.issued_at) + timedelta(days=terms.cooling_off_days)
    head = _open_talk(beside_policy, contract.holder_id)
    spared = [c for c in on_record if c in rules.SPARED] if spares_on(day_of(at)) else []
    made, fresh = FollowUp.objects.get_or_create(
        policy_id=policy_id,
        defaults={
            "beside": head, "party_id": contract.holder_id, "office_id": contract.office_id,
            "agent_id": contract.agent_id, "sold_by": sold_by, "edition": rules.EDITION, "opened_at": at,
            "on_record": ",".join(spared), "until": until, "next_at": None if head else rules.next_call(0, at, ladder_on(at).hours),
        },
    )  # fmt: skip
    if not fresh:
        return made
    fact = events.FollowUpBegun(
        policy_id=policy_id, until=until.isoformat(), office_id=contract.office_id,
        issued_on=day_of(contract.issued_at).isoformat(),
    )  # fmt: skip
    _say(made, fact, SYSTEM, at)
    if head is not None:
        head.until = min(head.until, until)
        head.save(update_fields=["until"])
        return made
    _call(made, contract.number, at)
    messaging.queue(
        "contact.follow_up", to=Ref("party", contract.holder_id), about=made.ref, at=at,
        facts={"policy": contract.number, "until": until.isoformat()},
    )  # fmt: skip
    return made


def _open_talk(policy_id: int | None, holder_id: int) -> FollowUp | None:
    """The talk with this holder about that policy, where it is still to come."""
    if policy_id is None:
        return None
    found = (
        FollowUp.objects.select_for_update(of=("self",))
        .filter(policy_id=policy_id, party_id=holder_id)
        .first()
    )
    if found is not None and found.beside is not None:
        return _open_talk(found.beside.policy_id, holder_id)
    return found if found is not None and found.closed_at is None else None


def _call(row: FollowUp, number: str, at: datetime) -> None:
    work.open_item(
        CALLING, about=Ref("policy", row.policy_id), office_id=row.office_id, at=at,
        title=f"新单回访 {number}", due_at=max(rules.end_of(row.until), at), party_id=row.party_id,
    )  # fmt: skip


@tx.use_case
def sweep(*, at: datetime, after: int = 0) -> journal.Page:
    """
    Put on the list whatever new policy is not on it, however it was issued: one day's a page.

    ``after``: so many days of the window are done. Where a day has more than a transaction bears, the
    rest of it waits for the next time.
    """
    if after > BACK_DAYS:
        return journal.Page(0, 0)
    today = day_of(at)
    day = today - timedelta(days=BACK_DAYS - after)
    issued = [c for c in issued_between(day, day) if _may_need(c, today)]
    known = set(
        FollowUp.objects.filter(policy_id__in=[c.id for c in issued]).values_list(
            "policy_id", flat=True
        )
    )
    missing = [c.id for c in issued if c.id not in known]
    begun = sum(begin(policy_id, at=at) is not None for policy_id in missing[:BEGUN_AT_ONCE])
    return journal.Page(begun, after + 1)


@tx.use_case
def note_attempt(
    *, follow_up_id: int, outcome: str, kind: str = "CALL", conversation_id: int | None = None,
    call_again_at: datetime | None = None, access: Access, actor: Ref, at: datetime,
) -> str:  # fmt: skip
    """
    A try that did not complete the follow-up: nobody answered, wrong number, later. The state then.

    A wrong number, and the last call in vain, become a problem case of the sales side; the branch
    goes there meanwhile.

    :raises FollowUpNotFound: none, or of other offices. :raises FollowUpOver: closed.
    :raises NotAtThisHour: a call in the night. :raises BadAnswers: no such outcome, or a time that
        has passed. :raises NotAllowed: without contact.handle.
    """
    row = _held(follow_up_id, access)
    if outcome not in MISSED | {"REFUSED"} or kind not in ("CALL", "VISIT"):
        raise BadAnswers
    if kind == "CALL" and not rules.may_call(at, ladder_on(at).hours):
        raise NotAtThisHour
    if outcome == "LATER" and (call_again_at is None or call_again_at <= at):
        raise BadAnswers
    _try(row, kind=kind, outcome=outcome, conversation_id=conversation_id, actor=actor, at=at)
    row.wrong_number = row.wrong_number or outcome == "WRONG_NUMBER"
    if outcome == "WRONG_NUMBER":
        _ask_sales(
            row, "WRONG_NUMBER", "回访电话号码错误，请联系客户核实并更新联系方式。", actor, at
        )
    elif kind == "CALL" and row.calls >= ladder_on(at).calls:
        _ask_sales(row, "UNREACHABLE", f"{row.calls}次致电均未联系上客户，请协助联系。", actor, at)
    climb(row, at=at, actor=actor, visited=kind == "VISIT")
    if outcome == "LATER" and row.state == FollowUp.State.CALLING:
        row.next_at = call_again_at
    row.save()
    return str(row.state)


@tx.use_case
def complete(
    *, follow_up_id: int, answers: Mapping[str, str], words: Mapping[str, str] | None = None,
    way: str = "PHONE", conversation_id: int | None = None, access: Access, actor: Ref, at: datetime,
) -> str:  # fmt: skip
    """
    The holder answered all questions to one of us: GOOD, MIS_SELLING or NOT_HOLDER.

    Mis-selling becomes a problem case that somebody other than the seller solves within fifteen
    working days. Whoever is not the holder completes nothing: it counts as a try.

    :raises FollowUpNotFound: none, or of other offices. :raises FollowUpOver: closed.
    :raises BadAnswers: a question is missing or unknown. :raises NotAtThisHour: a call in the night.
    :raises NotAllowed: without contact.handle.
    """
    row = _held(follow_up_id, access)
    if way not in ("PHONE", "VISIT", "LETTER"):
        raise BadAnswers
    if way == "PHONE" and not rules.may_call(at, ladder_on(at).hours):
        raise NotAtThisHour
    answers = _with_record(row, answers)
    found = _read(row, answers, explained=True)
    kind = {"PHONE": "CALL"}.get(way, way)
    if found == "NOT_HOLDER":
        _try(
            row,
            kind=kind,
            outcome="NOT_HOLDER",
            conversation_id=conversation_id,
            actor=actor,
            at=at,
        )
        climb(row, at=at, actor=actor)
        row.save()
        return found
    _try(row, kind=kind, outcome="COMPLETED", conversation_id=conversation_id, actor=actor, at=at)
    _keep(row, answers, words or {}, actor, at)
    _finish(row, way, found, actor, at)
    return found


@tx.use_case
def complete_electronically(
    *, policy_id: int, answers: Mapping[str, str], words: Mapping[str, str] | None = None, actor: Ref,
    at: datetime,
) -> str:  # fmt: skip
    """
    The holder answered on their own page (令2023-2 第35条): GOOD, MIS_SELLING or TO_EXPLAIN.

    What somebody does not know is explained by phone first. Answered twice, the first answers count.

    :raises FollowUpNotFound: none, or somebody else's. :raises FollowUpOver: closed otherwise.
    :raises BadAnswers: a question is missing or unknown, or it is not the holder.
    """
    row = (
        FollowUp.objects.select_for_update(of=("self",))
        .filter(
            Q(policy_id=policy_id) | Q(besides__policy_id=policy_id), beside=None,
            party_id=actor.id if actor.kind == "party" else 0,
        )
        .first()
    )  # fmt: skip
    if row is None:
        raise FollowUpNotFound
    if row.way == FollowUp.Way.ELECTRONIC:
        return "GOOD" if row.state == FollowUp.State.DONE else "MIS_SELLING"
    if row.closed_at is not None:
        raise FollowUpOver
    answers = _with_record(row, answers)
    found = _read(row, answers, explained=False)
    if found == "NOT_HOLDER":
        raise BadAnswers
    _try(row, kind="ELECTRONIC", outcome="COMPLETED", conversation_id=None, actor=actor, at=at)
    _keep(row, answers, words or {}, actor, at)
    if found == "TO_EXPLAIN":
        row.state, row.next_at = FollowUp.State.CALLING, rules.next_call(0, at, ladder_on(at).hours)
        row.save()
    else:
        _finish(row, "ELECTRONIC", found, actor, at)
    return found


@tx.use_case
def climb_all(*, at: datetime, limit: int = 100) -> int:
    """Go on with those whose time has come: a visit, a letter, the end. How many."""
    due = list(
        FollowUp.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            closed_at=None,
            beside=None,
            until__lte=day_of(at) + timedelta(days=ladder_on(at).visit_days),
        )
        .exclude(state="VISITING", next_at__gt=at)
        .exclude(state="LETTER", next_at__gt=at)
        .order_by("next_at", "pk")[:limit]
    )
    for row in due:
        climb(row, at=at, actor=SYSTEM, visited=False)
        row.save()
    return len(due)


@tx.step
def climb(row: FollowUp, *, at: datetime, actor: Ref, visited: bool = False) -> None:
    """Take the next rung of the ladder where it is time; the caller saves."""
    was = row.state
    state = "LETTER" if visited and was == FollowUp.State.VISITING else was
    overdue = was == FollowUp.State.VISITING and row.next_at is not None and row.next_at <= at
    rung = rules.next_rung(
        state="LETTER" if overdue else state, calls=row.calls, wrong_number=row.wrong_number,
        until=row.until, at=at, ladder=ladder_on(at),
    )  # fmt: skip
    if rung is None:
        _give_up(row, actor, at)
        return
    row.state, row.next_at = rung.state, rung.next_at
    if row.state != was:
        _say(row, events.FollowUpMoved(policy_id=row.policy_id, to=row.state), actor, at)
        if row.state == FollowUp.State.VISITING:
            work.open_item(
                VISITING, about=row.ref, office_id=row.office_id, at=at, party_id=row.party_id,
                title="新单回访：电话未联系上，请上门", priority=20, due_at=row.next_at,
            )  # fmt: skip
        if row.state == FollowUp.State.LETTER:
            _write(row, actor, at)


@tx.step
def end_for_policy(policy_id: int, *, at: datetime) -> None:
    """The contract is over: nothing is to be followed up."""
    row = (
        FollowUp.objects.select_for_update(of=("self",))
        .filter(policy_id=policy_id, closed_at=None)
        .first()
    )
    if row is not None:
        _hand_on(row, at)
        row.state, row.closed_at, row.next_at, row.beside = FollowUp.State.ENDED, at, None, None
        row.save()
        _close_work(row, at)


def _hand_on(row: FollowUp, at: datetime) -> None:
    """The talk goes on about the family's other policies, where this one was its head."""
    others = list(row.besides.filter(closed_at=None).order_by("pk"))
    if not others:
        return
    head, *rest = others
    head.beside, head.state, head.next_at, head.calls = None, row.state, row.next_at, row.calls
    head.save()
    FollowUp.objects.filter(pk__in=[each.pk for each in rest]).update(beside=head)
    contract = new_contract(head.policy_id)
    _call(head, contract.number if contract else "", at)


@tx.step
def go_on_after(problem: Problem, *, at: datetime) -> None:
    """The sales side found the customer: the calls begin again, while there is time."""
    if problem.policy_id is None:
        return
    row = (
        FollowUp.objects.select_for_update(of=("self",))
        .filter(policy_id=problem.policy_id, closed_at=None)
        .first()
    )
    if row is not None and row.until >= day_of(at):
        row.state, row.wrong_number, row.calls = FollowUp.State.CALLING, False, 0
        row.next_at = rules.next_call(0, at, ladder_on(at).hours)
        row.save()


def _with_record(row: FollowUp, answers: Mapping[str, str]) -> dict[str, str]:
    """
    What was answered beside what is on record; whoever denies the record is heard.

    :raises BadAnswers: somebody says "on record" of what is none.
    """
    if any(answer not in rules.GIVEN for answer in answers.values()):
        raise BadAnswers
    return {**dict.fromkeys(row.spared, rules.ON_RECORD), **answers}


def _read(row: FollowUp, answers: Mapping[str, str], *, explained: bool) -> str:
    if any(code not in rules.BY_CODE for code in answers) or any(
        answer not in rules.ANSWERS for answer in answers.values()
    ):
        raise BadAnswers
    found = rules.finding(answers, explained=explained, on_record=row.spared)
    if found == "INCOMPLETE":
        raise BadAnswers
    return found


def _held(follow_up_id: int, access: Access) -> FollowUp:
    access.require("contact.handle")
    row = FollowUp.objects.select_for_update(of=("self",)).filter(pk=follow_up_id).first()
    if row is None or not access.may("contact.handle", office_id=row.office_id):
        raise FollowUpNotFound
    if row.closed_at is not None:
        raise FollowUpOver
    return row


def _try(
    row: FollowUp, *, kind: str, outcome: str, conversation_id: int | None, actor: Ref, at: datetime
) -> None:
    ordinal = row.attempts.count() + 1
    FollowUpAttempt.objects.create(
        follow_up=row, ordinal=ordinal, kind=kind, outcome=outcome, made_by=str(actor), made_at=at,
        conversation=Conversation.objects.filter(pk=conversation_id).first() if conversation_id else None,
    )  # fmt: skip
    if kind == "CALL":
        row.calls += 1
    fact = events.FollowUpTried(
        policy_id=row.policy_id, attempt=ordinal, kind=kind, outcome=outcome
    )
    _say(row, fact, actor, at)


def _keep(
    row: FollowUp, answers: Mapping[str, str], words: Mapping[str, str], actor: Ref, at: datetime
) -> None:
    row.answers.all().delete()  # tracked by the attempt; the newest words count
    FollowUpAnswer.objects.bulk_create(
        FollowUpAnswer(
            follow_up=row, question=code, answer=answer, answered_at=at, taken_by=str(actor),
            said=sealing.seal(words[code].strip()[:300], SAID) if words.get(code, "").strip() else b"",
        )
        for code, answer in answers.items()
    )  # fmt: skip


def _finish(row: FollowUp, way: str, found: str, actor: Ref, at: datetime) -> None:
    good = found == "GOOD"
    row.state = FollowUp.State.DONE if good else FollowUp.State.PROBLEM
    row.way, row.closed_at, row.next_at = way, at, None
    row.save()
    _close_work(row, at)
    for each in (row, *_share(row)):
        _say(each, events.FollowUpDone(policy_id=each.policy_id, way=way, good=good), actor, at)
    if not good:
        problems.open_problem(
            kind="MIS_SELLING", side="SERVICE", office_id=row.office_id, party_id=row.party_id,
            what="回访中客户的回答与投保时应有的说明不符，请核实并解决。", actor=actor, at=at,
            policy_id=row.policy_id, agent_id=row.agent_id, sold_by=row.sold_by,
        )  # fmt: skip


def _ask_sales(row: FollowUp, kind: str, what: str, actor: Ref, at: datetime) -> None:
    problems.open_problem(
        kind=kind, side="SALES", what=what, office_id=row.office_id, party_id=row.party_id, actor=actor,
        at=at, policy_id=row.policy_id, agent_id=row.agent_id,
    )  # fmt: skip


def _write(row: FollowUp, actor: Ref, at: datetime) -> None:
    _try(row, kind="LETTER", outcome="SENT", conversation_id=None, actor=actor, at=at)
    messaging.queue(
        "contact.follow_up_letter", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"until": row.until.isoformat()},
    )  # fmt: skip


def _give_up(row: FollowUp, actor: Ref, at: datetime) -> None:
    row.state, row.closed_at, row.next_at = FollowUp.State.EXCEPTION, at, None
    _close_work(row, at)
    for each in (row, *_share(row)):
        fact = events.FollowUpGivenUp(policy_id=each.policy_id, calls=row.calls)
        _say(each, fact, actor, at)


def _share(row: FollowUp) -> list[FollowUp]:
    """What became of the talk becomes of the family's other policies it was about."""
    others = list(row.besides.filter(closed_at=None).order_by("pk"))
    for each in others:
        each.state, each.way, each.closed_at = row.state, row.way, row.closed_at
        each.calls, each.wrong_number = row.calls, row.wrong_number
        each.save()
    return others


def _close_work(row: FollowUp, at: datetime) -> None:
    work.close_items(about=Ref("policy", row.policy_id), at=at, queue=CALLING)
    work.close_items(about=row.ref, at=at, queue=VISITING)


def _may_need(contract: NewContract, today: date) -> bool:
    terms = products.get_terms(contract.product_version_id)
    last = day_of(contract.issued_at) + timedelta(days=terms.cooling_off_days)
    return terms.long_term and contract.living and last >= today


def _say(row: FollowUp, fact: object, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=Ref("policy", row.policy_id), actor=actor, at=at, party=row.party_id)
