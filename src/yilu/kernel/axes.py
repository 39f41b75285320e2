"""The columns of a decision table, cut into segments that its rows satisfy or not."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from .cells import Column, Condition, Kind


class Axis:
    """One input column cut into segments, with the rows each segment satisfies."""

    __slots__ = ("column", "masks", "points", "position", "segments")

    def __init__(self, column: Column, conditions: Sequence[Condition]) -> None:
        self.column = column
        self.points = self._points(column, conditions)
        self.position = {point: i for i, point in enumerate(self.points)}
        # Ordered: below the first point, the point, between, …, above the last. Else: each value,
        # and for texts one more for whatever no cell mentions.
        count = len(self.points)
        self.segments = 2 * count + 1 if column.is_ordered else count + (column.kind is Kind.TEXT)
        self.masks = [0] * self.segments
        for row, condition in enumerate(conditions):
            bit = 1 << row
            for segment in self._segments_of(condition):
                self.masks[segment] |= bit

    @staticmethod
    def _points(column: Column, conditions: Sequence[Condition]) -> list[Any]:
        if column.kind is Kind.CHOICE:
            return list(column.choices)
        if column.kind is Kind.BOOL:
            return [False, True]
        found: set[Any] = set()
        for condition in conditions:
            found |= condition.values
            for interval in condition.intervals:
                found |= {interval.low, interval.high}
        return sorted(found - {None})

    def _segments_of(self, condition: Condition) -> Iterator[int]:
        held: set[int] = set()
        if self.column.is_ordered:
            held.update(2 * self.position[value] + 1 for value in condition.values)
            for i in condition.intervals:
                low = 0 if i.low is None else 2 * self.position[i.low] + (1 if i.low_in else 2)
                high = (
                    self.segments - 1
                    if i.high is None
                    else 2 * self.position[i.high] + (1 if i.high_in else 0)
                )
                held.update(range(low, high + 1))
        else:
            held.update(self.position[value] for value in condition.values)
        if not condition.negated:
            return iter(held)
        return (segment for segment in range(self.segments) if segment not in held)

    def mask(self, value: Any) -> int:
        """The rows that a value, already of the right type, satisfies."""
        if self.column.is_ordered:
            if type(value) is Decimal and not value.is_finite():
                raise ArithmeticError
            at = bisect_left(self.points, value)
            on = at < len(self.points) and self.points[at] == value
            return self.masks[2 * at + on]
        if self.column.kind is Kind.TEXT:
            return self.masks[self.position.get(value, -1)]
        return self.masks[self.position[value]]

    def describe(self, segment: int) -> str:
        """A segment as a person would write it."""
        if not self.column.is_ordered:
            if segment >= len(self.points):
                return "其他值"
            point = self.points[segment]
            return ("是" if point else "否") if isinstance(point, bool) else str(point)
        at, on = divmod(segment, 2)
        if on:
            return str(self.points[at])
        if not self.points:
            return "任意值"
        if at == 0:
            return f"< {self.points[0]}"
        if at == len(self.points):
            return f"> {self.points[-1]}"
        return f"({self.points[at - 1]}..{self.points[at]})"
