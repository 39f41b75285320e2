"""The evidence log: its checkpoint, tiles and entries as served, and proofs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from yilu.journal import signing
from yilu.journal.queries import leaves
from yilu.journal.rules import merkle, notes, tiles
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound


class NoSuchTile(NotFound):
    """The log has no such tile or bundle (yet)."""

    code = "no_such_tile"
    message = _("没有这一块存证数据")
    hint = _("请先读取检查点，再按其叶子数读取。")


class NotInLogYet(NotFound):
    """No such event, or no signed checkpoint covers it yet: that takes about a second."""

    code = "not_in_log_yet"
    message = _("该事件尚未存证")
    hint = _("存证约需一秒，请稍后再试；如一直如此，请核对事件编号。")


class NoSuchSize(Invalid):
    """A consistency proof was asked for between sizes the log does not have."""

    code = "no_such_size"
    message = _("存证日志没有这样的大小")
    hint = _("请按检查点中的叶子数填写，旧的不大于新的。")


@dataclass(frozen=True, slots=True)
class Head:
    """A signed checkpoint: ``note`` is its text as served."""

    size: int
    root: bytes
    note: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That an event is leaf ``index`` of the tree a checkpoint signs."""

    event_id: int
    index: int
    leaf: bytes
    """The leaf's data: a commitment, 32 bytes."""
    hashes: tuple[bytes, ...]
    head: Head

    def holds(self) -> bool:
        """Whether the hashes lead from the leaf to the checkpoint's root."""
        leaf = merkle.leaf_hash(self.leaf)
        return merkle.verify_inclusion(
            self.index, self.head.size, leaf, self.hashes, self.head.root
        )

    def file(self, extra: bytes | None = None) -> str:
        """The proof as a C2SP ``.tlog-proof`` file."""
        return str(notes.ProofFile(self.index, self.hashes, self.head.note, extra))


def find_checkpoint() -> Head | None:
    """The newest signed checkpoint; None while the log is empty."""
    found = tx.rows("select size, root, note from journal_checkpoint order by size desc limit 1")
    return Head(found[0][0], bytes(found[0][1]), found[0][2]) if found else None


def checkpoint() -> str:
    """The newest signed checkpoint's text. :raises NotInLogYet: while there is none."""
    head = find_checkpoint()
    if head is None:
        raise NotInLogYet
    return head.note


def verifier_key() -> str:
    """The public key that checks our checkpoints, to be published: ``name+id+key``."""
    return str(signing.verifier())


def tile(level: int, number: int, width: int = tiles.WIDTH) -> bytes:
    """
    The hashes of a tile as served, cut to ``width``; the same bytes for ever.

    :raises NoSuchTile: if the log has not grown that far.
    """
    found = tx.rows(
        """
        select substring(hashes for %s::int) from journal_tile
         where level = %s::smallint and number = %s::bigint and length(hashes) >= %s::int
        """,
        [width * merkle.HASH_BYTES, level, number, width * merkle.HASH_BYTES],
    )
    if not found or not 1 <= width <= tiles.WIDTH:
        raise NoSuchTile
    return bytes(found[0][0])


def entries(number: int, width: int = tiles.WIDTH) -> bytes:
    """
    A bundle of leaves' data as served, each with its length in two bytes.

    :raises NoSuchTile: if the log has not grown that far.
    """
    found = tx.rows(
        "select leaves from journal_leafbundle where number = %s::bigint and length(leaves) >= %s::int",
        [number, width * merkle.HASH_BYTES],
    )
    if not found or not 1 <= width <= tiles.WIDTH:
        raise NoSuchTile
    return tiles.bundle(_split(bytes(found[0][0]))[:width])


def _split(joined: bytes) -> list[bytes]:
    return [joined[n : n + 32] for n in range(0, len(joined), 32)]


_reader = tiles.TileReader(tile)


def forget_tiles() -> None:
    """Empty this process's tile cache: for tests, which begin new logs."""
    global _reader
    _reader = tiles.TileReader(tile)


def inclusion_proof(event_id: int) -> Proof:
    """
    That the event is in the log, as of the newest checkpoint.

    :raises NotInLogYet: if there is no such event, or no checkpoint covers it yet.
    """
    found = inclusion_proofs([event_id])
    if not found:
        raise NotInLogYet
    return found[0]


# An event's leaf is in the last bundle that begins at or before it.
_LEAVES = """
    select e.id, b.number * 256 + array_position(b.event_ids, e.id) - 1,
           substring(b.leaves from 32 * (array_position(b.event_ids, e.id) - 1) + 1 for 32)
      from unnest(%s::bigint[]) with ordinality as asked (id, n)
      join journal_event e on e.id = asked.id
     cross join lateral (
           select number, event_ids, leaves from journal_leafbundle
            where (first_xact, first_event_id) <= (e.xact, e.id)
            order by first_xact desc, first_event_id desc limit 1) b
     where array_position(b.event_ids, e.id) is not null
     order by asked.n
"""


def inclusion_proofs(event_ids: Sequence[int]) -> list[Proof]:
    """The proofs of those of the events that the newest checkpoint covers, in the order asked."""
    head = find_checkpoint()
    if head is None:
        return []
    node = _reader.node_of(head.size)
    return [
        Proof(id, index, bytes(leaf), tuple(merkle.prove_inclusion(index, head.size, node)), head)
        for id, index, leaf in tx.rows(_LEAVES, [list(event_ids)])
        if index < head.size
    ]


def consistency_proof(old: int, new: int) -> tuple[bytes, ...]:
    """
    That the log of ``new`` leaves begins with the log of ``old`` leaves.

    :raises NoSuchSize: if the newest checkpoint is smaller than ``new``, or the order is wrong.
    """
    head = find_checkpoint()
    if head is None or not 0 < old <= new <= head.size:
        raise NoSuchSize
    return tuple(merkle.prove_consistency(old, new, _reader.node_of(new)))


def receipt(event_id: int) -> str:
    """
    A ``.tlog-proof`` file that also carries the event itself, for whoever may see it.

    Its ``extra`` data is the nonce (16 bytes) and the event's canonical form; their SHA-256 is the
    leaf. ``offline_verifier.py`` checks it without us.

    :raises NotInLogYet: if there is no such event, or no checkpoint covers it yet.
    """
    proof = inclusion_proof(event_id)
    ((row),) = tx.rows(f"select {leaves.COLUMNS} from journal_event where id = %s", [event_id])
    return proof.file(bytes(row[2]) + leaves.canonical(row))
