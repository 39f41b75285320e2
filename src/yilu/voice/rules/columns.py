"""What the columns of a file of voices mean, and one row of it read or refused with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _

from . import scores
from .masking import clean

COMMENT_BYTES_MAX = 20_000
ATTRIBUTES_MAX = 40
NOT_MENTIONED = -2

_NAMES: Mapping[str, tuple[str, ...]] = {
    "comment": ("comment", "comments", "review", "reviewbody", "review_body", "text", "content", "评论", "评价", "意见", "内容", "原声", "留言", "反馈内容", "评价内容"),
    "stars": ("star", "stars", "rating", "score", "csat", "评分", "星级", "满意度"),
    "recommend": ("recommend", "nps", "推荐意愿", "推荐", "净推荐值"),
    "positive": ("label", "sentiment", "标签", "情感", "好评"),
    "touchpoint": ("touchpoint", "cat", "category", "触点", "类别", "分类", "环节", "业务类型"),
    "said_at": ("date", "said_at", "created_at", "time", "日期", "时间", "评价时间"),
    "id": ("index", "id", "review_id", "序号", "编号"),
}  # fmt: skip
"""How files call what we know; compared without case and spaces."""
LABELS = {
    "comment": _("评论"), "stars": _("满意度"), "recommend": _("推荐意愿"), "positive": _("好评标签"),
    "touchpoint": _("类别"), "said_at": _("日期"), "id": _("编号"),
}  # fmt: skip


class UnknownColumns(Invalid):
    """Nothing in the heading that could be a voice."""

    code = "unknown_columns"
    message = _("文件里没有找到评论或评分的列")
    hint = _(
        "第一行请写列名，例如：评论、满意度、推荐意愿、类别、日期；只有一列文字的文件，每行是一条评论。"
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column is what; the rest that is numbers becomes attributes."""

    places: Mapping[str, int]
    attributes: tuple[tuple[int, str], ...]
    width: int
    plain: bool = False
    """Every line is a comment and nothing else."""
    positive: bool | None = None

    def told(self, heading: Sequence[str]) -> list[tuple[str, str]]:
        """Each column we use with what it is taken for."""
        return [(heading[place].strip(), LABELS[name]) for name, place in self.places.items()]


def read_heading(
    heading: Sequence[str], *, plain: bool = False, positive: bool | None = None
) -> Layout:
    """
    Find out what the columns are. :raises UnknownColumns: nothing to import in them.

    ``plain``: a text file, each line one comment, with no heading.
    """
    if plain:
        return Layout({"comment": 0}, (), 1, True, positive)
    known = {name: what for what, names in _NAMES.items() for name in names}
    places: dict[str, int] = {}
    others: list[tuple[int, str]] = []
    for place, cell in enumerate(heading):
        name = cell.strip().lstrip("\ufeff").lower().replace(" ", "")
        what = known.get(name)
        if what is not None and what not in places:
            places[what] = place
        elif name:
            others.append((place, cell.strip()[:60]))
    if not {"comment", "stars", "recommend"} & set(places):
        raise UnknownColumns
    return Layout(places, tuple(others[:ATTRIBUTES_MAX]), len(heading))


@dataclass(frozen=True, slots=True)
class Told:
    """One good row."""

    comment: str
    stars: int | None
    recommend: int | None
    positive: bool | None
    touchpoint: str
    said_at: datetime | None
    attributes: dict[str, float] = field(default_factory=dict)


class BadRow(Exception):
    """Why a row is not taken; the argument is the sentence."""


def read_row(cells: Sequence[Any], mapping: Layout, *, today: date) -> Told:
    """One row as we keep it. :raises BadRow: with the reason."""
    if mapping.plain:
        return Told(
            _comment(str(cells[0] if cells else "")), None, None, mapping.positive, "", None
        )
    if len(cells) != mapping.width:
        raise BadRow(
            Sentence(_("应有 {expected} 列，实有 {found} 列"), expected=mapping.width, found=len(cells))
        )  # fmt: skip
    places = mapping.places
    told = Told(
        _comment(_cell(cells, places.get("comment"))),
        _whole(_cell(cells, places.get("stars")), 1, 5, _("满意度")),
        _whole(_cell(cells, places.get("recommend")), 0, 10, _("推荐意愿")),
        _label(_cell(cells, places.get("positive"))),
        _cell(cells, places.get("touchpoint"))[:40],
        _moment(_cell(cells, places.get("said_at")), today),
        _attributes(cells, mapping.attributes),
    )
    if not told.comment and told.stars is None and told.recommend is None:
        raise BadRow(_("没有评论，也没有评分"))
    return told


def _cell(cells: Sequence[Any], place: int | None) -> str:
    if place is None or cells[place] is None:
        return ""
    found = cells[place]
    return found.isoformat() if isinstance(found, date) else str(found).strip()


def _comment(text: str) -> str:
    size = len(text.encode("utf-8", "replace"))
    if size > COMMENT_BYTES_MAX:
        raise BadRow(
            Sentence(_("评论有 {size} 字节，超过 {most} 字节"), size=size, most=COMMENT_BYTES_MAX)
        )
    return clean(text)


def _whole(text: str, lowest: int, highest: int, what: str) -> int | None:
    if not text:
        return None
    try:
        number = float(text)
        whole = int(number)
    except (ValueError, OverflowError):
        raise BadRow(Sentence(_("{what}“{text}”不是数字"), what=what, text=text[:20])) from None
    if whole != number or not lowest <= whole <= highest:
        raise BadRow(
            Sentence(
                _("{what}“{text}”不在 {lowest} 至 {highest} 之间"),
                what=what, text=text[:20], lowest=lowest, highest=highest,
            )
        )  # fmt: skip
    return whole


def _label(text: str) -> bool | None:
    if not text:
        return None
    if text in ("1", "1.0", "true", "True", "好评", "正面", "positive"):
        return True
    if text in ("0", "0.0", "-1", "false", "False", "差评", "负面", "negative"):
        return False
    raise BadRow(Sentence(_("标签“{text}”应为 1（好评）或 0（差评）"), text=text[:20]))


def _moment(text: str, today: date) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise BadRow(Sentence(_("日期“{text}”请写成 2026-01-31"), text=text[:20])) from None
    if found.date() > today or found.year < 1990:
        raise BadRow(Sentence(_("日期“{text}”不合理"), text=text[:20]))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _attributes(cells: Sequence[Any], columns: Sequence[tuple[int, str]]) -> dict[str, float]:
    """Numbers of other columns by name; empty cells, texts and "not mentioned" (-2) are left out."""
    found = {}
    for place, name in columns:
        try:
            number = float(cells[place]) if cells[place] not in (None, "") else None
        except (TypeError, ValueError):
            continue
        if number is not None and number != NOT_MENTIONED and abs(number) < 1e6:
            found[name] = number
    return found


def check_scale(told: str) -> None:
    """:raises WrongScale: if the recommendation column is said to run on another scale than 0 to 10."""
    ranges = {"0-10": (0, 10), "1-5": (1, 5), "1-10": (1, 10), "0-5": (0, 5)}
    scores.check_nps_scale(*ranges.get(told, (0, 0)))
