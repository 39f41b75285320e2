"""Until when recordings are kept: what they belong to, held against what is open and what has ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q

from yilu.journal import queries as journal
from yilu.kernel.days import day_of, start_of_day
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.kernel.years import add_months
from yilu.people.queries import Keeps, still_open
from yilu.retention import rules
from yilu.retention.book import kinds
from yilu.retention.models import EndedContract, Matter, Reader
from yilu.standards import queries as standards

LINKED: Final = "contact.conversation_linked"
AFTER_DISPUTE: Final = _("可回溯管理办法第十三条：发生纠纷的，资料保存至纠纷结束后至少两年")
SLACK: Final = timedelta(hours=1)
"""No transaction is open for longer: what was written before midnight is read an hour after it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """
    A recording as far as its keeping goes.

    ``about`` names the things it is about; one about a conversation is about everything that was ever
    said to be its business. ``general_until``: how long it is kept where no contract asks for more.
    """

    about: frozenset[Ref]
    party_id: int | None
    general_until: date


def may_delete(at: datetime) -> bool:
    """
    Whether everything is known that happened until last midnight: only then is anything deleted.

    What was due yesterday is deleted today. A case opened yesterday, at whatever moment, keeps it.
    """
    whole_at = Reader.objects.filter(pk=1).values_list("whole_at", flat=True).first()
    return whole_at is not None and whole_at >= start_of_day(at) + SLACK


def spans_on(on: date) -> rules.Spans:
    """How long the insurer keeps recordings after a contract and after a dispute (数值标准)."""
    return rules.Spans(
        short=standards.whole_figure("retention.short_contract_months", on),
        long=standards.whole_figure("retention.long_contract_months", on),
        dispute=standards.whole_figure("retention.after_dispute_months", on),
    )


def kept(recorded: Sequence[Recorded], at: datetime) -> list[rules.Kept]:
    """Until when each is kept and why, in their order: four statements, however many they are."""
    belongings = _belongings(recorded)
    policies = {policy_id for each in belongings for policy_id in each.policies}
    ended = EndedContract.objects.in_bulk(policies)
    matters = _matters(belongings, policies)
    today, spans = day_of(at), spans_on(day_of(at))
    return [
        rules.keep_until(
            general_until=one.general_until, spans=spans, today=today,
            contracts=[_contract(policy_id, ended) for policy_id in sorted(belonging.policies)],
            matters=[
                _open(m) for m in matters
                if belonging.belongs_to(
                    ref=m.ref, concerns=m.concerns, policy_id=m.policy_id, party_id=m.party_id
                )
            ],
        )
        for one, belonging in zip(recorded, belongings, strict=True)
    ]  # fmt: skip


def contract_kept_until(ended_on: date, *, long_term: bool, on: date) -> date:
    """The last day on which what concerns a contract is kept, by the figures of the day ``on``."""
    spans = spans_on(on)
    return add_months(ended_on, spans.long if long_term else spans.short)


def of_person(party_ids: Sequence[int], on: date) -> Iterator[Keeps]:
    """Disputes and holds for which nothing of a person is erased: while they are open, and some time after."""
    disputes = [code for code, kind in kinds().items() if kind.dispute]
    months = spans_on(on).dispute
    for row in Matter.objects.filter(party_id__in=list(party_ids), kind__in=disputes).order_by(
        "pk"
    ):
        what = kinds()[row.kind].name
        if row.closed_at is None:
            yield still_open(row.ref, what)
        else:
            yield Keeps(row.ref, what, AFTER_DISPUTE, add_months(day_of(row.closed_at), months))


def _belongings(recorded: Sequence[Recorded]) -> list[rules.Belonging]:
    refs = [{str(about) for about in each.about} for each in recorded]
    talks = {ref for each in refs for ref in each if ref.startswith("conversation:")}
    if talks:
        for event in journal.list_told(LINKED, talks):
            for each in refs:
                if str(event.about) in each and event.facts["about"]:
                    each.add(str(event.facts["about"]))
    named = {ref for each in refs for ref in each}
    led = Matter.objects.filter(ref__in=named, policy_id__isnull=False)
    contracts = dict(led.values_list("ref", "policy_id"))
    return [
        rules.Belonging(frozenset(each), frozenset(_policies(each, contracts)), one.party_id)
        for one, each in zip(recorded, refs, strict=True)
    ]


def _policies(refs: Iterable[str], contracts: dict[str, int | None]) -> set[int]:
    found = {Ref.parse(ref).id for ref in refs if ref.startswith("policy:")}
    return found | {policy for ref in refs if (policy := contracts.get(ref)) is not None}


def _matters(belongings: Sequence[rules.Belonging], policies: set[int]) -> list[Matter]:
    """What may keep any of them: open, or a dispute; what leads to a contract only keeps nothing."""
    refs = {ref for each in belongings for ref in each.refs}
    parties = {each.party_id for each in belongings if each.party_id is not None}
    disputes = [code for code, kind in kinds().items() if kind.dispute]
    return list(
        Matter.objects.filter(
            Q(closed_at=None) | Q(kind__in=disputes),
            Q(ref__in=refs) | Q(concerns__in=refs) | Q(policy_id__in=policies) | Q(party_id__in=parties),
        ).order_by("pk")
    )  # fmt: skip


def _contract(policy_id: int, ended: dict[int, EndedContract]) -> rules.Contract:
    row = ended.get(policy_id)
    if row is None:
        return rules.Contract(policy_id, long_term=True)
    return rules.Contract(policy_id, row.long_term, row.ended_on)


def _open(row: Matter) -> rules.Open:
    kind = kinds().get(row.kind)
    name, dispute = (kind.name, kind.dispute) if kind else (row.kind, True)
    return rules.Open(row.kind, name, row.ref, dispute, row.closed_at and day_of(row.closed_at))
