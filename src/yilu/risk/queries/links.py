"""The neighbourhood of a claim: what shares an account, a phone, a device, a bill with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.risk.models import Group
from yilu.risk.rules.links import Link, shortest
from yilu.risk.rules.words import NODE_LABELS

HOPS, CLAIMS_MAX = 2, 120
LINKED_DAYS = 730
COUNTER_MIN = 40
"""A phone or device that so many claims share belongs to a counter: it is drawn, not followed."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node: ``id`` is a claim's reference or ``KIND:key``; ``hops`` from the claim asked about."""

    id: str
    kind: str
    kind_label: str
    hops: int
    ref: Ref | None
    """The claim or the person (``party``); None for what has no page."""
    shared_by: int
    """How many persons share it, for what can be shared."""


@dataclass(frozen=True, slots=True)
class Why:
    """Another claim and the shortest way to it: the nodes on the way, both ends included."""

    claim: Ref
    way: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """A claim's neighbourhood; ``cut`` says that there is more than is drawn."""

    about: Ref
    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]
    why: tuple[Why, ...]
    cut: bool


_TRAITS = "select subject, kind, key, party_id from risk_trace where subject = any(%s::text[])"
# The latest claims of each trait; one that very many share is not followed.
_SHARING = """
    select s.subject, s.seen
      from unnest(%s::text[], %s::text[]) as a(kind, key)
     cross join lateral (
           select subject, count(*) over () as seen from (
               select subject from risk_trace t
                where t.kind = a.kind and t.key = a.key and t.happened_at > %s::timestamptz
                  and t.subject like 'claim:%%'
                order by t.happened_at desc limit %s::int) latest) s
"""


def links_of(about: Ref, at: datetime, hops: int = HOPS) -> Links:
    """
    The claims within some hops of one, and what links them: two statements a hop, whatever the size.
    """
    links: dict[Link, int] = {}
    distance = {str(about): 0}
    frontier, asked, cut = [str(about)], set[tuple[str, str]](), False
    since = at - timedelta(days=LINKED_DAYS)
    for hop in range(1, hops + 1):
        new = _traits(frontier, links) - asked
        asked |= new
        frontier = []
        pairs = sorted(new)
        kinds, keys = [k for k, _ in pairs], [v for _, v in pairs]
        for subject, seen in tx.rows(_SHARING, [kinds, keys, since, COUNTER_MIN]):
            if seen >= COUNTER_MIN or len(distance) >= CLAIMS_MAX:
                cut = True
            elif subject not in distance:
                distance[subject] = hop
                frontier.append(subject)
        if not frontier:
            break
    if frontier:
        _traits(frontier, links)
    return _drawn(about, links, distance, cut)


def _traits(claims: list[str], links: dict[Link, int]) -> set[tuple[str, str]]:
    found = set()
    for subject, kind, key, party_id in tx.rows(_TRAITS, [claims]):
        links[Link(subject, f"{kind}:{key}")] = party_id
        found.add((kind, key))
    return found


def _drawn(about: Ref, links: dict[Link, int], distance: dict[str, int], cut: bool) -> Links:
    claims_of: dict[str, set[str]] = {}
    persons: dict[str, set[int]] = {}
    for link, party_id in links.items():
        claims_of.setdefault(link.node, set()).add(link.claim)
        persons.setdefault(link.node, set()).add(party_id)
    # What one other claim has alone links nothing; the claim's own traits and all persons are drawn.
    start = str(about)
    shown = {
        n for n, claims in claims_of.items()
        if len(claims) > 1 or start in claims or n.startswith("INSURED:")
    }  # fmt: skip
    nodes = [
        Node(s, "CLAIM", NODE_LABELS["CLAIM"], hop, Ref.parse(s), 0) for s, hop in distance.items()
    ]
    for name in sorted(shown):
        kind, _, key = name.partition(":")
        ref = Ref("party", int(key)) if kind == "INSURED" and key.isdigit() else None
        hop = min(distance[c] for c in claims_of[name])
        nodes.append(Node(name, kind, NODE_LABELS.get(kind, kind), hop, ref, len(persons[name])))
    drawn = sorted((x for x in links if x.node in shown), key=lambda x: (x.claim, x.node))
    edges = [(x.claim, x.node) for x in drawn]
    edges += _hospitals(nodes, edges)
    why = [
        Why(Ref.parse(claim), way)
        for claim in distance
        if claim != start and (way := shortest(drawn, start, claim))
    ]
    why.sort(key=lambda w: (len(w.way), w.claim.id))
    return Links(about, tuple(nodes), tuple(edges), tuple(why), cut)


def _hospitals(nodes: list[Node], edges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Hospitals stand behind their bills; they are drawn, and never make a link by themselves."""
    made = []
    known = {n.id for n in nodes}
    for _claim, name in edges:
        if name.startswith("INVOICE:"):
            hospital = f"HOSPITAL:{name.removeprefix('INVOICE:').partition('|')[0]}"
            if hospital not in known:
                known.add(hospital)
                nodes.append(Node(hospital, "HOSPITAL", NODE_LABELS["HOSPITAL"], 2, None, 0))
            made.append((name, hospital))
    return sorted(set(made))


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group of linked claims as lists show it."""

    id: int
    persons: int
    claims: int
    amount: Decimal
    shared: int
    dense: float
    by_chance: Decimal
    rarer: Decimal
    subjects: tuple[Ref, ...]
    found_at: datetime
    current: bool
    cleared_at: datetime | None
    cleared_by: str
    holds: bool | None
    finding: str


def list_groups(*, limit: int = 50) -> tuple[GroupView, ...]:
    """Current groups, those nobody has looked into first, then the rarest. One statement."""
    found = Group.objects.filter(current=True).order_by("-cleared_at", "rarer", "-persons", "pk")
    rows = sorted(found[: limit * 2], key=lambda g: g.cleared_at is not None)
    return tuple(_group(g) for g in rows[:limit])


def get_group(group_id: int) -> GroupView:
    """:raises NotFound: no such group."""
    group = Group.objects.filter(pk=group_id).first()
    if group is None:
        raise NotFound
    return _group(group)


def _group(g: Group) -> GroupView:
    return GroupView(
        id=g.pk, persons=g.persons, claims=g.claims, amount=g.amount, shared=g.shared, dense=g.dense,
        by_chance=Decimal(str(g.by_chance)),
        rarer=Decimal(str(g.rarer)), subjects=tuple(Ref.parse(s) for s in g.subjects),
        found_at=g.found_at, current=g.current, cleared_at=g.cleared_at, cleared_by=g.cleared_by,
        holds=g.holds, finding=g.finding,
    )  # fmt: skip
