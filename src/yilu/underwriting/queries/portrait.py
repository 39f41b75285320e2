"""What somebody told us when they asked for cover, as traits with the words they rest on (客户画像)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import orjson

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.products import queries as products
from yilu.underwriting.queries.needs import book, book_asked
from yilu.underwriting.queries.waived_life import HOLDERS
from yilu.underwriting.rules import needs as rules
from yilu.underwriting.rules.occupations import BY_CODE as OCCUPATIONS

NEEDS_LAST = timedelta(days=730)
"""A family changes: what was said of it longer ago is no longer taken as so."""


@dataclass(frozen=True, slots=True)
class TagView:
    """A trait that follows from a diagnosis of needs, and from which answers."""

    code: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Fitting:
    """A product now on sale that answers somebody's tags, and the tags in words."""

    product: str
    name: str
    kind: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """
    What is known of a person from their own words, each with its day.

    ``relations``: whom they insured (SPOUSE, CHILD, PARENT, FAMILY), ``occupation`` in words,
    ``declared_yes`` how many health questions they answered "yes"; None: they answered none.
    """

    asked_on: date | None = None
    tags: tuple[TagView, ...] = ()
    fitting: tuple[Fitting, ...] = ()
    relations: tuple[str, ...] = ()
    occupation: str = ""
    applied_on: date | None = None
    declared_yes: int | None = None


# Whatever was handed in counts, also where no contract came of it; what was not is a draft.
_SAID = """
    select n.answers::text, n.made_at, n.rules_version, a.occupation, a.submitted_at, a.answers::text,
           array(select distinct f.relation from underwriting_application f
                  where f.holder_id = %(party)s::bigint and f.submitted_at is not null
                    and f.relation in ('SPOUSE', 'CHILD', 'PARENT', 'FAMILY')
                    and (%(agents)s::bigint[] is null or f.agent_id = any(%(agents)s::bigint[])))
      from (values (1)) as one(row)
      left join lateral (
           select answers, made_at, rules_version from underwriting_needs
            where party_id = %(party)s::bigint
              and (%(agents)s::bigint[] is null or made_by = any(%(themselves)s::text[]))
            order by id desc limit 1) n on true
      left join lateral (
           select occupation, submitted_at, answers from underwriting_application
            where insured_id = %(party)s::bigint and submitted_at is not null
              and (%(agents)s::bigint[] is null or agent_id = any(%(agents)s::bigint[]))
            order by id desc limit 1) a on true
"""


def portrait(
    party_id: int, *, age: int, on: date, agent_ids: Collection[int] | None = None
) -> Portrait:
    """
    A person as their diagnosis of needs and their applications tell of them: one statement, one more for the products.

    An agent (``agent_ids``) is told only what was said to them. Who may ask, and whether the person lets us,
    is the caller's.
    """
    agents = None if agent_ids is None else sorted(agent_ids)
    themselves = [f"agent:{id}" for id in agents or ()]
    answers, made_at, version, occupation, submitted_at, declared, relations = tx.rows(
        _SAID, {"party": party_id, "agents": agents, "themselves": themselves}
    )[0]
    asked_on = None if made_at is None else day_of(made_at)
    said = orjson.loads(answers) if asked_on and on - asked_on <= NEEDS_LAST else None
    told = orjson.loads(declared) if declared else {}
    own = [answer for code, answer in told.items() if not code.startswith(HOLDERS)]
    work = OCCUPATIONS.get(occupation or "")
    return Portrait(
        asked_on=None if said is None else asked_on,
        tags=() if said is None else _tags(book_asked(version), said, age),
        fitting=() if said is None else _fitting(said, age, on),
        relations=tuple(relations),
        occupation=work.words if work else "",
        applied_on=None if submitted_at is None else day_of(submitted_at),
        declared_yes=own.count("YES") if own else None,
    )


def _tags(asked: rules.Book, said: rules.Answers, age: int) -> tuple[TagView, ...]:
    # By the words they were asked with: an answer means what its question said then.
    codes = rules.tags_of(asked, said, age)
    return tuple(
        TagView(code, asked.label(code), rules.because(asked, code, said, age)) for code in codes
    )


def _fitting(said: rules.Answers, age: int, on: date) -> tuple[Fitting, ...]:
    offers = {offer.code: offer for offer in products.list_offers(on) if not offer.is_rider}
    today = book(on)
    ranges = {o.code: (o.from_age, o.to_age, o.sum_from, o.sum_to) for o in offers.values()}
    return tuple(
        Fitting(
            each.product, offers[each.product].name, offers[each.product].kind,
            tuple(today.label(tag) for tag in each.tags),
        )
        for each in rules.match(today, said, age, ranges)
    )  # fmt: skip
