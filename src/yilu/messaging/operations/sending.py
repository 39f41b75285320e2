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
from yilu.messaging import events, rules, templates
from yilu.messaging.operations.queueing import SECRETS_PLACE
from yilu.people import queries as people
from yilu.work import operations as work

LEASE = timedelta(minutes=5)
SECRETS_KEPT = timedelta(days=7)
FAILED_QUEUE = "messaging.failed"


@dataclass(frozen=True, slots=True)
class Due:
    """A message in the sender's hands. ``handing``: a sender died while giving it to that channel."""

    id: int
    template: str
    purpose: str
    to: Ref
    about: Ref
    facts: dict[str, str]
    secrets: dict[str, str]
    is_copy: bool
    copies_agent: bool
    attempts: int
    tried: tuple[str, ...]
    handing: str
    key: str
    promised_at: datetime

    def __repr__(self) -> str:
        return f"Due({self.id})"


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of one try: the row's new values. ``copy_to`` is the agent who gets a copy.

    ``references`` are the gateway's names of the parts it took, ``number_index`` the blind index of
    the number they went to. ``reached_nobody``: only the mailbox was left, after others had failed.
    """

    id: int
    attempts: int
    state: str  # SENT, DELIVERED, UNKNOWN, FAILED, SUPPRESSED, QUEUED (again, or not yet)
    not_before: datetime
    template: str
    to: Ref
    about: Ref
    purpose: str = "SERVICE"
    version: int = 0
    channel: str = ""
    gateway: str = ""
    tried: tuple[str, ...] = ()
    language: str = ""
    title: str = ""
    text: str = ""
    reference: str = ""
    references: tuple[str, ...] = ()
    number_index: str = ""
    problem: str = ""
    copy_to: Ref | None = None
    handed_at: datetime | None = None
    reached_nobody: bool = False
    counts_as_try: bool = True


_WAITING = """
    select id from messaging_message
     where state in ('QUEUED', 'SENDING') and priority = {priority}
       and not_before <= %(at)s::timestamptz
       and (leased_until is null or leased_until <= %(at)s::timestamptz)
     order by not_before, id limit {limit} for update skip locked"""

# One index range each, in the order of their importance: what waits for the morning is never read.
_TAKE = f"""
    with codes as ({_WAITING.format(priority=0, limit="%(limit)s::int")}),
         law as ({_WAITING.format(priority=1, limit="greatest(%(limit)s::int - (select count(*) from codes), 0)")}),
         service as ({_WAITING.format(priority=2, limit="greatest(%(limit)s::int - (select count(*) from codes) - (select count(*) from law), 0)")}),
         marketing as ({_WAITING.format(priority=3, limit="greatest(%(limit)s::int - (select count(*) from codes) - (select count(*) from law) - (select count(*) from service), 0)")}),
         due as (select id from codes union all select id from law
                 union all select id from service union all select id from marketing)
    update messaging_message m
       set state = 'SENDING', leased_until = %(until)s::timestamptz, attempts = m.attempts + 1
      from due where m.id = due.id
    returning m.priority, m.id, m.template, m.purpose, m.recipient, m.about, m.facts, m.secrets,
              m.copy_of_id, m.copies_agent, m.attempts, m.tried, m.handing, m.message_key,
              m.promised_at
"""


@tx.use_case
def take_due(*, at: datetime, limit: int) -> list[Due]:
    """
    Take up what waits longest, codes first, for five minutes; two senders never hold the same one.

    What a crashed sender left in hand is taken up again when its lease has run out.
    """
    rows = tx.rows(_TAKE, {"at": at, "until": at + LEASE, "limit": limit})
    return [
        Due(
            id=id, template=template, purpose=purpose, to=Ref.parse(to), about=Ref.parse(about),
            facts=_loaded(facts), secrets=_opened(secrets), is_copy=copy_of is not None,
            copies_agent=copies, attempts=attempts, tried=tuple(tried.split(",")) if tried else (),
            handing=handing, key=key.hex, promised_at=promised_at,
        )
        for _, id, template, purpose, to, about, facts, secrets, copy_of, copies, attempts, tried,
            handing, key, promised_at in sorted(rows, key=lambda row: (row[0], row[1]))
    ]  # fmt: skip


@tx.use_case
def begin_handing(*, ids: Sequence[int], channel: str) -> None:
    """
    Write down that these are being given to a channel that would take the same message twice.

    If the sender dies before it notes the outcome, nobody knows whether they went: they are then
    in doubt, and not given to it again.
    """
    tx.changed(
        "update messaging_message set handing = %s where id = any(%s::bigint[])",
        [channel, list(ids)],
    )


_RECORD = """
    update messaging_message m
       set state = o.state,
           leased_until = case when o.state = 'UNKNOWN' then %(doubt)s::timestamptz end,
           attempts = case when o.counts then m.attempts else m.attempts - 1 end,
           not_before = case when o.state = 'QUEUED' then o.not_before else m.not_before end,
           channel = o.channel, gateway = o.gateway, tried = o.tried, handing = '', parts = o.parts,
           language = o.language, template_version = o.version, title = o.title, text = o.text,
           channel_reference = o.reference, problem = o.problem,
           secrets = case when o.forget then ''::bytea else m.secrets end,
           sent_at = case when o.state in ('SENT', 'DELIVERED') then o.handed_at end,
           delivered_at = case when o.state = 'DELIVERED' then o.handed_at end
      from json_to_recordset(%(outcomes)s::json) as o(id bigint, attempts int, state text,
           not_before timestamptz, channel text, gateway text, tried text, parts smallint,
           language text, version int, title text, text text, reference text, problem text,
           forget boolean, counts boolean, handed_at timestamptz)
     where m.id = o.id and m.attempts = o.attempts and m.state = 'SENDING'
    returning m.id
"""

_COPY = """
    insert into messaging_message (template, template_version, purpose, priority, recipient, about,
           facts, secrets, copies_agent, copy_of_id, state, language, channel, tried, handing,
           gateway, parts, title, text, channel_reference, attempts, problem, promised_at, not_before)
    select m.template, 0, 'SERVICE', 2, c.agent, m.about, c.facts, ''::bytea, false, m.id, 'QUEUED',
           '', '', '', '', '', 0, '', '', '', 0, '', m.promised_at, %(at)s::timestamptz
      from jsonb_to_recordset(%(copies)s::jsonb) as c(id bigint, agent text, facts jsonb)
      join messaging_message m on m.id = c.id
    on conflict do nothing
"""

_PARTS = """
    insert into messaging_part (message_id, gateway, reference, outcome, address_index)
    select id, gateway, reference, '', index
      from json_to_recordset(%s::json) as p(id bigint, gateway text, reference text, index text)
"""


@tx.use_case
def record_outcomes(*, outcomes: Sequence[Outcome], at: datetime) -> int:
    """
    Note what came of a batch of tries, in one statement; return how many were still ours to note.

    What has arrived is said in the journal; what no channel could bring becomes somebody's call. The
    agent's copy is promised when the customer's own message has gone.
    """
    given = orjson.dumps([_row(outcome, at) for outcome in outcomes]).decode()
    held = {row[0] for row in tx.rows(_RECORD, {"outcomes": given, "doubt": at + rules.DOUBT})}
    ours = [outcome for outcome in outcomes if outcome.id in held]
    _keep_parts(ours)
    copies = [
        {"id": o.id, "agent": str(o.copy_to), "facts": _copied_facts(o)}
        for o in ours
        if o.copy_to is not None and o.state in {"SENT", "DELIVERED"}
    ]
    if copies:
        tx.changed(_COPY, {"at": at, "copies": orjson.dumps(copies).decode()})
    for outcome in ours:
        _tell(outcome, at)
    return len(ours)


def _keep_parts(ours: Sequence[Outcome]) -> None:
    parts = [
        {"id": o.id, "gateway": o.gateway, "reference": reference[:80], "index": o.number_index}
        for o in ours
        for reference in o.references
    ]
    if parts:
        tx.changed(_PARTS, [orjson.dumps(parts).decode()])


def _tell(outcome: Outcome, at: datetime) -> None:
    told = (outcome.id, outcome.template, outcome.to, outcome.about)
    if outcome.state == "DELIVERED":
        say_delivered(*told, outcome.channel, at, only_mailbox=outcome.reached_nobody)
        if outcome.reached_nobody and outcome.purpose in {"PAYMENT", "STATUTORY"}:
            have_called(outcome.template, outcome.to, outcome.about, at)
    elif outcome.state == "FAILED":
        say_failed(*told, at)
    elif outcome.state == "UNKNOWN":
        say_in_doubt(*told, outcome.channel, at)


@tx.use_case
def forget_secrets(*, at: datetime) -> int:
    """
    Erase one-time codes and links that nobody needs any more; return how many.

    Words that a person wrote to somebody stay in that somebody's mailbox, sealed.
    """
    return tx.changed(
        """
        update messaging_message set secrets = ''::bytea
         where id in (select id from messaging_message
                       where secrets <> ''::bytea and state not in ('QUEUED', 'SENDING')
                         and sent_at < %s::timestamptz and template <> all(%s::text[]) limit 1000)
        """,
        [
            at - SECRETS_KEPT,
            [t.code for t in templates.catalogue().values() if "words" in t.secrets.values()],
        ],
    )


@tx.step
def say_delivered(
    id: int, template: str, to: Ref, about: Ref, channel: str, at: datetime, *,
    only_mailbox: bool = False,
) -> None:  # fmt: skip
    """Record the arrival: also the proof for a notice that stops or starts a legal clock."""
    journal.record(
        events.MessageDelivered(
            message_id=id,
            subject=str(about),
            template=template,
            channel=channel,
            to=to.kind,
            only_mailbox=only_mailbox,
        ),
        about=Ref("message", id),
        actor=SYSTEM,
        at=at,
        party=party_of(to),
    )


@tx.step
def say_failed(id: int, template: str, to: Ref, about: Ref, at: datetime) -> None:
    """Record that no channel reached somebody, and have a customer called."""
    journal.record(
        events.MessageFailed(message_id=id, subject=str(about), template=template),
        about=Ref("message", id), actor=SYSTEM, at=at, party=party_of(to),
    )  # fmt: skip
    have_called(template, to, about, at)


@tx.step
def say_in_doubt(id: int, template: str, to: Ref, about: Ref, channel: str, at: datetime) -> None:
    """Record that nobody knows whether it went."""
    journal.record(
        events.MessageInDoubt(message_id=id, subject=str(about), template=template, channel=channel),
        about=Ref("message", id), actor=SYSTEM, at=at, party=party_of(to),
    )  # fmt: skip


@tx.step
def have_called(template: str, to: Ref, about: Ref, at: datetime) -> None:
    """The last way: somebody calls the customer."""
    party_id = party_of(to)
    if party_id is None:
        return
    party = people.get_party(party_id)
    known = templates.catalogue().get(template)
    title = known.words["zh-hans"].title if known else template
    work.open_item(
        FAILED_QUEUE, about=about, office_id=party.office_id, title=f"通知未送达，请电话告知：{title}"[:120],
        at=at, party_id=party_id,
    )  # fmt: skip


def party_of(to: Ref) -> int | None:
    """The customer whom a message goes to, also as the writer of a letter that it answers."""
    if to.kind == "reply":
        from yilu.messaging.models import Reply

        return Reply.objects.filter(pk=to.id).values_list("party_id", flat=True).first()
    return to.id if to.kind == "party" else None


def _row(outcome: Outcome, at: datetime) -> dict[str, Any]:
    gone = outcome.state in {"SENT", "FAILED", "SUPPRESSED"}
    return {
        "id": outcome.id,
        "attempts": outcome.attempts,
        "state": outcome.state,
        "not_before": outcome.not_before,
        "channel": outcome.channel,
        "gateway": outcome.gateway,
        "tried": ",".join(outcome.tried)[:80],
        "parts": len(outcome.references),
        "language": outcome.language,
        "version": outcome.version,
        "title": outcome.title[:120],
        "text": outcome.text,
        "reference": outcome.reference[:120],
        "problem": outcome.problem[:200],
        # In the customer's own mailbox the code is what they came to read; elsewhere it has gone.
        "forget": gone and not settings.DEMO,
        "counts": outcome.counts_as_try,
        "handed_at": outcome.handed_at or at,
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
