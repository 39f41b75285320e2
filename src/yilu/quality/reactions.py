"""What the quality room does when something happened elsewhere. Steps only, in the worker."""

from __future__ import annotations

from yilu.care.events import VisitDone
from yilu.claims.events import (
    ClaimApproved,
    ClaimDeclined,
    ClaimRated,
    ClaimReopened,
    QualityGraded,
)
from yilu.contact import queries as contact
from yilu.contact.events import RecordingTranscribed, WrappedUp
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.kernel.refs import Ref
from yilu.obligations.events import ClockBreached
from yilu.obligations.queries import broken
from yilu.people import queries as people
from yilu.people.events import PartyErased, RoleEnded, RoleGranted, StaffHired, StaffLeft
from yilu.quality.books import phrases
from yilu.quality.operations import clients, coursing, leaving, reading
from yilu.quality.operations.forgetting import forget
from yilu.quality.operations.recovering import recover_at_once
from yilu.quality.operations.serving import keep_service, mark
from yilu.quality.queries.keeping import what_keeps
from yilu.quality.rules.sampling import LOW_STARS
from yilu.servicing.events import RequestApproved, RequestConfirmed, RequestRefused
from yilu.video.events import Connected

people.keeps(what_keeps)


@journal.on(WrappedUp)
def read_conversation(event: Happened) -> None:
    """A seat has written a conversation up: it is read, held against its record, and may be drawn."""
    reading.read(event.about.id, at=event.at)
    talk = contact.get_conversation(event.about.id)
    clients.keep_client(talk, at=event.at)
    if talk.seat_id is None or (what := _what_of(talk.channel)) is None:
        return
    keep_service(
        what=what, subject=event.about, staff_id=talk.seat_id, party_id=talk.party_id,
        done_at=event.at,
    )  # fmt: skip


@journal.on(RecordingTranscribed)
def read_what_was_heard(event: Happened) -> None:
    """A machine wrote down a call that was read before there were words: its words are read as well."""
    reading.read_heard(event.about.id, at=event.at)


@journal.on(StaffHired)
@journal.on(StaffLeft)
@journal.on(RoleGranted)
@journal.on(RoleEnded)
def give_courses(event: Happened) -> None:
    """Somebody came, left, or has other roles: the courses these ask for are theirs."""
    coursing.settle(event.about.id, at=event.at)


@journal.on(StaffLeft)
@journal.on(RoleEnded)
def pass_on_what_is_to_be_put_right(event: Happened) -> None:
    """Somebody left, or may no longer act there: corrections and recoveries have other owners."""
    leaving.pass_on(people.succession(event.facts), at=event.at)


@journal.on(Connected)
def keep_video(event: Happened) -> None:
    """A seat served somebody by video."""
    _keep(
        "video",
        event,
        Ref("video", event.facts["session_id"]),
        Ref("staff", event.facts["staff_id"]),
    )


@journal.on(ClaimApproved)
@journal.on(ClaimDeclined)
def keep_decision(event: Happened) -> None:
    """A person decided a claim; what the machine approved nobody served."""
    _keep("claim", event, event.about, Ref.parse(event.facts["decided_by"]))


@journal.on(RequestApproved)
@journal.on(RequestRefused)
def keep_request(event: Happened) -> None:
    """A person decided a servicing request."""
    _keep("servicing", event, event.about, event.actor)


@journal.on(RequestConfirmed)
def keep_counter_case(event: Happened) -> None:
    """A teller handed a request in with the customer before them."""
    if event.facts["door"] == "COUNTER":
        _keep("counter", event, event.about, event.actor)


@journal.on(VisitDone)
def keep_visit(event: Happened) -> None:
    """Somebody went to a customer."""
    _keep("visit", event, event.about, event.actor)


@journal.on(ClaimReopened)
def mark_reopened(event: Happened) -> None:
    """A decided claim goes on."""
    mark(subject=event.about, code="reopened", at=event.at)


@journal.on(ClaimRated)
def mark_low_rating(event: Happened) -> None:
    """The customer of a claim was not content."""
    if event.facts["stars"] <= LOW_STARS:
        mark(subject=event.about, code="low_rating", at=event.at)


@journal.on("voice.rating_taken")
def mark_low_voice(event: Happened) -> None:
    """A customer was not content with what they were asked about."""
    stars, rated = event.facts.get("stars"), event.facts.get("rated")
    if rated and stars is not None and stars <= LOW_STARS:
        mark(subject=Ref.parse(rated), code="low_rating", at=event.at)


@journal.on(ClockBreached)
def recover_a_broken_promise(event: Happened) -> None:
    """A promise was not kept in time: where the standard says so its customer is called."""
    promise = broken.missed(event.facts["clock_id"])
    if promise is not None:
        recover_at_once(
            cause="PROMISE", code=promise.code, origin=Ref("clock", event.facts["clock_id"]),
            wrong=f"没有在时限内办好：{promise.title}。请向客户说明为什么晚了、现在办到哪一步、什么时候办好。",
            at=event.at,
        )  # fmt: skip


@journal.on(QualityGraded)
def recover_a_wrong_decision(event: Happened) -> None:
    """A decision was found wrong when it was looked at again: its customer is told and helped."""
    recover_at_once(
        cause="DECISION", code=event.facts["grade"], origin=event.about,
        wrong="抽检发现这件赔案的核定有差错。请查明对客户的影响，更正后向客户说明。", at=event.at,
    )  # fmt: skip


@journal.on("audit.money_difference_found")
def recover_a_wrong_amount(event: Happened) -> None:
    """A figure was not confirmed: where the standard trusts such a finding the customer is told and helped."""
    recover_at_once(
        cause="DIFFERENCE", code=event.facts["difference"],
        origin=Ref.parse(event.facts["subject"]),
        wrong="金额稽核发现应付给客户的钱与账上不符。请查明，更正后向客户说明。", at=event.at,
    )  # fmt: skip


def _what_of(channel: str) -> str | None:
    if channel in phrases.WRITTEN:
        return "written"
    return {"PHONE": "call", "COUNTER": "counter"}.get(channel)


def _keep(what: str, event: Happened, subject: Ref, staff: Ref) -> None:
    if staff.kind == "staff":
        keep_service(
            what=what, subject=subject, staff_id=staff.id, party_id=event.party_id, done_at=event.at
        )


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: what was said of their service goes with them."""
    forget(people.records_of(event.facts["party_id"]))
