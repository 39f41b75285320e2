"""What screens may know about messages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.conf import settings
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref
from yilu.messaging import rules, templates
from yilu.messaging.models import Address, Message, OptOut, Preference, Reply
from yilu.messaging.operations import ADDRESS_PLACE, SECRETS_PLACE, address_indexes
from yilu.messaging.queries.letters import writers_of
from yilu.people import queries as people
from yilu.people.queries import Access

STATES = tuple((value, str(label)) for value, label in Message.State.choices)
CHANNELS = tuple((value, str(label)) for value, label in Message.Channel.choices)
_PLACE = re.compile(r"\{([a-z_]+)\}")
MASK = "●●●●●●"
LETTERS_MAX = 200
"""So many letters of one person are looked through for their answers."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as screens show it; ``label`` is the state in Chinese."""

    id: int
    template: str
    recipient: str
    recipient_name: str
    about: str
    state: str
    label: str
    channel: str
    channel_label: str
    title: str
    text: str
    is_copy: bool
    promised_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    not_before: datetime
    problem: str


@dataclass(frozen=True, slots=True)
class Latency:
    """How soon messages went after they were promised, in seconds: the latest ``count`` of them."""

    count: int
    median: float
    p95: float
    longest: float


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into their ``{places}`` once; places without a value stay as they are."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def outbox(
    *, before: int | None = None, limit: int = 50, templates: Collection[str] = ()
) -> tuple[MessageView, ...]:
    """
    The latest messages of all, or of some templates, newest first, from before ``before``.

    Those of some templates are looked for among the latest ``LATEST_SEEN`` alone: a template that is rare, or was
    never sent, costs no more than one that is not, however many messages there are.
    One-time codes are legible in the demo only. :raises RuntimeError: outside the demo.
    """
    if not settings.DEMO:
        raise RuntimeError("the outbox screen shows other people's mail: it is for the demo alone")
    found = Message.objects.order_by("-pk")
    if templates:
        newest = found.values_list("pk", flat=True).first() or 0
        found = found.filter(template__in=templates, pk__gt=newest - LATEST_SEEN)
    if before is not None:
        found = found.filter(pk__lt=before)
    return _views(found[:limit], reveal=True)


SIGN_IN_CODE = "people.sign_in_code"
CODES = (SIGN_IN_CODE, "people.phone_proof", "underwriting.sign_code", "claims.agreement_code")
"""Messages that carry a one-time code: in the demo they are read on its page."""
SCANNED_MAX = 1000
"""How many messages one page of the staff's list looks through at most: filters never read it all."""
LATENCY_SEEN = 20_000
"""Among how many of the latest messages the sent ones are looked for: a night's mailing waits unsent on top of them."""
LATEST_SEEN = 5_000
"""Among how many of the latest messages the outbox looks for those of some templates."""


@dataclass(frozen=True, slots=True)
class SentRow:
    """A message in the staff's list: whom it went to is masked; ``waited`` in seconds, once sent."""

    message: MessageView
    recipient: Ref
    attempts: int
    waited: float | None


@dataclass(frozen=True, slots=True)
class SentPage:
    """Some messages and, if there may be more, the id that asks for the next ones."""

    rows: tuple[SentRow, ...]
    next: int | None


def sent_page(
    access: Access,
    *,
    state: str = "",
    channel: str = "",
    about: str = "",
    before: int | None = None,
    limit: int = 50,
) -> SentPage:
    """
    Messages to customers and agents of the asker's offices, newest first.

    Names are masked and secrets hidden; in the demo a sign-in code is legible, since there its
    message goes nowhere else. A page looks through ``SCANNED_MAX`` messages at most.
    """
    found = Message.objects.order_by("-pk")
    if state:
        found = found.filter(_in_state(state))
    if about:
        found = found.filter(about=about)
    rows: list[SentRow] = []
    last, scanned = before, 0
    while scanned < SCANNED_MAX:
        batch = list((found.filter(pk__lt=last) if last else found)[:200])
        offices = _offices_of([Ref.parse(m.recipient) for m in batch])
        for m in batch:
            last, scanned = m.pk, scanned + 1
            office_id, name = offices.get(m.recipient, (0, ""))
            if office_id in access.office_ids and (not channel or m.channel == channel):
                rows.append(_sent_row(m, name))
                if len(rows) == limit:
                    return SentPage(tuple(rows), last)
        if len(batch) < 200:
            return SentPage(tuple(rows), None)
    return SentPage(tuple(rows), last)


def _in_state(state: str) -> RawSQL:
    """
    A state as a word of the statement itself. Handed over beside it, one prepared plan serves every state, and that
    reads past millions that arrived to find the few that did not: the partial indexes are out of its sight.
    """
    word = Message.State(state).value  # none but our own words
    return RawSQL(f"state = '{word}'", (), BooleanField())  # noqa: S611


def _sent_row(m: Message, name: str) -> SentRow:
    reveal = settings.DEMO and m.template in CODES
    waited = (m.sent_at - max(m.promised_at, m.not_before)).total_seconds() if m.sent_at else None
    return SentRow(_view(m, name, reveal=reveal), Ref.parse(m.recipient), m.attempts, waited)


def _offices_of(who: Sequence[Ref]) -> dict[str, tuple[int, str]]:
    """The office and masked name of each recipient."""
    parties = _parties(who)
    found = {name: (p.office_id, p.masked_name) for name, p in parties.items()}
    for ref in {ref for ref in who if ref.kind in {"agent", "staff"}}:
        if ref.kind == "agent":
            agent = people.get_agent(ref.id)
            found[str(ref)] = (agent.office_id, agent.name)
        else:
            staff = people.get_staff(ref.id)
            found[str(ref)] = (staff.office_id, staff.name)
    return found


def _parties(who: Sequence[Ref]) -> dict[str, people.PartyView]:
    """The customers among recipients, also as writers of letters that are answered."""
    behind = {ref: ref.id for ref in who if ref.kind == "party"}
    letters = {ref for ref in who if ref.kind == "reply"}
    behind |= {ref: w.party_id for ref, w in writers_of(letters).items() if w.party_id}
    parties = people.list_parties(set(behind.values()))
    return {str(ref): parties[party_id] for ref, party_id in behind.items() if party_id in parties}


def messages_about(about: Ref, *, limit: int = 200) -> tuple[MessageView, ...]:
    """Every message about a subject, oldest first, without secrets. The caller checks the right."""
    return _views(Message.objects.filter(about=str(about)).order_by("pk")[:limit], reveal=False)


def messages_to(who: Ref, *, limit: int = 20) -> tuple[MessageView, ...]:
    """What was sent to somebody, newest first, without secrets. The caller checks the right."""
    found = Message.objects.filter(recipient__in=_names_of(who)).order_by("-pk")
    return _views(found[:limit], reveal=False)


def _names_of(who: Ref) -> list[str]:
    """What somebody is called in messages: themselves, and as the writer of the letters they sent."""
    names = [str(who)]
    if who.kind == "party":
        letters = Reply.objects.filter(party_id=who.id).order_by("-pk")
        names += [f"reply:{pk}" for pk in letters.values_list("pk", flat=True)[:LETTERS_MAX]]
    return names


def mailbox(who: Ref, *, before: int | None = None, limit: int = 30) -> tuple[MessageView, ...]:
    """A person's own messages, newest first: their mailbox. Links and codes are legible to them."""
    found = Message.objects.filter(
        recipient__in=_names_of(who), state__in=["SENT", "DELIVERED"]
    ).order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    return _views(found[:limit], reveal=True)


def preferences(people_: Iterable[Ref]) -> dict[Ref, str]:
    """Which channel each of these wants first; absent where nothing was said."""
    names = {str(who) for who in people_}
    found = Preference.objects.filter(recipient__in=names).values_list("recipient", "channel")
    return {Ref.parse(who): channel for who, channel in found}


def is_bound(who: Ref, channel: str = "WECHAT") -> bool:
    """Whether somebody is reached by an account of theirs on this channel."""
    return Address.objects.filter(recipient=str(who), channel=channel, until=None).exists()


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What a sender must know of one recipient: wishes, agreements, bound addresses by channel.

    ``reminded_by`` is the channel they chose to be reminded of premiums by; ``disturbed`` are the
    moments at which they were last disturbed, by purpose.
    """

    preferred: str | None
    agreed: bool
    copies_agent: bool
    addresses: Mapping[str, str]
    disturbed: dict[str, list[datetime]]
    reminded_by: str | None = None


def standings(
    who: Iterable[Ref],
    at: datetime,
    *,
    marketing: bool,
    copies: bool,
    disturbing: bool,
    reminding: bool = False,
) -> dict[Ref, Standing]:
    """
    The standing of many recipients, one statement each kind of thing.

    Consents and the wish for reminders are read where a message needs them; addresses and past
    disturbances only where there is a channel that disturbs.
    """
    asked = set(who)
    party_ids = {ref.id for ref in asked if ref.kind == "party"}
    preferred = preferences(asked)
    agreed = people.who_agreed(party_ids, "MARKETING") if marketing else set()
    copied = people.who_agreed(party_ids, "AGENT_COPY") if copies else set()
    ways = people.reminder_ways(party_ids) if reminding else {}
    bound = _addresses(asked) if disturbing else {}
    past = _disturbed(asked, at) if disturbing else {}
    return {
        ref: Standing(
            preferred.get(ref),
            ref.kind == "party" and ref.id in agreed,
            ref.kind == "party" and ref.id in copied,
            bound.get(ref, {}),
            past.get(ref, {}),
            ways.get(ref.id) if ref.kind == "party" else None,
        )
        for ref in asked
    }


def _addresses(who: Iterable[Ref]) -> dict[Ref, dict[str, str]]:
    found: dict[Ref, dict[str, str]] = {}
    for row in Address.objects.filter(recipient__in=[str(ref) for ref in who], until=None):
        address = sealing.unseal(row.address, ADDRESS_PLACE)
        found.setdefault(Ref.parse(row.recipient), {})[row.channel] = address
    return found


def _disturbed(who: Iterable[Ref], at: datetime) -> dict[Ref, dict[str, list[datetime]]]:
    longest = max(span for caps in rules.CAPS.values() for span, _ in caps)
    rows = tx.rows(
        """
        select recipient, purpose, sent_at from messaging_message
         where recipient = any(%s::text[]) and sent_at > %s::timestamptz and channel <> 'OUTBOX'
           and sent_at is not null and purpose = any(%s::text[])
        """,
        [[str(ref) for ref in who], at - longest, list(rules.CAPS)],
    )
    found: dict[Ref, dict[str, list[datetime]]] = {}
    for recipient, purpose, sent_at in rows:
        found.setdefault(Ref.parse(recipient), {}).setdefault(purpose, []).append(sent_at)
    return found


def is_opted_out(channel: str, address: str) -> bool:
    """Whether this number or address answered 退订 and has not come back."""
    return OptOut.objects.filter(
        channel=channel, address_index__in=address_indexes(channel, address), until=None
    ).exists()


def latency(*, latest: int = 1000) -> Latency:
    """How soon the latest sent messages went that might go at any hour (短信一触即发)."""
    rows = tx.rows(
        """
        with late as (
            select extract(epoch from sent_at - greatest(promised_at, not_before)) as seconds
              from (select * from messaging_message order by id desc limit %s::int) newest
             where sent_at is not null order by id desc limit %s::int)
        select count(*), coalesce(percentile_cont(0.5) within group (order by seconds), 0),
               coalesce(percentile_cont(0.95) within group (order by seconds), 0),
               coalesce(max(seconds), 0) from late
        """,
        [LATENCY_SEEN, latest],
    )
    count, median, p95, longest = rows[0]
    return Latency(int(count), float(median), float(p95), float(longest))


def _views(messages: Iterable[Message], *, reveal: bool) -> tuple[MessageView, ...]:
    found = list(messages)
    names = _names([Ref.parse(m.recipient) for m in found])
    return tuple(_view(m, names.get(m.recipient, ""), reveal=reveal) for m in found)


def _names(who: Sequence[Ref]) -> dict[str, str]:
    named = {name: party.name for name, party in _parties(who).items()}
    others = {ref for ref in who if ref.kind in {"agent", "staff"}}
    return (
        {**named, **{str(ref): name for ref, name in people.names_of(others).items()}}
        if others
        else named
    )


def _view(m: Message, name: str, *, reveal: bool) -> MessageView:
    known = {"name": name, "insurer": settings.INSURER_SHORT_NAME, "hotline": settings.HOTLINE}
    sealed = bytes(m.secrets)
    if sealed and reveal:
        known |= orjson.loads(sealing.unseal(sealed, SECRETS_PLACE))
    text = _PLACE.sub(MASK, fill(m.text, known))
    return MessageView(
        id=m.pk,
        template=m.template,
        recipient=m.recipient,
        recipient_name=name,
        about=m.about,
        state=m.state,
        label=m.get_state_display(),
        channel=m.channel,
        channel_label=m.get_channel_display() if m.channel else "",
        title=fill(m.title, known) if m.title else _title_to_be(m),
        text=text,
        is_copy=m.copy_of_id is not None,
        promised_at=m.promised_at,
        sent_at=m.sent_at,
        delivered_at=m.delivered_at,
        not_before=m.not_before,
        problem=m.problem,
    )


def _title_to_be(m: Message) -> str:
    """What a message that has no words yet will be headed by; its code only where no such template exists any more."""
    template = templates.in_force(m.template, m.promised_at)
    if template is None:
        return ""
    spoken = template.agent if m.copy_of_id is not None and template.agent else template.words
    return _PLACE.sub("…", spoken["zh-hans"].title)


def seconds_to_arrive(message_ids: Collection[int]) -> dict[int, float]:
    """How long these messages took from when they might go until their arrival was proven."""
    if not message_ids:
        return {}
    rows = tx.rows(
        """
        select id, extract(epoch from delivered_at - greatest(promised_at, not_before))::float8
          from messaging_message where id = any(%s::bigint[]) and delivered_at is not null
        """,
        [sorted(message_ids)],
    )
    return {id: max(seconds, 0.0) for id, seconds in rows}
