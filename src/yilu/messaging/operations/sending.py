"""The sender's side of a message: take it up, note what came of it. The network is in ``jobs``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.conf import settings

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import events, templates
from yilu.messaging.operations.queueing import SECRETS_PLACE
from yilu.people import queries as people
from yilu.work import operations as work

LEASE = timedelta(minutes=5)
SECRETS_KEPT = timedelta(days=7)
QUEUE = "messaging.failed"


@dataclass(frozen=True, slots=True)
class Due:
    """A message in the sender's hands."""

    id: int
    template: str
    to: Ref
    about: Ref
    facts: dict[str, str]
    secrets: dict[str, str]
    is_copy: bool
    copies_agent: bool
    attempts: int
    channels_tried: int
    key: str
    promised_at: datetime

    def __repr__(self) -> str:
        return f"Due({self.id})"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try: the row's new values. ``copy_to`` is the agent who gets a copy."""

    id: int
    attempts: int
    state: str  # SENT, DELIVERED, FAILED, SUPPRESSED, QUEUED (again, or not yet)
    not_before: datetime
    template: str
    to: Ref
    about: Ref
    channel: str = ""
    channels_tried: int = 0
    language: str = ""
    title: str = ""
    text: str = ""
    reference: str = ""
    problem: str = ""
    copy_to: Ref | None = None


@tx.use_case
def take_due(*, at: datetime, limit: int) -> list[Due]:
    """
    Take up the messages that wait longest, for five minutes; two senders never hold the same one.

    What a crashed sender left in hand is taken up again when its lease has run out.
    """
    rows = tx.rows(
        """
        with due as (
            select id from messaging_message
             where state in ('QUEUED', 'SENDING') and not_before <= %(at)s::timestamptz
               and (leased_until is null or leased_until <= %(at)s::timestamptz)
             order by not_before, id limit %(limit)s::int for update skip locked)
        update messaging_message m
           set state = 'SENDING', leased_until = %(until)s::timestamptz, attempts = m.attempts + 1
          from due where m.id = due.id
        returning m.id, m.template, m.recipient, m.about, m.facts, m.secrets, m.copy_of_id,
                  m.copies_agent, m.attempts, m.channels_tried, m.message_key, m.promised_at
        """,
        {"at": at, "until": at + LEASE, "limit": limit},
    )
    return [
        Due(
            id=id, template=template, to=Ref.parse(to), about=Ref.parse(about), facts=_loaded(facts),
            secrets=_opened(secrets), is_copy=copy_of is not None, copies_agent=copies,
            attempts=attempts, channels_tried=tried, key=key.hex, promised_at=promised_at,
        )
        for id, template, to, about, facts, secrets, copy_of, copies, attempts, tried, key, promised_at
        in sorted(rows)
    ]  # fmt: skip


_RECORD = """
    update messaging_message m
       set state = o.state, leased_until = null,
           not_before = case when o.state = 'QUEUED' then o.not_before else m.not_before end,
           channel = o.channel, channels_tried = o.channels_tried, language = o.language,
           template_version = o.version, title = o.title, text = o.text,
           channel_reference = o.reference, problem = o.problem,
           secrets = case when o.forget then ''::bytea else m.secrets end,
           sent_at = case when o.state in ('SENT', 'DELIVERED') then %(at)s::timestamptz end,
           delivered_at = case when o.state = 'DELIVERED' then %(at)s::timestamptz end
      from jsonb_to_recordset(%(outcomes)s::jsonb) as o(id bigint, attempts int, state text,
           not_before timestamptz, channel text, channels_tried int, language text, version int,
           title text, text text, reference text, problem text, forget boolean)
     where m.id = o.id and m.attempts = o.attempts and m.state = 'SENDING'
    returning m.id
"""

_COPY = """
    insert into messaging_message (template, template_version, recipient, about, facts, secrets,
           copies_agent, copy_of_id, state, language, channel, channels_tried, title, text,
           channel_reference, attempts, problem, promised_at, not_before)
    select m.template, 0, c.agent, m.about, c.facts, ''::bytea, false, m.id, 'QUEUED', '', '', 0, '', '',
           '', 0, '', m.promised_at, %(at)s::timestamptz
      from jsonb_to_recordset(%(copies)s::jsonb) as c(id bigint, agent text, facts jsonb)
      join messaging_message m on m.id = c.id
    on conflict do nothing
"""


@tx.use_case
def record_outcomes(*, outcomes: Sequence[Outcome], at: datetime) -> int:
    """
    Note what came of a batch of tries, in one statement; return how many were still ours to note.

    What has arrived is said in the journal; what no channel could bring becomes somebody's call. The
    agent's copy is promised when the customer's own message has gone.
    """
    held = {
        row[0]
        for row in tx.rows(
            _RECORD, {"at": at, "outcomes": orjson.dumps([_row(o) for o in outcomes]).decode()}
        )
    }
    ours = [outcome for outcome in outcomes if outcome.id in held]
    copies = [
        {"id": o.id, "agent": str(o.copy_to), "facts": _copied_facts(o)}
        for o in ours
        if o.copy_to is not None and o.state in {"SENT", "DELIVERED"}
    ]
    if copies:
        tx.changed(_COPY, {"at": at, "copies": orjson.dumps(copies).decode()})
    for outcome in ours:
        if outcome.state == "DELIVERED":
            say_delivered(
                outcome.id, outcome.template, outcome.to, outcome.about, outcome.channel, at
            )
        elif outcome.state == "FAILED":
            say_failed(outcome.id, outcome.template, outcome.to, outcome.about, at)
    return len(ours)


@tx.use_case
def forget_secrets(*, at: datetime) -> int:
    """Erase one-time codes and links that nobody needs any more; return how many."""
    return tx.changed(
        """
        update messaging_message set secrets = ''::bytea
         where id in (select id from messaging_message
                       where secrets <> ''::bytea and state not in ('QUEUED', 'SENDING')
                         and sent_at < %s::timestamptz limit 1000)
        """,
        [at - SECRETS_KEPT],
    )


@tx.step
def say_delivered(id: int, template: str, to: Ref, about: Ref, channel: str, at: datetime) -> None:
    """Record the arrival: also the proof for a notice that stops or starts a legal clock."""
    journal.record(
        events.MessageDelivered(message_id=id, subject=str(about), template=template, channel=channel),
        about=Ref("message", id), actor=SYSTEM, at=at, party=to.id if to.kind == "party" else None,
    )  # fmt: skip


@tx.step
def say_failed(id: int, template: str, to: Ref, about: Ref, at: datetime) -> None:
    """Record that no channel reached somebody, and have a customer called."""
    journal.record(
        events.MessageFailed(message_id=id, subject=str(about), template=template),
        about=Ref("message", id), actor=SYSTEM, at=at, party=to.id if to.kind == "party" else None,
    )  # fmt: skip
    if to.kind == "party":
        party = people.get_party(to.id)
        known = templates.catalogue().get(template)
        title = known.words["zh-hans"].title if known else template
        work.open_item(
            QUEUE, about=about, office_id=party.office_id, title=f"通知未送达，请电话告知：{title}"[:120],
            at=at, party_id=to.id,
        )  # fmt: skip


def _row(outcome: Outcome) -> dict[str, Any]:
    known = templates.catalogue().get(outcome.template)
    gone = outcome.state in {"SENT", "FAILED", "SUPPRESSED"}
    return {
        "id": outcome.id,
        "attempts": outcome.attempts,
        "state": outcome.state,
        "not_before": outcome.not_before,
        "channel": outcome.channel,
        "channels_tried": outcome.channels_tried,
        "language": outcome.language,
        "version": known.version if known else 0,
        "title": outcome.title[:120],
        "text": outcome.text,
        "reference": outcome.reference[:120],
        "problem": outcome.problem[:200],
        # In the customer's own mailbox the code is what they came to read; elsewhere it has gone.
        "forget": gone and not settings.DEMO,
    }


def _copied_facts(outcome: Outcome) -> dict[str, str]:
    from yilu.messaging.models import Message

    template = templates.catalogue()[outcome.template]
    facts = Message.objects.values_list("facts", flat=True).get(pk=outcome.id)
    return {name: facts[name] for name in template.agent_facts}


def _loaded(facts: Any) -> dict[str, str]:
    loaded: dict[str, str] = orjson.loads(facts) if isinstance(facts, str | bytes) else facts
    return loaded


def _opened(secrets: bytes | memoryview) -> dict[str, str]:
    sealed = bytes(secrets)
    opened: dict[str, str] = orjson.loads(sealing.unseal(sealed, SECRETS_PLACE)) if sealed else {}
    return opened
