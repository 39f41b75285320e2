"""One batch of messages on its way: who reads them, what may go now, by which channel, with what result."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.conf import settings

from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.messaging import channels, operations, queries, rules, templates
from yilu.messaging.operations import Due, Outcome
from yilu.messaging.queries import Standing, Writer
from yilu.people import queries as people

log = logging.getLogger(__name__)

ZONE = "Asia/Shanghai"
SPREAD = timedelta(seconds=1)
"""How soon a message is looked at again that a gateway's limit left behind."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a message: how to address them, in which language and zone."""

    who: Ref
    name: str
    language: str
    zone: str
    agent_id: int | None = None


@dataclass(slots=True)
class Letter:
    """
    A message that may go now: its outcome so far, the channels left, and which failed.

    ``writer``: it answers a letter, and goes back the way that came.
    """

    due: Due
    reader: Reader
    outcome: Outcome
    outgoing: channels.Outgoing
    order: list[str]
    standing: Standing
    tried: list[str] = field(default_factory=list)
    problem: str = "no channel"
    writer: Writer | None = None


class Clock:
    """The batch's time: what the caller says it is, going on from there."""

    def __init__(self, at: datetime) -> None:
        self._at, self._began = at, time.monotonic()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._began)


def post(batch: Sequence[Due], at: datetime) -> list[Outcome]:
    """Send what may go; one outcome for each message of the batch."""
    clock = Clock(at)
    ways = channels.available()
    writers = queries.writers_of({due.to for due in batch})
    readers = readers_of({due.to for due in batch}, writers)
    standings = queries.standings(
        [due.to for due in batch], at,
        marketing=any(due.purpose == "MARKETING" for due in batch),
        copies=any(due.copies_agent for due in batch), disturbing=len(ways) > 1,
        reminding=any(_reminds(due) for due in batch),
    )  # fmt: skip
    outcomes: list[Outcome] = []
    letters: list[Letter] = []
    for due in batch:
        writer = writers.get(due.to)
        made = _prepare(due, readers.get(due.to), standings[due.to], _ways_back(ways, writer), at)
        if isinstance(made, Outcome):
            outcomes.append(made)
        else:
            made.writer = writer
            letters.append(made)
    _address(letters)
    while letters:
        letters = _round(letters, ways, clock, outcomes)
    _hold_back(outcomes, at)
    return outcomes


def _reminds(due: Due) -> bool:
    """Whether it reminds its reader of a premium: words of the insurer's own do as the shipped ones."""
    shipped = templates.catalogue().get(due.template)
    return shipped is not None and shipped.reminds and not due.is_copy


def _ways_back(
    ways: Mapping[str, channels.Channel], writer: Writer | None
) -> Mapping[str, channels.Channel]:
    """An answer goes by the letter's own channel; a customer of ours finds it in their mailbox too."""
    if writer is None:
        return ways
    back = {writer.channel, *(("OUTBOX",) if writer.party_id else ())}
    return {name: channel for name, channel in ways.items() if name in back}


def _prepare(
    due: Due, reader: Reader | None, standing: Standing,
    ways: Mapping[str, channels.Channel], at: datetime,
) -> Outcome | Letter:  # fmt: skip
    """What may not go now, as its outcome; what may, as a letter."""
    outcome = Outcome(
        due.id, due.attempts, "SUPPRESSED", at, due.template, due.to, due.about, purpose=due.purpose,
        tried=due.tried,
    )  # fmt: skip
    template = templates.in_force(due.template, at)
    if template is None or reader is None:
        return replace(outcome, problem="no such template" if reader else "nobody to reach")
    valid = rules.VALID_FOR.get(due.purpose)
    if valid is not None and at - due.promised_at > valid:
        return replace(outcome, problem="out of date")
    if due.handing and due.handing in ways and channels.takes_twice(ways[due.handing]):
        # Its sender died while handing it over: a second time could be a second message.
        return replace(outcome, state="UNKNOWN", channel=due.handing, problem="sender stopped")
    may_go_at = rules.earliest(template.timing, at, reader.zone)
    if may_go_at > at:
        return replace(outcome, state="QUEUED", not_before=may_go_at, counts_as_try=False)
    title, text, told = words(due, template, reader)
    preferred = (standing.reminded_by if _reminds(due) else None) or standing.preferred
    order = [
        name
        for name in rules.channel_order(template.channels, preferred, frozenset(ways))
        if name not in due.tried
        and (
            name == "OUTBOX"
            or rules.may_disturb(due.purpose, agreed=standing.agreed, opted_out=False)
        )
    ]
    if order and order[0] != "OUTBOX":
        enough = rules.capped_until(due.purpose, standing.disturbed.get(due.purpose, ()), at)
        if enough is not None:
            return replace(
                outcome, state="QUEUED", not_before=enough, counts_as_try=False,
                problem="capped: enough for now",
            )  # fmt: skip
        standing.disturbed.setdefault(due.purpose, []).append(at)
    filled = {**due.secrets, **_always(reader)}
    outgoing = channels.Outgoing(
        due.key, people.Contact(due.to, reader.name, "", "", reader.language),
        queries.fill(title, filled), queries.fill(text, filled), at,
        template=due.template, values={**told, **filled},
    )  # fmt: skip
    outcome = replace(
        outcome, language=reader.language, title=title, text=text, version=template.version,
        copy_to=_copy_to(due, reader, standing),
    )  # fmt: skip
    return Letter(due, reader, outcome, outgoing, order, standing, list(due.tried))


def _address(letters: Sequence[Letter]) -> None:
    """Telephone and e-mail, asked once, for those whose channel needs them."""
    leaving = [letter for letter in letters if any(name != "OUTBOX" for name in letter.order)]
    contacts = people.get_contacts(_person(letter) for letter in leaving) if leaving else {}
    for letter in leaving:
        if letter.writer is not None and not letter.writer.party_id:
            where = letter.writer.address
            unknown = people.Contact(letter.due.to, "", where, where, letter.reader.language)
            letter.outgoing = replace(letter.outgoing, to=unknown)
        elif contact := contacts.get(_person(letter)):
            letter.outgoing = replace(letter.outgoing, to=contact)
        else:
            letter.order = [name for name in letter.order if name == "OUTBOX"]


def _person(letter: Letter) -> Ref:
    """Whom it goes to: the customer also where it answers their letter, at the address we know them by."""
    known = letter.writer.party_id if letter.writer else None
    return Ref("party", known) if known else letter.due.to


def _round(
    letters: Sequence[Letter], ways: Mapping[str, channels.Channel], clock: Clock,
    outcomes: list[Outcome],
) -> list[Letter]:  # fmt: skip
    """Each letter by the first of its channels; those to try by their next one are returned."""
    by_channel: dict[str, list[Letter]] = defaultdict(list)
    for letter in letters:
        if letter.order:
            by_channel[letter.order[0]].append(letter)
        else:
            outcomes.append(_failed(letter))
    again: list[Letter] = []
    for name, waiting in by_channel.items():
        channel = ways[name]
        allowed = _within_limit(channel, waiting, clock.now(), outcomes)
        if name != "OUTBOX":
            allowed = _wanted(name, allowed, again)
        if not allowed:
            continue
        if channels.takes_twice(channel):
            operations.begin_handing(ids=[letter.due.id for letter in allowed], channel=name)
        results = channels.hand_over(channel, [_for(name, letter) for letter in allowed])
        handed_at = clock.now()
        for letter, result in zip(allowed, results, strict=True):
            if (outcome := _outcome(letter, name, result, handed_at)) is not None:
                outcomes.append(outcome)
            else:
                again.append(letter)
    return again


def _within_limit(
    channel: channels.Channel, waiting: list[Letter], at: datetime, outcomes: list[Outcome]
) -> list[Letter]:
    """As many as the gateway's tokens allow, the most important first; the others wait a second."""
    limit = channels.limit_of(channel)
    if limit is None:
        return waiting
    granted = operations.take_tokens(gateway=limit[0], wanted=len(waiting), rate=limit[1], at=at)
    outcomes += [
        replace(letter.outcome, state="QUEUED", not_before=at + SPREAD, counts_as_try=False)
        for letter in waiting[granted:]
    ]
    return waiting[:granted]


def _wanted(name: str, letters: list[Letter], again: list[Letter]) -> list[Letter]:
    """Those whose address did not answer 退订 to marketing; the others go on to their next channel."""
    wanted = []
    for letter in letters:
        where = _where(name, letter)
        stopped = letter.due.purpose == "MARKETING" and where and queries.is_opted_out(name, where)
        if stopped:
            letter.order.pop(0)
            letter.problem = "opted out"
            again.append(letter)
        else:
            wanted.append(letter)
    return wanted


def _where(name: str, letter: Letter) -> str:
    contact = letter.outgoing.to
    if name == "SMS":
        return contact.phone
    return contact.email if name == "SMTP" else letter.standing.addresses.get(name, "")


def _for(name: str, letter: Letter) -> channels.Outgoing:
    address, writer = letter.standing.addresses.get(name, ""), letter.writer
    if writer is None or writer.channel != name:
        return replace(letter.outgoing, address=address)
    return replace(letter.outgoing, address=address or writer.address, answers=writer.proof)


def _outcome(letter: Letter, name: str, result: channels.Result, at: datetime) -> Outcome | None:
    """What a channel's answer means; None: try the next channel now."""
    due = letter.due
    if isinstance(result, channels.Taken):
        number = letter.outgoing.to.phone if name == "SMS" and letter.outgoing.to.phone else ""
        return replace(
            letter.outcome, state="DELIVERED" if result.arrived else "SENT", channel=name,
            gateway=result.gateway, reference=result.reference, references=result.references,
            number_index=operations.address_index(name, number) if number else "",
            tried=tuple(letter.tried), handed_at=at,
            reached_nobody=name == "OUTBOX" and bool(set(letter.tried) - {"OUTBOX"}),
        )  # fmt: skip
    letter.problem = f"{name}: {result}"
    if isinstance(result, channels.InDoubt):
        return replace(
            letter.outcome, state="UNKNOWN", channel=name, problem=letter.problem,
            tried=tuple(letter.tried),
        )  # fmt: skip
    if isinstance(result, channels.TryLater):
        log.warning("message %s waits: %s", due.id, letter.problem)
        if due.attempts < rules.ATTEMPTS_MAX and due.purpose != "CODE":
            return replace(
                letter.outcome, state="QUEUED", not_before=at + rules.pause_after(due.attempts),
                problem=letter.problem, tried=tuple(letter.tried),
            )  # fmt: skip
    letter.tried.append(letter.order.pop(0))
    return None


def _failed(letter: Letter) -> Outcome:
    state = "SUPPRESSED" if letter.due.purpose == "MARKETING" else "FAILED"
    return replace(letter.outcome, state=state, problem=letter.problem, tried=tuple(letter.tried))


def _hold_back(outcomes: Iterable[Outcome], at: datetime) -> None:
    """Who has had enough: everything else of that purpose waits with it, in one statement each."""
    capped: dict[tuple[str, datetime], set[Ref]] = defaultdict(set)
    for outcome in outcomes:
        if outcome.state == "QUEUED" and outcome.problem.startswith("capped"):
            capped[outcome.purpose, outcome.not_before].add(outcome.to)
    for (purpose, until), who in capped.items():
        operations.hold_back(who=sorted(who, key=str), purpose=purpose, until=until)


def words(
    due: Due, template: templates.Template, reader: Reader
) -> tuple[str, str, dict[str, str]]:
    """Title and text with facts filled in, and the facts as told; name and secrets stay open as ``{name}``."""
    spoken = template.agent if due.is_copy else template.words
    chosen = spoken.get(reader.language) or spoken["zh-hans"]
    told = {
        name: _flat(rules.tell(template.facts[name], value, reader.language, reader.zone))
        for name, value in due.facts.items()
    }
    return queries.fill(chosen.title, told), queries.fill(chosen.text, told), told


def _flat(value: str) -> str:
    """A fact must not name a place of its own."""
    return value.replace("{", "｛").replace("}", "｝")


def _always(reader: Reader) -> dict[str, str]:
    return {
        "name": reader.name,
        "insurer": settings.INSURER_SHORT_NAME,
        "hotline": settings.HOTLINE,
    }


def _copy_to(due: Due, reader: Reader, standing: Standing) -> Ref | None:
    """The customer's agent, where the message offers a copy and the customer agrees to it."""
    if not due.copies_agent or reader.agent_id is None or due.to.kind != "party":
        return None
    return Ref("agent", reader.agent_id) if standing.copies_agent else None


def readers_of(who: set[Ref], writers: Mapping[Ref, Writer]) -> dict[Ref, Reader]:
    """Name, language and zone of everybody who can be told something."""
    zones = {office.id: office.time_zone for office in people.list_offices()}
    found = {ref: Reader(ref, "", "zh-hans", ZONE) for ref, w in writers.items() if not w.party_id}
    # A phone that is to be proved, or was given up: nothing is known of it but the number itself.
    found |= {ref: Reader(ref, "", "zh-hans", ZONE) for ref in who if ref.kind == "code"}
    behind = {ref: w.party_id for ref, w in writers.items() if w.party_id}
    behind |= {ref: ref.id for ref in who if ref.kind == "party"}
    parties = people.list_parties(set(behind.values()))
    for ref, party_id in behind.items():
        party = parties.get(party_id)
        if party is None or party.erased:
            continue
        language = party.language if party.language in rules.LANGUAGES else "zh-hans"
        found[ref] = Reader(
            ref, rules.address_as(party.name, party.sex, language), language,
            zones.get(party.office_id, ZONE), party.agent_id,
        )  # fmt: skip
    for ref in who:
        with suppress(NotFound):
            if ref.kind == "agent":
                agent = people.get_agent(ref.id)
                found[ref] = Reader(ref, agent.name, "zh-hans", zones.get(agent.office_id, ZONE))
            elif ref.kind == "staff":
                staff = people.get_staff(ref.id)
                found[ref] = Reader(ref, staff.name, "zh-hans", zones.get(staff.office_id, ZONE))
    return found
