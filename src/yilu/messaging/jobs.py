"""Send what is due: find out whom and when, say it in their language, hand it to a channel."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from yilu.journal.operations import each_tick
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.messaging import channels, operations, queries, rules, templates
from yilu.messaging.operations import Due, Outcome
from yilu.messaging.templates import Template
from yilu.people import queries as people

log = logging.getLogger(__name__)

BATCH = 50
ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads a message: how to address them, in which language and zone."""

    who: Ref
    name: str
    language: str
    zone: str
    agent_id: int | None = None


@each_tick(seconds=1)
def send_due(at: datetime, limit: int = BATCH) -> int:
    """
    Send what is due and may be sent at this hour; return how many messages were dealt with.

    Each message has one sender at a time and one key for ever. Its outcome is noted for the whole
    batch at once; killed in between, the mailbox holds it once and e-mail carries the same Message-ID.
    """
    batch = operations.take_due(at=at, limit=limit)
    if not batch:
        return 0
    readers = _readers({due.to for due in batch})
    preferences = queries.preferences([due.to for due in batch])
    ways = channels.available()
    outcomes = [_send(due, readers.get(due.to), preferences.get(due.to), ways, at) for due in batch]
    operations.record_outcomes(outcomes=outcomes, at=at)
    return len(batch)


@each_tick(seconds=3600)
def forget_secrets(at: datetime) -> int:
    """Erase one-time codes and links of a week ago."""
    return operations.forget_secrets(at=at)


def _send(
    due: Due,
    reader: _Reader | None,
    preferred: str | None,
    ways: Mapping[str, channels.Channel],
    at: datetime,
) -> Outcome:
    outcome = Outcome(due.id, due.attempts, "SUPPRESSED", at, due.template, due.to, due.about)
    template = templates.catalogue().get(due.template)
    if template is None or reader is None:
        return replace(outcome, problem="no such template" if reader else "nobody to reach")
    may_go_at = rules.earliest(template.timing, at, reader.zone)
    if may_go_at > at:
        return replace(
            outcome, state="QUEUED", not_before=may_go_at, channels_tried=due.channels_tried
        )
    title, text = _words(due, template, reader)
    outcome = replace(
        outcome, language=reader.language, title=title, text=text, copy_to=_copy_to(due, reader)
    )
    order = rules.channel_order(template.channels, preferred, frozenset(ways))
    return _try_channels(due, reader, outcome, order, ways, at)


def _try_channels(
    due: Due,
    reader: _Reader,
    outcome: Outcome,
    order: Sequence[str],
    ways: Mapping[str, channels.Channel],
    at: datetime,
) -> Outcome:
    """By the first channel that takes it, going on from where earlier tries came to."""
    always = _always(reader)
    filled = {**due.secrets, **always}
    message = channels.Outgoing(
        due.key,
        people.Contact(due.to, reader.name, "", "", reader.language),
        queries.fill(outcome.title, filled),
        queries.fill(outcome.text, filled),
        at,
    )
    problem = "no channel"
    for place in range(due.channels_tried, len(order)):
        name = order[place]
        try:
            if name != "OUTBOX":
                message = replace(message, to=people.get_contact(due.to))
            taken = ways[name].send(message)
        except channels.TryLater as trouble:
            problem = f"{name}: {trouble}"
            log.warning("message %s waits: %s", due.id, problem)
            if due.attempts < rules.ATTEMPTS_MAX:
                return replace(
                    outcome, state="QUEUED", not_before=at + rules.pause_after(due.attempts),
                    channels_tried=place, problem=problem,
                )  # fmt: skip
            continue
        except (channels.WillNotWork, NotFound) as trouble:
            problem = f"{name}: {trouble}"
            continue
        state = "DELIVERED" if taken.arrived else "SENT"
        return replace(
            outcome, state=state, channel=name, reference=taken.reference, channels_tried=place
        )
    return replace(outcome, state="FAILED", problem=problem, channels_tried=len(order))


def _words(due: Due, template: Template, reader: _Reader) -> tuple[str, str]:
    """Title and text with facts filled in; name and secrets stay open as ``{name}``, ``{code}``."""
    spoken = template.agent if due.is_copy else template.words
    words = spoken.get(reader.language) or spoken["zh-hans"]
    told = {
        name: _flat(rules.tell(template.facts[name], value, reader.language, reader.zone))
        for name, value in due.facts.items()
    }
    return queries.fill(words.title, told), queries.fill(words.text, told)


def _flat(value: str) -> str:
    """A fact must not name a place of its own."""
    return value.replace("{", "｛").replace("}", "｝")


def _always(reader: _Reader) -> dict[str, str]:
    return {
        "name": reader.name,
        "insurer": settings.INSURER_SHORT_NAME,
        "hotline": settings.HOTLINE,
    }


def _copy_to(due: Due, reader: _Reader) -> Ref | None:
    """The customer's agent, where the message offers a copy and the customer agrees to it."""
    if not due.copies_agent or reader.agent_id is None or due.to.kind != "party":
        return None
    return Ref("agent", reader.agent_id) if people.has_consent(due.to.id, "AGENT_COPY") else None


def _readers(who: set[Ref]) -> dict[Ref, _Reader]:
    zones = {office.id: office.time_zone for office in people.list_offices()}
    found: dict[Ref, _Reader] = {}
    parties = people.list_parties(ref.id for ref in who if ref.kind == "party")
    for party in parties.values():
        if party.erased:
            continue
        ref = Ref("party", party.id)
        language = party.language if party.language in rules.LANGUAGES else "zh-hans"
        found[ref] = _Reader(
            ref, rules.address_as(party.name, party.sex, language), language,
            zones.get(party.office_id, ZONE), party.agent_id,
        )  # fmt: skip
    for ref in who:
        with suppress(NotFound):
            if ref.kind == "agent":
                agent = people.get_agent(ref.id)
                found[ref] = _Reader(ref, agent.name, "zh-hans", zones.get(agent.office_id, ZONE))
            elif ref.kind == "staff":
                staff = people.get_staff(ref.id)
                found[ref] = _Reader(ref, staff.name, "zh-hans", zones.get(staff.office_id, ZONE))
    return found
