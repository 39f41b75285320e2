"""
Others who must agree (他人同意): the insured, or every other heir. Each agrees on their own phone or signs
at the counter; with the last word the request goes on by itself, and no word at all brings a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from yilu.documents import operations as documents
from yilu.kernel import tx
from yilu.kernel.days import day_of, start_of_day
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people import operations as people
from yilu.people import queries as people_queries
from yilu.people.queries import Access
from yilu.servicing import events, frame
from yilu.servicing.frame import Case, Kind, Quote
from yilu.servicing.models import Agreement, Request
from yilu.servicing.operations.effecting import go_on, to_review
from yilu.servicing.operations.holding import hold, hold_for_us, kind_of, move, quote_from, say
from yilu.servicing.operations.quoting import day_bound, make_quote
from yilu.servicing.operations.refusals import AgreementUnproved, NotPossibleNow, RequestNotFound
from yilu.servicing.operations.verifying import send_own_code
from yilu.servicing.rules.agreeing import REMINDED_EVERY, WAITS_FOR, Due, due_on, summed_up
from yilu.servicing.rules.standing import CONFIRMED, IN_REVIEW, WITHDRAWN
from yilu.work import operations as work

AGREED, DECLINED, WAITING = "AGREED", "DECLINED", "WAITING"


def who_must_agree(kind: Kind, case: Case, form: frame.Form) -> tuple[int, ...]:
    """Whose agreement a request needs beside the asker's own; empty: nobody's."""
    if kind.second_party == frame.INSURED and case.contract is not None:
        return () if frame.INSURED in case.roles else (case.policy.insured_id,)
    if kind.second_party == frame.HEIR:
        return tuple(heir.party_id for heir in form.get("heirs") or ())
    return ()


@tx.step
def ask_others(row: Request, kind: Kind, parties: Sequence[int], *, at: datetime) -> None:
    """The request waits for these; each is told what is asked and how to answer. Saves the row."""
    move(row, CONFIRMED)
    row.second = Request.Second.WAITING
    row.save()
    role = _role_of(kind)
    Agreement.objects.bulk_create(
        Agreement(request=row, party_id=each, role=role, asked_at=at) for each in parties
    )
    say(row, events.AgreementsAsked(request=row.kind, people=len(parties), office_id=row.office_id),
        actor=Ref("party", row.party_id), at=at)  # fmt: skip
    for each in parties:
        _tell(row, kind, role, each, at)


def send_agreement_code(*, request_id: int, actor: Ref, at: datetime, address: str = "") -> None:
    """
    Send a code to the phone of somebody who is asked to agree.

    :raises RequestNotFound: they are not asked. :raises TooOften: the limits of signing in.
    """
    _asked_of(request_id, actor)
    send_own_code(actor=actor, at=at, address=address)


def confirm_as_second_party(*, request_id: int, actor: Ref, at: datetime, code: str = "") -> str:
    """
    Agree on one's own phone (被保险人同意; 保险法 39, 41; 继承人同意), also for those one is guardian of;
    the state the request has now. An heir names the code they were sent. Twice is once.

    :raises RequestNotFound: not theirs to agree to. :raises CodeRefused: an heir's code is not right.
    :raises NotPossibleNow: it has ended. :raises: what the kind refuses now.
    """
    asked = _asked_of(request_id, actor)
    proof = "DEVICE"
    if asked[0].role == frame.HEIR and any(a.answer != AGREED for a in asked):
        phone = people_queries.get_contact(actor).phone
        if people.sign_in_with_code(phone=phone, code=code, at=at) != actor:
            raise people.CodeRefused
        proof = "CODE"
    return _agree(request_id=request_id, actor=actor, proof=proof, at=at)


@tx.use_case
def _agree(*, request_id: int, actor: Ref, proof: str, at: datetime) -> str:
    row = hold_for_us(request_id)
    everybody = list(row.agreements.order_by("pk"))
    mine = _of_actor(everybody, row.party_id, actor)
    if not mine:
        raise RequestNotFound
    fresh = [each for each in mine if each.answer != AGREED]
    if not fresh:
        return row.state
    return _take_word(row, everybody, fresh, AGREED, proof, actor=actor, at=at)


@tx.use_case
def decline_as_second_party(*, request_id: int, actor: Ref, at: datetime) -> None:
    """
    Do not agree: the insured's no ends it, an heir's brings a person; the applicant is told. Twice is once.

    Who agreed before and thinks otherwise now says so at the counter.

    :raises RequestNotFound: not asked. :raises NotPossibleNow: they agreed before, or it has ended.
    """
    row = hold_for_us(request_id)
    everybody = list(row.agreements.order_by("pk"))
    mine = _of_actor(everybody, row.party_id, actor)
    if not mine:
        raise RequestNotFound
    if all(each.answer == DECLINED for each in mine):
        return
    fresh = [each for each in mine if each.answer == WAITING]
    _take_word(row, everybody, fresh, DECLINED, "DEVICE", actor=actor, at=at)


@tx.use_case
def sign_at_counter(
    *, request_id: int, party_id: int, agrees: bool, filename: str = "", content: bytes = b"",
    access: Access, actor: Ref, at: datetime,
) -> str:  # fmt: skip
    """
    Somebody who is asked says so at the counter (到场签字): a colleague compared them with the original of
    their identity card; who agrees signs, and the signed paper is kept. The state it has now. Twice is once.

    :raises RequestNotFound: they are not asked. :raises AgreementUnproved: agreed without the paper.
    :raises NotAllowed: without the right over the office. :raises: what documents refuses of a bad file.
    """
    row = hold(request_id, actor, access)
    everybody = list(row.agreements.order_by("pk"))
    found = [each for each in everybody if each.party_id == party_id]
    if not found:
        raise RequestNotFound
    answer = AGREED if agrees else DECLINED
    if found[0].answer == answer:
        return row.state
    if agrees and not content:
        raise AgreementUnproved
    if agrees:
        documents.take_in(
            about=row.ref, party_id=party_id, kind="OTHER", filename=filename, content=content,
            actor=actor, at=at,
        )  # fmt: skip
    return _take_word(row, everybody, found, answer, "SIGNED", actor=actor, at=at)


@tx.use_case
def follow_up_agreements(*, at: datetime, limit: int = 100) -> int:
    """
    Remind those who have not answered, every week; after thirty days a person takes it; how many moved.
    """
    moved = 0
    silent = Agreement.objects.filter(request=OuterRef("pk"), answer=WAITING).filter(
        Q(asked_at__lt=_day_before(at, WAITS_FOR))
        | Q(asked_at__lt=_day_before(at, REMINDED_EVERY))
        & (Q(reminded_at=None) | Q(reminded_at__lt=_day_before(at, REMINDED_EVERY)))
    )
    waiting = (
        Request.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(Exists(silent), state=CONFIRMED, second=WAITING)
        .order_by("pk")
        .prefetch_related("agreements")
    )
    for row in waiting[:limit]:
        for_whom = [each for each in row.agreements.all() if each.answer == WAITING]
        match due_on(
            day_of(at), asked=day_of(for_whom[0].asked_at),
            reminded=[day_of(a.reminded_at) for a in for_whom if a.reminded_at],
        ):  # fmt: skip
            case Due.PERSON:
                _to_a_person(
                    row, kind_of(row.kind), "SILENT", _("有人三十天没有答复，需人工联系"), at
                )
            case Due.REMINDER:
                _remind(row, for_whom, at)
            case _:
                continue
        moved += 1
    return moved


def _day_before(at: datetime, days: timedelta) -> datetime:
    """What lies before this is ``days`` whole days old."""
    return start_of_day(at) - days + timedelta(days=1)


def _remind(row: Request, agreements: Sequence[Agreement], at: datetime) -> None:
    kind = kind_of(row.kind)
    Agreement.objects.filter(pk__in=[each.pk for each in agreements]).update(reminded_at=at)
    for each in agreements:
        _tell(row, kind, each.role, each.party_id, at)


def _take_word(
    row: Request, everybody: Sequence[Agreement], agreements: Sequence[Agreement], answer: str,
    proof: str, *, actor: Ref, at: datetime,
) -> str:  # fmt: skip
    """Write down an answer and what follows from it; the state the request has now."""
    if row.state not in (CONFIRMED, IN_REVIEW) or row.applied_at or not agreements:
        raise NotPossibleNow
    by = (
        "" if len(agreements) == 1 and actor == Ref("party", agreements[0].party_id) else str(actor)
    )
    Agreement.objects.filter(pk__in=[each.pk for each in agreements]).update(
        answer=answer, proof=proof, answered_at=at, by=by
    )
    role, kind = agreements[0].role, kind_of(row.kind)
    said = {each.pk for each in agreements}
    row.second = summed_up([answer if each.pk in said else each.answer for each in everybody])
    _say_word(row, role, answer, actor, at)
    if answer == DECLINED:
        return _declined(row, kind, role, at)
    if row.state == CONFIRMED and row.second == AGREED:
        return _all_agreed(row, kind, actor, at)
    row.save(update_fields=["second"])
    return row.state


def _say_word(row: Request, role: str, answer: str, actor: Ref, at: datetime) -> None:
    if role == frame.INSURED:
        fact: object = (
            events.SecondPartyAgreed(request=row.kind)
            if answer == AGREED
            else events.SecondPartyDeclined(request=row.kind)
        )
    elif answer == AGREED:
        fact = events.HeirAgreed(request=row.kind, all_agreed=row.second == AGREED)
    else:
        fact = events.HeirDeclined(request=row.kind)
    say(row, fact, actor=actor, at=at)


def _declined(row: Request, kind: Kind, role: str, at: datetime) -> str:
    """The insured's no ends the request; an heir's leaves it to a person, who may know a way."""
    if role == frame.INSURED:
        if row.state == IN_REVIEW:
            work.close_items(about=row.ref, at=at, outcome="WITHDRAWN")
        move(row, WITHDRAWN)
        row.ended_at = at
        row.save()
    elif row.state == CONFIRMED:
        _to_a_person(row, kind, DECLINED, _("有继承人不同意，需人工处理"), at)
    else:
        row.save(update_fields=["second"])
    template = "second_party_declined" if role == frame.INSURED else "heir_declined"
    messaging.queue(
        f"servicing.{template}", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"request": row.number or "", "kind": kind.name},
    )  # fmt: skip
    return row.state


def _all_agreed(row: Request, kind: Kind, actor: Ref, at: datetime) -> str:
    """Everybody has agreed: the request goes on as it was confirmed, or to a person where sums moved."""
    kept = quote_from(row.quote or {})
    quoted, case = make_quote(row, kind, at, as_of=day_bound(kept))
    changed = quoted.digest != row.digest and _material(kept) != _material(quoted.quote)
    _say_ended(row, AGREED, reviewed=bool(row.refer) or changed, at=at)
    if changed:
        # The customer need not begin again.
        to_review(row, kind, at=at)
        row.save()
    else:
        go_on(row, kind, case, quoted.quote, actor=actor, at=at)
    return row.state


def _to_a_person(row: Request, kind: Kind, outcome: str, why: str, at: datetime) -> None:
    row.refer = str(why)
    _say_ended(row, outcome, reviewed=True, at=at)
    to_review(row, kind, at=at)
    row.save()


def _say_ended(row: Request, outcome: str, *, reviewed: bool, at: datetime) -> None:
    fact = events.AgreementsEnded(
        request=row.kind, outcome=outcome, reviewed=reviewed, office_id=row.office_id
    )
    say(row, fact, actor=SYSTEM, at=at)


def _tell(row: Request, kind: Kind, role: str, party_id: int, at: datetime) -> None:
    """To whoever must agree, and to their guardians where they have some."""
    template = "second_party_asked" if role == frame.INSURED else "heir_asked"
    to = [party_id, *(g.guardian_id for g in people_queries.guardians_of(party_id))]
    for each in to:
        if each == row.party_id:
            continue
        messaging.queue(
            f"servicing.{template}", to=Ref("party", each), about=row.ref, at=at,
            facts={"kind": kind.name},
        )  # fmt: skip


def _role_of(kind: Kind) -> str:
    return frame.INSURED if kind.second_party == frame.INSURED else frame.HEIR


def _asked_of(request_id: int, actor: Ref) -> list[Agreement]:
    found = list(
        Agreement.objects.filter(request_id=request_id).select_related("request").order_by("pk")
    )
    mine = _of_actor(found, found[0].request.party_id, actor) if found else []
    if not mine:
        raise RequestNotFound
    return mine


def _of_actor(everybody: Sequence[Agreement], asker_id: int, actor: Ref) -> list[Agreement]:
    """What somebody may answer: for themselves, and for their wards unless they ask themselves."""
    if actor.kind != "party":
        return []
    own = [each for each in everybody if each.party_id == actor.id]
    rest = [each for each in everybody if each.party_id != actor.id]
    if not rest or actor.id == asker_id:
        return own
    wards = people_queries.wards_of(actor.id)
    return own + [each for each in rest if each.party_id in wards]


def _material(quote: Quote) -> tuple[object, ...]:
    return (quote.pays_customer, quote.collects, quote.account_id, quote.payee_id)
