"""
The tree cut into tiles after C2SP tlog-tiles: 256 hashes of one level to a tile.

Tile (level, number) holds the tree's nodes of height ``8 * level`` from ``256 * number`` on. A tile
is full, or partial at the right edge of the tree; a full one never changes, a partial one only grows.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256

from yilu.journal.rules.merkle import HASH_BYTES, Node, fold

WIDTH = 256
HEIGHT = 8


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Where a tile is served: ``tile/0/x001/x234/067`` or, partial, ``tile/0/x001/067.p/8``."""
    return f"tile/{level}/{_path(number, width)}"


def entries_path(number: int, width: int = WIDTH) -> str:
    """Where a bundle of entries is served: ``tile/entries/x001/067``."""
    return f"tile/entries/{_path(number, width)}"


def _path(number: int, width: int) -> str:
    if number < 0 or not 1 <= width <= WIDTH:
        raise ValueError(f"no tile {number} of width {width}")
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.append(f"x{number % 1000:03d}")
    return "/".join(reversed(parts)) + ("" if width == WIDTH else f".p/{width}")


def read_path(path: str) -> tuple[int, int]:
    """
    Read the part after ``tile/<level>/`` back: (number, width).

    :raises ValueError: for anything that is not written exactly as :func:`tile_path` writes it.
    """
    number_part, dot, width_part = path.partition(".p/")
    parts = number_part.split("/")
    number = 0
    for place, part in enumerate(parts):
        digits = part.removeprefix("x") if place < len(parts) - 1 else part
        if len(digits) != 3 or not digits.isascii() or not digits.isdigit():
            raise ValueError(f"not a tile path: {path}")
        number = number * 1000 + int(digits)
    width = int(width_part) if dot and width_part.isascii() and width_part.isdigit() else WIDTH
    if _path(number, width) != path:
        raise ValueError(f"not a tile path: {path}")
    return number, width


def bundle(leaves: Sequence[bytes]) -> bytes:
    """Entries as they are served: each with its length in two bytes, high byte first."""
    return b"".join(struct.pack(">H", len(leaf)) + leaf for leaf in leaves)


def read_bundle(content: bytes) -> list[bytes]:
    """Read entries back. :raises ValueError: if the content is cut off."""
    leaves, place = [], 0
    while place < len(content):
        if place + 2 > len(content):
            raise ValueError("a bundle ends inside a length")
        (length,) = struct.unpack_from(">H", content, place)
        place += 2 + length
        if place > len(content):
            raise ValueError("a bundle ends inside an entry")
        leaves.append(content[place - length : place])
    return leaves


def widths(size: int) -> Iterator[tuple[int, int, int]]:
    """Every (level, number of full tiles, width of the partial one or 0) of a tree."""
    level = 0
    while size:
        yield level, size // WIDTH, size % WIDTH
        size //= WIDTH
        level += 1


def expand(hashes: bytes) -> tuple[bytes, ...]:
    """
    A tile with all complete nodes inside it: element h holds the joined hashes of height h above it.

    ``hashes`` is a full or partial tile of at least one hash.
    """
    rows = [hashes]
    while len(rows[-1]) >= 2 * HASH_BYTES:
        row = rows[-1]
        pairs = len(row) // (2 * HASH_BYTES)
        rows.append(
            b"".join(sha256(b"\x01" + row[64 * n : 64 * n + 64]).digest() for n in range(pairs))
        )
    return tuple(rows)


def tile_root(hashes: bytes) -> bytes:
    """The one hash over a full tile: what the next level's tile holds for it."""
    if len(hashes) != WIDTH * HASH_BYTES:
        raise ValueError("only a full tile has a root")
    return expand(hashes)[HEIGHT]


class TileReader:
    """
    Nodes of the tree of one size, read from tiles.

    ``read(level, number, width)`` returns a tile's hashes; expanded tiles are kept (16 kB each).
    A node asked for is complete within the size: that is what proofs ask for.
    """

    def __init__(self, read: Callable[[int, int, int], bytes], keep: int = 1024) -> None:
        self._expanded = lru_cache(keep)(lambda *at: expand(read(*at)))

    def node_of(self, size: int) -> Node:
        """``node(level, index)`` for a tree of ``size`` leaves."""
        expanded = self._expanded

        def node(level: int, index: int) -> bytes:
            tile_level, height = divmod(level, HEIGHT)
            number, place = divmod(index, WIDTH >> height)
            across = size >> (HEIGHT * tile_level)
            width = min(WIDTH, across - number * WIDTH)
            row = expanded(tile_level, number, width)[height]
            return row[HASH_BYTES * place : HASH_BYTES * (place + 1)]

        return node


class TileWriter:
    """
    Appends leaf hashes and collects the tiles they touch.

    ``edge`` are the partial tiles of the present right edge, one a level (empty where there is none).
    After appending, ``touched`` maps (level, number) to the tile's hashes as they are now.
    """

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        self.size = size
        self._edge = [bytearray(hashes) for hashes in edge]
        for level, _, width in widths(size):
            while len(self._edge) <= level:
                self._edge.append(bytearray())
            if len(self._edge[level]) != width * HASH_BYTES:
                raise ValueError(
                    f"level {level} of a tree of {size} has {width} hashes at its edge"
                )
        self.touched: dict[tuple[int, int], bytes] = {}
        self._dirty: set[int] = set()

    def append(self, leaves: Sequence[bytes]) -> None:
        """Add the hashes of the next leaves."""
        for leaf in leaves:
            self._put(0, leaf)

    def _put(self, level: int, value: bytes) -> None:
        if len(self._edge) <= level:
            self._edge.append(bytearray())
        edge = self._edge[level]
        edge += value
        if level == 0:
            self.size += 1
        if len(edge) == WIDTH * HASH_BYTES:
            full = bytes(edge)
            edge.clear()
            self._dirty.discard(level)
            number = (self.size >> (HEIGHT * (level + 1))) - 1
            self.touched[level, number] = full
            self._put(level + 1, tile_root(full))
        else:
            self._dirty.add(level)

    def finish(self) -> dict[tuple[int, int], bytes]:
        """Every tile touched since the last call, full and partial."""
        for level in self._dirty:
            self.touched[level, self.size >> (HEIGHT * (level + 1))] = bytes(self._edge[level])
        done, self.touched, self._dirty = self.touched, {}, set()
        return done

    def edge(self) -> dict[tuple[int, int], bytes]:
        """The partial tiles of the right edge as they stand."""
        return {
            (level, self.size >> (HEIGHT * (level + 1))): bytes(hashes)
            for level, hashes in enumerate(self._edge)
            if hashes
        }

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        parts: list[bytes] = []
        for edge in reversed(self._edge):
            rows = expand(bytes(edge)) if edge else ()
            width = len(edge) // HASH_BYTES
            start = 0
            for height in range(HEIGHT - 1, -1, -1):
                if width >> height & 1:
                    place = start >> height
                    parts.append(rows[height][HASH_BYTES * place : HASH_BYTES * (place + 1)])
                    start += 1 << height
        return fold(parts)
