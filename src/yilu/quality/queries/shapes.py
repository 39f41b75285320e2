"""What the texts of this room that change in versions are made of: for the pages on which they are written."""

from __future__ import annotations

from datetime import datetime

from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.quality.queries.in_force import course_shape as _course_shape
from yilu.quality.rules import (
    books,
    clients,
    manners,
    sampling,
    scenarios,
    scoring,
    standards,
    wording,
)
from yilu.quality.rules.shapes import (
    CODE,
    LINE,
    LINES,
    NUMBER,
    ONE,
    PLACE,
    SOME,
    TEXT,
    YES,
    BadText,
    Difference,
    Field,
    Group,
    Shape,
)

__all__ = [
    "CODE",
    "LINE",
    "LINES",
    "NUMBER",
    "ONE",
    "PLACE",
    "SOME",
    "TEXT",
    "YES",
    "BadText",
    "Difference",
    "Field",
    "Group",
    "Shape",
    "book_shape",
    "course_shape",
    "scenario_shape",
    "standard_shape",
]


def course_shape() -> Shape:
    """A course, with the roles and situations there are."""
    return _course_shape(people.ROLE_LABELS)


def scenario_shape() -> Shape:
    """A situation to practise."""
    return scenarios.SHAPE


def standard_shape(at: datetime) -> Shape:
    """A touchpoint's standard of service, with the promises its times may be taken from."""
    promised = obligations.list_definitions(at)
    return standards.shape_with({d.code: d.title for d in promised if d.grade == "PLEDGE"})


def book_shape(book: str) -> Shape:
    """A plan with the roles and offices there are, a scored form, or one of the texts there is once."""
    if book == books.PLAN:
        offices = {each.code: each.name for each in people.list_offices()}
        return sampling.shape(roles=people.ROLE_LABELS, offices=offices)
    alone = {
        books.PHRASES: wording.SHAPE,
        books.CLIENTS: clients.SHAPE,
        books.MANNER: manners.SHAPE,
    }
    return alone.get(book, scoring.SHAPE)
