"""What channels report afterwards: in any order, twice, early, or about nothing of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import rules, templates
from yilu.messaging.models import Message, Receipt, StrayReceipt
from yilu.messaging.operations.sending import have_called, say_delivered, say_failed

STRAY_KEPT = timedelta(days=3)
"""How long a report may wait for its message: gateways report within three days or never."""


class MessageNotFound(NotFound):
    """No message of ours has this key."""

    code = "message_not_found"
    message = "没有找到这条通知"


@dataclass(frozen=True, slots=True)
class Report:
    """
    One report of a gateway about a part it took, under its own name for it.

    ``key`` is ours where the gateway repeats it. ``is_final``: no other try of the same channel helps.
    """

    gateway: str
    reference: str
    outcome: str
    proof: str
    key: str = ""
    reason: str = ""
    is_final: bool = True


@tx.use_case
def receive_receipt(*, message_key: str, outcome: str, proof: str, at: datetime) -> bool:
    """
    Take a channel's report that a whole message arrived or did not; True if that was news.

    ``proof`` is the channel's own number of the report: once taken, the same one changes nothing. An
    arrival is never taken back; a failure after it is only kept.

    :raises MessageNotFound: for a key that is not ours. :raises Invalid: for an unknown outcome.
    """
    if outcome not in Receipt.Outcome.values or not proof.strip():
        raise Invalid(_("回执内容不完整"))
    try:
        key = UUID(message_key)
    except ValueError:
        raise MessageNotFound from None
    message = Message.objects.select_for_update(of=("self",)).filter(message_key=key).first()
    if message is None or (message.state == Message.State.QUEUED and not message.tried):
        raise MessageNotFound
    is_new = Receipt.objects.get_or_create(
        message=message, proof=proof.strip()[:120], defaults={"outcome": outcome, "received_at": at}
    )[1]
    return is_new and _apply(message, outcome, at)


@tx.use_case
def take_receipts(*, reports: Sequence[Report], at: datetime) -> int:
    """
    Take what gateways report about the parts they have; return how many messages changed by it.

    A report that fits nothing yet is kept and tried again by ``reconcile_receipts``: gateways report
    before they have answered. The same one twice changes nothing.
    """
    good = [r for r in reports if r.outcome in Receipt.Outcome.values and r.reference and r.proof]
    known = _find(good)
    strays = [r for r in good if (r.gateway, r.reference) not in known]
    StrayReceipt.objects.bulk_create(
        [
            StrayReceipt(
                gateway=r.gateway, reference=r.reference[:80], outcome=r.outcome, proof=r.proof[:120],
                is_final=r.is_final, reason=r.reason[:60], received_at=at,
            )
            for r in strays
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return _take(
        [(known[r.gateway, r.reference], r) for r in good if (r.gateway, r.reference) in known], at
    )


@tx.use_case
def reconcile_receipts(*, at: datetime, after: int = 0, limit: int = 500) -> journal.Page:
    """Give reports that came too early to the messages they speak of, a page by id; close what nobody claims."""
    open_ = list(
        StrayReceipt.objects.select_for_update(skip_locked=True)
        .filter(closed_at=None, pk__gt=after).order_by("pk")[:limit]
    )  # fmt: skip
    found = _find(
        [Report(s.gateway, s.reference, s.outcome, s.proof, is_final=s.is_final) for s in open_]
    )
    taken, closed = [], []
    for stray in open_:
        if part := found.get((stray.gateway, stray.reference)):
            stray.was_matched, stray.closed_at = True, at
            report = Report(
                stray.gateway, stray.reference, stray.outcome, stray.proof, reason=stray.reason,
                is_final=stray.is_final,
            )  # fmt: skip
            taken.append((part, report))
            closed.append(stray)
        elif stray.received_at < at - STRAY_KEPT:
            stray.closed_at = at
            closed.append(stray)
    StrayReceipt.objects.bulk_update(closed, ["was_matched", "closed_at"])
    _take(taken, at)
    return journal.Page(len(closed), open_[-1].pk if open_ else 0)


@tx.use_case
def settle_doubts(*, at: datetime, limit: int = 200) -> int:
    """
    Decide about messages of which no receipt came in time: see ``rules.after_doubt``.

    A text about money is never sent again by itself.
    """
    doubts = Message.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=Message.State.UNKNOWN, leased_until__lte=at
    ).order_by("pk")[:limit]  # fmt: skip
    for message in doubts:
        verdict = rules.after_doubt(message.purpose)
        message.leased_until = None
        if verdict == rules.InDoubt.NEXT:
            _go_on(message, at, "in doubt")
        elif verdict == rules.InDoubt.CALL:
            have_called(
                message.template, Ref.parse(message.recipient), Ref.parse(message.about), at
            )
        message.save()
    return len(doubts)


def _find(reports: Iterable[Report]) -> Mapping[tuple[str, str], int]:
    """The newest part each report speaks of: a gateway may use a name again after months."""
    asked = [{"gateway": r.gateway, "reference": r.reference} for r in reports]
    if not asked:
        return {}
    rows = tx.rows(
        """
        select distinct on (p.gateway, p.reference) p.gateway, p.reference, p.id
          from json_to_recordset(%s::json) as r(gateway text, reference text)
          join messaging_part p using (gateway, reference)
         order by p.gateway, p.reference, p.id desc
        """,
        [orjson.dumps(asked).decode()],
    )
    return {(gateway, reference): id for gateway, reference, id in rows}


_KEEP = """
    with news as (
        insert into messaging_receipt (message_id, outcome, proof, received_at)
        select p.message_id, r.outcome, r.proof, %(at)s::timestamptz
          from json_to_recordset(%(taken)s::json) as r(part bigint, outcome text, proof text)
          join messaging_part p on p.id = r.part
         order by r.part
        on conflict do nothing
        returning message_id, proof)
    update messaging_part p
       set outcome = case when p.outcome = 'DELIVERED' or r.arrived then 'DELIVERED' else r.outcome end
      from (select r.part, max(r.outcome) as outcome, bool_or(r.outcome = 'DELIVERED') as arrived
              from json_to_recordset(%(taken)s::json) as r(part bigint, outcome text, proof text)
              join messaging_part p on p.id = r.part
              join news n on n.message_id = p.message_id and n.proof = r.proof
             group by r.part) r
     where p.id = r.part
    returning p.message_id
"""


def _take(taken: Sequence[tuple[int, Report]], at: datetime) -> int:
    """Keep new reports; a message whose every part arrived has arrived, one with a lost part has not."""
    if not taken:
        return 0
    by_proof: dict[str, tuple[int, Report]] = {}
    for part, report in taken:
        by_proof.setdefault(
            f"{report.gateway}:{report.reference}:{report.proof}"[:120], (part, report)
        )
    rows = [
        {"part": part, "outcome": report.outcome, "proof": proof}
        for proof, (part, report) in sorted(by_proof.items(), key=lambda each: each[1][0])
    ]
    touched = {row[0] for row in tx.rows(_KEEP, {"at": at, "taken": orjson.dumps(rows).decode()})}
    if not touched:
        return 0
    reason = next((report.reason for _, report in taken if report.outcome == "FAILED"), "")
    changed = 0
    messages = Message.objects.select_for_update(of=("self",)).filter(pk__in=touched).order_by("pk")
    told = _parts_of(touched)
    arrived: list[Message] = []
    for message in messages:
        outcomes = told[message.pk]
        if "FAILED" in outcomes:
            changed += _apply(message, "FAILED", at, reason=reason)
        elif "" not in outcomes and message.state != Message.State.DELIVERED:
            arrived.append(message)
    _arrive(arrived, at)
    return changed + len(arrived)


def _parts_of(ids: set[int]) -> dict[int, set[str]]:
    rows = tx.rows(
        "select message_id, array_agg(distinct outcome) from messaging_part"
        " where message_id = any(%s::bigint[]) group by message_id",
        [sorted(ids)],
    )
    return {id: set(outcomes) for id, outcomes in rows}


def _arrive(messages: Sequence[Message], at: datetime) -> None:
    if not messages:
        return
    tx.changed(
        """
        update messaging_message set state = 'DELIVERED', delivered_at = %s::timestamptz,
               sent_at = coalesce(sent_at, %s::timestamptz), leased_until = null
         where id = any(%s::bigint[])
        """,
        [at, at, [m.pk for m in messages]],
    )
    for m in messages:
        say_delivered(m.pk, m.template, Ref.parse(m.recipient), Ref.parse(m.about), m.channel, at)


def _apply(message: Message, outcome: str, at: datetime, reason: str = "") -> bool:
    if message.state == Message.State.DELIVERED:
        return False
    message.leased_until = None
    if outcome == Receipt.Outcome.DELIVERED:
        _arrive([message], at)
        return True
    if message.state in {Message.State.FAILED, Message.State.QUEUED}:
        return False
    _go_on(message, at, f"not delivered {reason}".strip())
    message.save()
    return True


def _go_on(message: Message, at: datetime, problem: str) -> None:
    """By the next channel of its template; with none left it has failed and somebody calls."""
    tried: list[str] = (
        [*message.tried.split(","), message.channel] if message.tried else [message.channel]
    )
    message.tried, message.problem = ",".join(filter(None, tried))[:80], problem[:200]
    template = templates.catalogue().get(message.template)
    left: set[str] = set(template.channels) - set(tried) if template else set()
    to, about = Ref.parse(message.recipient), Ref.parse(message.about)
    if left and message.purpose != "CODE" and _can_be_said_again(message, template):
        message.state, message.not_before, message.attempts = Message.State.QUEUED, at, 0
        return
    message.state = Message.State.FAILED
    say_failed(message.pk, message.template, to, about, at)


def _can_be_said_again(message: Message, template: Any) -> bool:
    """A text whose secret has been forgotten cannot be written a second time."""
    return not template.secrets or bool(bytes(message.secrets))
