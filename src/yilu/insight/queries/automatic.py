"""
自动判断日志: what the machine decided by itself, by which rule, who answers for it, how a person undoes it.

The journal tells each decision; the room that made it tells the table, version and row; the register
of models says who answers. What a contract or the law makes happen on a day (a lapse, a due premium)
is no judgement and is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yilu.claims.queries import automatic as claims
from yilu.journal import queries as journal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.risk import queries as risk
from yilu.underwriting.queries import automatic as underwriting

RIGHT = "people.privacy_read"
LEFT_TO_A_PERSON = _("已转由人决定，系统没有作出不利的结论")
ASK_A_PERSON = _("客户可以在页面、热线或柜面要求由人重新判断")


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of automatic decision: the event that tells it, what judged, and the way to a person."""

    kind: str
    name: str
    judge: str
    appeal: str


SORTS = (
    Sort("claims.claim_approved", _("理赔自动核定"), "CLAIMS",
         _("客户对金额有异议的，在赔案页面提出，由人重新核定")),
    Sort("claims.claim_sent_to_review", _("赔案转人工"), "CLAIMS", LEFT_TO_A_PERSON),
    Sort("claims.signal_raised", _("理赔风险信号"), "RISK", LEFT_TO_A_PERSON),
    Sort("claims.claim_offered", _("主动理赔邀约"), "OFFERS", _("客户可以不申请，不影响以后申请")),
    Sort("underwriting.application_decided", _("自动核保"), "UNDERWRITING",
         _("客户可以请核保人员沟通并重新审核；不予承保和延期只由人决定")),
    Sort("documents.duplicate_invoice_refused", _("重复发票不予受理"), "READING",
         _("客户可以说明情况，由人核对两张发票")),
    Sort("journeys.continuation_offered", _("断点提供接续"), "FORETELLING", ASK_A_PERSON),
    Sort("journeys.helped_ahead", _("提前帮忙"), "FORETELLING",
         _("客户可以在隐私与授权中关闭预判")),
    Sort("people.double_found", _("疑似重复客户"), "DOUBLES", LEFT_TO_A_PERSON),
)  # fmt: skip
"""Every decision that the platform makes by itself, in the order of the page."""
BY_KIND = {sort.kind: sort for sort in SORTS}


@dataclass(frozen=True, slots=True)
class Automatic:
    """
    One decision of the machine. ``rules`` are table, version and row, as kept with it; ``why`` its reasons.

    ``owner`` and ``version`` are what the register of models says today; empty without an entry.
    """

    event_id: int
    sort: Sort
    about: Ref
    at: datetime
    rules: tuple[str, ...]
    why: tuple[str, ...]
    owner: str
    version: str
    register_id: int | None


def automatic(
    access: Access, *, since: datetime, until: datetime, kind: str = "", before: int | None = None,
    limit: int,
) -> list[Automatic]:  # fmt: skip
    """
    What the machine decided from ``since`` up to but without ``until``, of one kind or of all, newest first.

    :raises NotAllowed: without the right over the head office: it is the whole insurer's.
    """
    access.require(RIGHT, office_id=people.head_office_id())
    kinds = [kind] if kind in BY_KIND else list(BY_KIND)
    rows = journal.list_by_machine(kinds, since=since, until=until, before=before, limit=limit)
    judges, told = people.standing_judges(access), _told(rows)
    found = []
    for row in rows:
        sort = BY_KIND[row.kind]
        rules, why = told.get(row.id, ((), ()))
        entry = judges.get(sort.judge)
        found.append(
            Automatic(
                row.id, sort, row.about, row.at, rules, why, entry.owner if entry else "",
                entry.version if entry else "", entry.record_id if entry else None,
            )
        )  # fmt: skip
    return found


Said = tuple[tuple[str, ...], tuple[str, ...]]


def _told(rows: Sequence[journal.EventRow]) -> dict[int, Said]:
    """By event: the rules and the reasons, asked of each room once."""
    by_kind: dict[str, list[journal.EventRow]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    found: dict[int, Said] = {}
    for kind, events in by_kind.items():
        if kind in _TELLERS:
            found |= _TELLERS[kind](events)
    return found


def _approved(events: Iterable[journal.EventRow]) -> dict[int, Said]:
    ids = {event.id: int(event.facts["decision_id"]) for event in events}
    rules = claims.rules_of(ids.values())
    return {event: _parted(rules.get(decision, "")) for event, decision in ids.items()}


def _parted(rule: str) -> Said:
    """A rule as claims keep it: the row of the table, a colon, what it says."""
    row, colon, reason = rule.partition("：")
    return ((row,) if row else (), (reason,) if colon else ())


def _decided(events: Iterable[journal.EventRow]) -> dict[int, Said]:
    ids = {event.id: int(event.facts["decision_id"]) for event in events}
    told = underwriting.rules_of(ids.values())
    return {
        event: (
            tuple(dict.fromkeys(row for row, _why in told.get(decision, ()) if row)),
            tuple(dict.fromkeys(why for _row, why in told.get(decision, ()))),
        )
        for event, decision in ids.items()
    }


def _reviewed(events: Iterable[journal.EventRow]) -> dict[int, Said]:
    return {e.id: ((), claims.reasons_said(e.facts.get("reasons", ()))) for e in events}


def _signalled(events: Iterable[journal.EventRow]) -> dict[int, Said]:
    return {e.id: ((), (risk.signal_label(str(e.facts.get("signal", ""))),)) for e in events}


_TELLERS: Mapping[str, Callable[[Iterable[journal.EventRow]], dict[int, Said]]] = {
    "claims.claim_approved": _approved,
    "claims.claim_sent_to_review": _reviewed,
    "claims.signal_raised": _signalled,
    "underwriting.application_decided": _decided,
}


def may_read(access: Access) -> bool:
    """Whether somebody may read the log: it is not told branch from branch."""
    return access.may(RIGHT, office_id=people.head_office_id())


def sorts() -> tuple[tuple[str, Any], ...]:
    """The kinds and what they are called, for a choice."""
    return tuple((sort.kind, sort.name) for sort in SORTS)
