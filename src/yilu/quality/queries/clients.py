"""The sort of client beside a talk, and how often the seats said otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yilu.contact.queries import ConversationView
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Sentence
from yilu.people.queries import Access
from yilu.quality.books import versions
from yilu.quality.models import ClientJudgement
from yilu.quality.queries.recognising import recognised_in
from yilu.quality.queries.standards import standard_for
from yilu.quality.rules.clients import SIGNS, Sort

TOUCHPOINT = {"PHONE": "phone", "VOICEMAIL": "phone", "VIDEO": "video", "COUNTER": "counter"}


def touchpoint_of(channel: str) -> str:
    """The standard that a channel's talks go by."""
    return TOUCHPOINT.get(channel, "chat")


@dataclass(frozen=True, slots=True)
class ClientView:
    """
    How to speak with somebody now: what sort of client, by which signs, how to treat them, what to say.

    ``judged`` is true where the seat said so; ``also`` names what else holds; ``choices`` every sort.
    """

    sort: Sort
    why: tuple[Sentence, ...]
    say: str
    judged: bool
    also: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ClientCount:
    """
    How often one sort was told, and how often the seat said otherwise.

    ``instead`` are what was said instead, ``signs`` those by which it was wrongly told: most often first.
    """

    label: str
    told: int
    corrected: int
    instead: tuple[tuple[str, int], ...]
    signs: tuple[tuple[str, int], ...]

    @property
    def stood(self) -> float:
        """The share that nobody corrected, of a hundred."""
        return 100 * (self.told - self.corrected) / self.told


def client_of(talk: ConversationView, *, office_id: int | None, at: datetime) -> ClientView:
    """For the seat that speaks with them; the words are those of the touchpoint's standard here, if it has any."""
    guide, found = recognised_in(talk, at)
    row = ClientJudgement.objects.filter(pk=talk.id).exclude(judged="").first()
    judged = guide.sort(row.judged) if row is not None else None
    sort = judged or found[0].sort
    why = next((each.why for each in found if each.sort == sort), ())
    standard = standard_for(touchpoint_of(talk.channel), office_id=office_id, on=day_of(at))
    said = standard.standard.variants.get(sort.code, "") if standard else ""
    return ClientView(
        sort, tuple(seen for _code, seen in why), said or sort.say, judged is not None,
        tuple(each.sort.label for each in found if each.sort != sort),
        tuple((each.code, each.label) for each in guide.sorts),
    )  # fmt: skip


def client_counts(access: Access, since: date, today: date) -> tuple[ClientCount, ...]:
    """What was told in one's offices from a day on, by sort as the rules name them today, most often first."""
    access.require("quality.view")
    guide = versions.clients_on(today)
    given = {"offices": sorted(access.offices_for("quality.view")), "since": since}
    where = """
         where office_id = any(%(offices)s::bigint[])
           and at >= (%(since)s::date)::timestamp at time zone 'Asia/Shanghai'
    """
    told: dict[str, int] = {}
    instead: dict[str, list[tuple[str, int]]] = {}
    for code, judged, n in tx.rows(
        f"select told, judged, count(*) from quality_clientjudgement {where} group by 1, 2 order by 3 desc, 2",
        given,
    ):
        told[code] = told.get(code, 0) + n
        if judged not in ("", code):
            instead.setdefault(code, []).append((_label(guide.sort(judged), judged), n))
    signs: dict[str, list[tuple[str, int]]] = {}
    for code, sign, n in tx.rows(
        f"""
        select told, sign, count(*) from quality_clientjudgement, jsonb_array_elements_text(signs) as sign
        {where} and judged not in ('', told) group by 1, 2 order by 3 desc, 2
        """,
        given,
    ):
        signs.setdefault(code, []).append((SIGNS.get(sign, sign), n))
    return tuple(
        ClientCount(
            _label(guide.sort(code), code), n, sum(k for _to, k in instead.get(code, [])),
            tuple(instead.get(code, [])[:3]), tuple(signs.get(code, [])[:3]),
        )
        for code, n in sorted(told.items(), key=lambda each: -each[1])
    )  # fmt: skip


def _label(sort: Sort | None, code: str) -> str:
    return sort.label if sort else code
