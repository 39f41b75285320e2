"""Re-compute the evidence log from the events, and name the first thing that is not as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yilu.journal import signing
from yilu.journal.queries import leaves as rows
from yilu.journal.rules import merkle, notes, tiles
from yilu.kernel import tx

FULL = tiles.WIDTH * merkle.HASH_BYTES
BUNDLES = 16
"""How many bundles are held in memory: 4,096 leaves and their events."""


@dataclass(frozen=True, slots=True)
class Problem:
    """
    The first difference found. ``kind`` says what was done:

    ALTERED, MISSING, INSERTED or MOVED event; altered LEAVES or TILE; CHECKPOINT that does not fit
    or nobody signed; CUT when the log is shorter than what was signed.
    """

    kind: str
    message: str
    event_id: int | None = None
    leaf: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked, and the problem if there is one."""

    size: int
    checkpoints: int
    problem: Problem | None = None

    @property
    def sound(self) -> bool:
        return self.problem is None


@dataclass(frozen=True, slots=True)
class _Bundle:
    number: int
    first: tuple[int, int]
    event_ids: list[int]
    leaves: bytes


class _Broken(Exception):
    def __init__(
        self, kind: str, message: str, event_id: int | None = None, leaf: int | None = None
    ) -> None:
        super().__init__(message)
        self.problem = Problem(kind, message, event_id, leaf)


def verify_log(
    saved_checkpoint: str | None = None, progress: Callable[[int, int], None] | None = None
) -> Verdict:
    """
    Compare every event with its leaf, every leaf with the tiles, and every root with its checkpoint.

    Memory is bounded however long the log is. ``progress`` is called with (leaves done, of how
    many). Events may be recorded meanwhile: what the log held at the beginning is checked.

    :param saved_checkpoint: the text of a checkpoint kept elsewhere. Only with one is a log found out
        that was rewritten as a whole, with its checkpoints signed anew.
    """
    check = _Check(progress)
    try:
        check.run(saved_checkpoint)
    except _Broken as broken:
        return Verdict(check.frontier.size, check.checkpoints, broken.problem)
    return Verdict(check.frontier.size, check.checkpoints)


class _Check:
    """One run over the log."""

    def __init__(self, progress: Callable[[int, int], None] | None) -> None:
        self.progress = progress or (lambda done, of: None)
        self.frontier = merkle.Frontier()
        self.writer = tiles.TileWriter()
        self.checkpoints = 0
        self.proven = 0
        """Leaves up to here are what a checkpoint signed."""
        self.size = 0
        self.end = (0, 0)
        self.saved: notes.TreeHead | None = None

    def run(self, saved_checkpoint: str | None) -> None:
        found = tx.rows("select size, xact, event_id from journal_logposition")
        if found:
            self.size, self.end = found[0][0], (found[0][1], found[0][2])
        self._open_saved(saved_checkpoint)
        self._compare_newest()
        for bundles, until in self._chunks():
            self._compare_chunk(bundles, until)
            self.progress(self.frontier.size, self.size)
        if self.frontier.size != self.size:
            raise _Broken("CUT", _("存证日志缺少第 %d 片叶子之后的内容") % self.frontier.size)
        self._compare_tiles(self.writer.edge())

    def _open_saved(self, text: str | None) -> None:
        if text is None:
            return
        try:
            self.saved = signing.open_checkpoint(text)
        except notes.Malformed:
            raise _Broken("CHECKPOINT", _("所给检查点不是本日志签署的")) from None
        self._must_not_exceed(self.saved.size)

    def _compare_newest(self) -> None:
        newest = tx.rows("select size from journal_checkpoint order by size desc limit 1")
        if newest:
            self._must_not_exceed(newest[0][0])

    def _must_not_exceed(self, signed: int) -> None:
        # A checkpoint signed while we look is newer than the position we read.
        if signed > self.size and not tx.rows(
            "select 1 from journal_logposition where size >= %s", [signed]
        ):
            message = _("检查点签署了 %(signed)d 片叶子，存证日志只有 %(size)d 片")
            raise _Broken("CUT", message % {"signed": signed, "size": self.size})

    def _chunks(self) -> Iterator[tuple[list[_Bundle], tuple[int, int] | None]]:
        """Some bundles at a time, and where the next begins (None at the end)."""
        last = (self.size - 1) // tiles.WIDTH
        number = 0
        while number <= last:
            found = [
                _Bundle(n, (xact, id), ids, bytes(leaves))
                for n, xact, id, ids, leaves in tx.rows(
                    """
                    select number, first_xact, first_event_id, event_ids, leaves
                      from journal_leafbundle where number >= %s and number <= %s
                     order by number limit %s
                    """,
                    [number, last, BUNDLES + 1],
                )
            ]
            there = {bundle.number for bundle in found}
            for expected in range(number, min(number + BUNDLES, last) + 1):
                if expected not in there:
                    raise _Broken("LEAVES", _("第 %d 个叶子包不见了") % expected)
            rest = found[BUNDLES:]
            yield found[:BUNDLES], rest[0].first if rest else None
            number += BUNDLES

    def _compare_chunk(self, bundles: list[_Bundle], until: tuple[int, int] | None) -> None:
        ids: list[int] = []
        leaves: list[bytes] = []
        for bundle in bundles:
            width = min(tiles.WIDTH, self.size - bundle.number * tiles.WIDTH)
            ids += bundle.event_ids[:width]
            leaves += [bundle.leaves[n : n + 32] for n in range(0, 32 * width, 32)]
            if len(ids) != len(leaves) or len(leaves[-1]) != 32:
                raise _Broken("LEAVES", _("第 %d 个叶子包不完整") % bundle.number)
        start = self.frontier.size
        first = bundles[0].first if start else (0, 0)
        events = self._events(first, until, len(ids) + 1)
        for place, id in enumerate(ids):
            event = events[place] if place < len(events) else None
            if event is None or event[1] != id:
                raise self._displaced(id, start + place, events[place:], ids)
            if rows.leaf_data(event) != leaves[place]:
                raise self._differs(id, start + place, event, leaves[place])
        self._append(leaves)
        if len(events) > len(ids):
            raise self._inserted(events[len(ids)], start + len(ids))

    def _events(
        self, first: tuple[int, int], until: tuple[int, int] | None, limit: int
    ) -> Sequence[Any]:
        end, compare = (self.end, "<=") if until is None else (until, "<")
        return tx.rows(
            f"""
            select {rows.COLUMNS} from journal_event
             where (xact, id) >= (%s::bigint, %s::bigint)
               and (xact, id) {compare} (%s::bigint, %s::bigint)
             order by xact, id limit %s
            """,
            [*first, *end, limit],
        )

    def _displaced(self, id: int, leaf: int, found: Sequence[Any], ids: list[int]) -> _Broken:
        """An event is not in its place: it is gone, or moved, or another stands before it."""
        if found and found[0][1] not in ids:
            return self._inserted(found[0], leaf)
        said = {"event": id, "leaf": leaf}
        if tx.rows("select 1 from journal_event where id = %s", [id]):
            message = _("事件 %(event)d（第 %(leaf)d 片叶子）的记录顺序被改动")
            return _Broken("MOVED", message % said, id, leaf)
        message = _("事件 %(event)d（第 %(leaf)d 片叶子）已被删除")
        return _Broken("MISSING", message % said, id, leaf)

    def _inserted(self, event: Sequence[Any], leaf: int) -> _Broken:
        """An event stands where none was: it came later, or from another place."""
        said = {"event": event[1], "leaf": leaf}
        if tx.rows(
            "select 1 from journal_leafbundle where event_ids @> array[%s::bigint] limit 1",
            [event[1]],
        ):
            message = _("事件 %(event)d 的记录顺序被改动（现在第 %(leaf)d 片叶子之前）")
            return _Broken("MOVED", message % said, event[1], leaf)
        message = _("事件 %(event)d 是事后插入的（在第 %(leaf)d 片叶子之前）")
        return _Broken("INSERTED", message % said, event[1], leaf)

    def _differs(self, id: int, leaf: int, event: Sequence[Any], written: bytes) -> _Broken:
        """Event and leaf disagree: the tile tells which of the two was altered."""
        number, place = divmod(leaf, tiles.WIDTH)
        tile = self._stored_tiles([(0, number)]).get((0, number), b"")
        kept = tile[32 * place : 32 * place + 32]
        said = {"event": id, "leaf": leaf}
        if kept == merkle.leaf_hash(rows.leaf_data(event)):
            message = _("第 %(leaf)d 片叶子被改动，事件 %(event)d 完好")
            return _Broken("LEAVES", message % said, id, leaf)
        return _Broken(
            "ALTERED", _("事件 %(event)d（第 %(leaf)d 片叶子）的内容被改动") % said, id, leaf
        )

    def _append(self, leaves: list[bytes]) -> None:
        """Grow the tree, stopping at each size somebody signed to compare the root."""
        start = self.frontier.size
        hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        signed = tx.rows(
            """
            select size, root, note from journal_checkpoint
             where size > %s and size <= %s order by size
            """,
            [start, start + len(hashes)],
        )
        self.writer.append(hashes)
        self._compare_tiles(
            {at: tile for at, tile in self.writer.finish().items() if len(tile) == FULL}
        )
        heads = [(size, bytes(root), note) for size, root, note in signed]
        if self.saved is not None and start < self.saved.size <= start + len(hashes):
            heads = sorted([*heads, (self.saved.size, self.saved.root, None)], key=lambda h: h[0])
        done = 0
        for size, root, note in heads:
            for each in hashes[done : size - start]:
                self.frontier.append(each)
            done = size - start
            self._compare_head(
                size, root, note, check_signature=size == signed[-1][0] if signed else False
            )
        for each in hashes[done:]:
            self.frontier.append(each)

    def _compare_head(
        self, size: int, root: bytes, note: str | None, *, check_signature: bool
    ) -> None:
        said = {"from": self.proven, "to": size - 1, "size": size}
        if self.frontier.root() != root:
            if note is None:
                message = _(
                    "日志与您保存的检查点（%(size)d 片叶子）不符：第 %(from)d 至 %(to)d 片叶子之间被整体改写"
                )
            else:
                message = _(
                    "日志与检查点（%(size)d 片叶子）不符：第 %(from)d 至 %(to)d 片叶子之间被整体改写"
                )
            raise _Broken("CHECKPOINT", message % said, self._event_at(self.proven), self.proven)
        self.proven = size
        if note is None:
            return
        self.checkpoints += 1
        if check_signature:
            try:
                head = signing.open_checkpoint(note)
            except notes.Malformed:
                head = None
            if head is None or (head.size, head.root) != (size, root):
                raise _Broken("CHECKPOINT", _("检查点（%(size)d 片叶子）的签名不符") % said)

    def _event_at(self, leaf: int) -> int | None:
        found = tx.rows(
            "select event_ids[%s::int] from journal_leafbundle where number = %s",
            [leaf % tiles.WIDTH + 1, leaf // tiles.WIDTH],
        )
        return found[0][0] if found else None

    def _compare_tiles(self, touched: dict[tuple[int, int], bytes]) -> None:
        stored = self._stored_tiles(list(touched))
        for (level, number), hashes in sorted(touched.items()):
            if stored.get((level, number), b"")[: len(hashes)] != hashes:
                where = tiles.tile_path(level, number, len(hashes) // 32)
                raise _Broken("TILE", _("存证哈希块 %s 被改动") % where)

    def _stored_tiles(self, wanted: list[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        return {
            (level, number): bytes(hashes)
            for level, number, hashes in tx.rows(
                """
                select t.level, t.number, t.hashes from journal_tile t
                  join unnest(%s::smallint[], %s::bigint[]) as w (level, number)
                 using (level, number)
                """,
                [[level for level, _ in wanted], [number for _, number in wanted]],
            )
        }
