"""How messages go: the matrix as a grid, the words of a template version by version, speed and failures by channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.messaging import matrix, rules, templates
from yilu.messaging.models import Message, StrayReceipt, TemplateVersion
from yilu.messaging.queries.messages import fill

PROMISED_SECONDS = 1.0
"""Within which a message has been handed over (短信一触即发)."""
SAMPLES = {
    "text": "样例",
    "words": "样例",
    "money": "1234.50",
    "time": "2026-11-22T10:00:00+08:00",
    "date": "2026-11-22",
}
_CHANNELS: Mapping[str, str] = {value: str(label) for value, label in Message.Channel.choices}
_PURPOSES: Mapping[str, str] = {value: str(label) for value, label in Message.Purpose.choices}


@dataclass(frozen=True, slots=True)
class Cell:
    """One message of the matrix: when it goes, to whom, by which channels in order, how long it is."""

    template: str
    title: str
    when: str
    purpose: str
    purpose_label: str
    timing: str
    audience: str
    channels: tuple[tuple[str, str], ...]
    to_agent: bool
    version: int
    parts: int


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage of a policy's life; ``counts`` says how many of its messages may use each channel."""

    code: str
    label: str
    cells: tuple[Cell, ...]
    to_agent: int
    counts: tuple[tuple[str, int], ...]


def life_cycle(at: datetime, *, language: str = "zh-hans") -> tuple[StageRow, ...]:
    """What is sent when, to whom, by which channel, as in force at a moment: the matrix as a grid."""
    listed = {m.template for stage in matrix.stages() for m in stage.moments}
    rows = []
    for stage in matrix.stages():
        moments = list(stage.moments)
        if stage.code == matrix.OTHER:
            moments += [
                matrix.Moment(code, template.purpose, "", "")
                for code, template in templates.catalogue().items()
                if code not in listed
            ]
        known = templates.catalogue()
        cells = tuple(_cell(m, at, language) for m in moments if m.template in known)
        english = language.startswith("en")
        rows.append(
            StageRow(
                stage.code, stage.label_in_english if english else stage.label, cells,
                sum(cell.to_agent for cell in cells),
                tuple(
                    (code, sum(any(code == name for name, _ in cell.channels) for cell in cells))
                    for code in rules.CHANNELS
                ),
            )
        )  # fmt: skip
    return tuple(rows)


def _cell(moment: matrix.Moment, at: datetime, language: str) -> Cell:
    template = templates.in_force(moment.template, at)
    assert template is not None
    words = template.words["en" if language.startswith("en") else "zh-hans"]
    return Cell(
        moment.template, words.title,
        moment.when_in_english if language.startswith("en") else moment.when,
        template.purpose, _PURPOSES[template.purpose], template.timing, template.audience,
        tuple((code, _CHANNELS[code]) for code in template.channels), bool(template.agent),
        template.version, sample(template)[1].parts,
    )  # fmt: skip


def sample(template: templates.Template, tongue: str = "zh-hans") -> tuple[str, rules.Segments]:
    """A template's text message with example facts, signed, and how many short messages it is."""
    kinds = {**template.facts, **template.secrets}
    told = {n: rules.tell(k, SAMPLES[k], tongue, settings.TIME_ZONE) for n, k in kinds.items()}
    always = {
        "name": "王女士", "insurer": settings.INSURER_SHORT_NAME, "hotline": settings.HOTLINE,
    }  # fmt: skip
    text = fill(template.words[tongue].text, {**told, **always})
    signed = rules.with_signature(text, settings.INSURER_SHORT_NAME)
    return signed, rules.count_segments(signed)


# -- Words ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a template's words; ``is_current`` is the one that is sent now."""

    id: int
    template: str
    version: int
    state: str
    label: str
    is_shipped: bool
    is_current: bool
    effective_from: datetime | None
    reason: str
    remark: str
    drafted_by: Ref
    drafted_at: datetime
    judged_by: Ref | None
    judged_at: datetime | None
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template as staff see it: what is sent now, every version, the open draft."""

    code: str
    template: templates.Template
    purpose_label: str
    channels: tuple[tuple[str, str], ...]
    sample: str
    segments: rules.Segments
    versions: tuple[VersionView, ...]
    draft: VersionView | None


class NoSuchTemplate(NotFound):
    """There is no such kind of message."""

    code = "no_such_template"
    message = "没有找到这个通知模板"


def get_template(code: str, at: datetime) -> TemplateView:
    """One template with its words and versions. :raises NoSuchTemplate:"""
    template = templates.in_force(code, at)
    if template is None:
        raise NoSuchTemplate
    rows = TemplateVersion.objects.filter(template=code).order_by("-version")
    versions = tuple(_version(row, template.version) for row in rows)
    text, segments = sample(template)
    return TemplateView(
        code, template, _PURPOSES[template.purpose],
        tuple((name, _CHANNELS[name]) for name in template.channels), text, segments, versions,
        next((v for v in versions if v.state == "DRAFT"), None),
    )  # fmt: skip


def open_drafts() -> tuple[VersionView, ...]:
    """Every draft that waits for a second person, the oldest first."""
    rows = TemplateVersion.objects.filter(state="DRAFT").order_by("drafted_at")
    return tuple(_version(row, -1) for row in rows)


def draft_codes() -> frozenset[str]:
    """The templates of which a draft waits."""
    return frozenset(
        TemplateVersion.objects.filter(state="DRAFT").values_list("template", flat=True)
    )


def _version(row: TemplateVersion, current: int) -> VersionView:
    return VersionView(
        row.pk, row.template, row.version, row.state, row.get_state_display(), row.is_shipped,
        row.state == "APPROVED" and row.version == current, row.effective_from, row.reason, row.remark,
        Ref.parse(row.drafted_by), row.drafted_at, Ref.parse(row.judged_by) if row.judged_by else None,
        row.judged_at, row.body,
    )  # fmt: skip


# -- Speed and failures ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """How one channel did in a time; seconds from the promise (or the earliest hour) to the hand-over."""

    channel: str
    label: str
    sent: int
    arrived: int
    on_time: int
    median: float
    p99: float
    longest: float

    @property
    def share(self) -> Decimal:
        """Which share was handed over within the promised second."""
        return Decimal(self.on_time * 1000 // self.sent) / 1000 if self.sent else Decimal(1)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What did not go well in a time, and what waits."""

    failed: int
    unknown: int
    waiting: int
    oldest_waiting: float
    strays: int


def by_channel(at: datetime, *, hours: int = 24) -> tuple[ChannelRow, ...]:
    """How each channel did in the last hours, the busiest first."""
    rows = tx.rows(
        """
        with gone as (
            select channel, state,
                   greatest(extract(epoch from sent_at - greatest(promised_at, not_before)), 0) as s
              from messaging_message
             where sent_at > %(since)s::timestamptz and sent_at <= %(at)s::timestamptz)
        select channel, count(*), count(*) filter (where state = 'DELIVERED'),
               count(*) filter (where s <= %(promised)s::float),
               percentile_cont(0.5) within group (order by s),
               percentile_cont(0.99) within group (order by s), max(s)
          from gone group by channel order by 2 desc
        """,
        {"since": at - timedelta(hours=hours), "at": at, "promised": PROMISED_SECONDS},
    )
    return tuple(
        ChannelRow(
            channel, _CHANNELS.get(channel, channel), sent, arrived, on_time, float(median),
            float(p99), float(longest),
        )
        for channel, sent, arrived, on_time, median, p99, longest in rows
    )  # fmt: skip


def trouble(at: datetime, *, hours: int = 24) -> Trouble:
    """What failed or is in doubt since then, and what waits now."""
    since = at - timedelta(hours=hours)
    failed = Message.objects.filter(state="FAILED", promised_at__gt=since).count()
    unknown = Message.objects.filter(state="UNKNOWN").count()
    ((waiting, oldest),) = tx.rows(
        """
        select count(*), coalesce(max(extract(epoch from %(at)s::timestamptz - not_before)), 0)
          from messaging_message
         where state in ('QUEUED', 'SENDING') and not_before <= %(at)s::timestamptz
        """,
        {"at": at},
    )
    strays = StrayReceipt.objects.filter(closed_at=None).count()
    return Trouble(failed, unknown, int(waiting), float(oldest), strays)


@dataclass(frozen=True, slots=True)
class Series:
    """A picture's numbers: moments, and one row of values a channel."""

    moments: tuple[datetime, ...]
    values: tuple[tuple[str, tuple[float, ...]], ...]


_STEPS = {
    "latency": "percentile_cont(0.99) within group (order by greatest(extract(epoch from sent_at"
    " - greatest(promised_at, not_before)), 0)) filter (where sent_at is not null)",
    "sent": "count(*) filter (where sent_at is not null)",
}


def over_time(what: str, at: datetime, *, hours: int = 24, steps: int = 24) -> Series:
    """``latency`` (p99 in seconds) or ``sent`` by channel, the hours cut into equal steps."""
    since, width = at - timedelta(hours=hours), hours * 3600 / steps
    rows = tx.rows(
        f"""
        select channel, floor(extract(epoch from sent_at - %(since)s::timestamptz) / %(width)s::float)::int,
               {_STEPS[what]}
          from messaging_message
         where sent_at > %(since)s::timestamptz and sent_at <= %(at)s::timestamptz
         group by 1, 2
        """,
        {"since": since, "at": at, "width": width},
    )
    return _series(rows, since, width, steps)


def failures_over_time(at: datetime, *, hours: int = 24, steps: int = 24) -> Series:
    """Messages that no channel brought, or of which nobody knows, by the channel tried last."""
    since, width = at - timedelta(hours=hours), hours * 3600 / steps
    rows = tx.rows(
        """
        select case state when 'UNKNOWN' then 'UNKNOWN'
               else coalesce(nullif(regexp_replace(tried, '^.*,', ''), ''), 'OUTBOX') end,
               floor(extract(epoch from promised_at - %(since)s::timestamptz) / %(width)s::float)::int,
               count(*)
          from messaging_message
         where state in ('FAILED', 'UNKNOWN') and promised_at > %(since)s::timestamptz
           and promised_at <= %(at)s::timestamptz
         group by 1, 2
        """,
        {"since": since, "at": at, "width": width},
    )
    return _series(rows, since, width, steps)


def _series(rows: Sequence[Sequence[Any]], since: datetime, width: float, steps: int) -> Series:
    found: dict[str, list[float]] = {}
    for channel, step, value in rows:
        line = found.setdefault(channel, [0.0] * steps)
        line[min(max(step, 0), steps - 1)] = round(float(value or 0), 3)
    labels = {**_CHANNELS, "UNKNOWN": "是否送出不明"}
    return Series(
        tuple(since + timedelta(seconds=width * n) for n in range(steps)),
        tuple((labels.get(code, code), tuple(line)) for code, line in sorted(found.items())),
    )
