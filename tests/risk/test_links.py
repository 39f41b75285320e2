"""What hangs together is found, explained by the shortest way, and measured against chance."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.risk import groups, jobs, operations, queries
from yilu.risk.models import Group, Reported, Trace
from yilu.risk.rules.links import Link, shortest

pytestmark = pytest.mark.django_db


def trace(claim, party_id, *, at=make.NOON, **traits):
    for kind, key in {"insured": str(party_id), **traits}.items():
        Trace.objects.create(
            kind=kind.upper(), key=key, subject=f"claim:{claim}", party_id=party_id, happened_at=at
        )


class TestNeighbourhood:
    def test_draws_claims_and_what_links_them(self):
        trace(1, 1, account="a", phone="p1")
        trace(2, 2, account="a", invoice="市医院|2026-01-01|100.00")
        trace(3, 3, invoice="市医院|2026-01-01|100.00")
        trace(4, 4, phone="p4")

        links = queries.links_of(Ref("claim", 1), make.NOON)
        nodes = {n.id: n for n in links.nodes}
        assert {n for n in nodes if n.startswith("claim:")} == {"claim:1", "claim:2", "claim:3"}
        assert nodes["claim:3"].hops == 2
        assert nodes["INSURED:3"].ref == Ref("party", 3)
        assert nodes["ACCOUNT:a"].shared_by == 2
        assert "HOSPITAL:市医院" in nodes
        ids = set(nodes)
        assert all(a in ids and b in ids for a, b in links.edges)
        assert [w.way for w in links.why] == [
            ("claim:1", "ACCOUNT:a", "claim:2"),
            ("claim:1", "ACCOUNT:a", "claim:2", "INVOICE:市医院|2026-01-01|100.00", "claim:3"),
        ]

    def test_goes_no_further_than_asked_and_not_through_a_counter(self):
        for n in range(1, 5):
            trace(n, n, account=f"a{n // 2}", phone=f"p{(n + 1) // 2}")
        near = queries.links_of(Ref("claim", 1), make.NOON, hops=1)
        assert {n.id for n in near.nodes if n.kind == "CLAIM"} == {"claim:1", "claim:2"}
        for n in range(50, 95):
            trace(n, n, phone="counter")
        at_counter = queries.links_of(Ref("claim", 50), make.NOON)
        assert at_counter.cut
        assert [n.id for n in at_counter.nodes if n.kind == "CLAIM"] == ["claim:50"]

    def test_costs_two_statements_a_hop(self, django_assert_max_num_queries):
        for n in range(30):
            trace(n, n, account="a", phone=f"p{n // 2}")
        with django_assert_max_num_queries(5):
            queries.links_of(Ref("claim", 1), make.NOON)

    def test_a_claim_nobody_knows_stands_alone(self):
        assert queries.links_of(Ref("claim", 404), make.NOON).why == ()


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14))
def test_the_shortest_way_is_a_way_and_none_is_shorter(pairs):
    links = [Link(f"c{a}", f"T:{b}") for a, b in pairs]
    way = shortest(links, "c0", "c1")
    joined = {(x.claim, x.node) for x in links}
    assert all((a, b) in joined or (b, a) in joined for a, b in pairwise(way))
    direct = {b for a, b in pairs if a == 0} & {b for a, b in pairs if a == 1}
    assert (len(way) == 3) == bool(direct)


class TestGroups:
    @given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40))
    def test_components_are_those_of_a_plain_search(self, pairs):
        a = np.array([p for p, _ in pairs], dtype=np.int64)
        b = np.array([q for _, q in pairs], dtype=np.int64)
        label = groups.components(a, b, 20)
        parent = list(range(20))

        def root(x):
            while parent[x] != x:
                x = parent[x]
            return x

        for p, q in pairs:
            parent[root(p)] = root(q)
        assert [label[i] == label[j] for i in range(20) for j in range(20)] == [
            root(i) == root(j) for i in range(20) for j in range(20)
        ]

    def test_the_densest_part_is_at_least_half_of_the_best(self):
        clique = [(i, j) for i in range(6) for j in range(i)]
        tail = [(5 + i, 6 + i) for i in range(10)]
        a, b = (np.array(x) for x in zip(*clique, *tail, strict=True))
        label = groups.components(a, b, 16)
        dense, chosen = groups.densest(a, b, label, 16)
        assert dense[0] >= 15 / 6 / 2
        assert chosen[:6].all()

    def test_hops_are_counted(self):
        a, b = np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4])
        assert groups.neighbourhood(a, b, 6, 0, hops=3).tolist() == [0, 1, 2, 3]

    def test_a_group_is_kept_with_its_claims_and_what_people_find(self):
        for n in range(1, 5):
            trace(n, n, account="same", phone=f"p{n // 2}")
            Reported.objects.create(
                subject=f"claim:{n}", party_id=n, reported_at=make.NOON, facts={"amount": 100.5}
            )
        trace(9, 9, account="own")
        assert jobs.search_groups(make.NOON) == 1
        assert jobs.search_groups(make.NOON + timedelta(days=1)) == 1
        [group] = queries.list_groups()
        assert (group.persons, group.claims, str(group.amount)) == (4, 4, "402.00")
        assert group.by_chance < 1
        access, actor = make.colleague(make.office(), "ASSESSOR")
        told = {"holds": False, "access": access, "actor": actor, "at": make.NOON}
        with pytest.raises(operations.FindingMissing):
            operations.clear_group(group_id=group.id, finding="", **told)
        operations.clear_group(group_id=group.id, finding="同一家庭共用账户", **told)
        with pytest.raises(operations.SignalAlreadyCleared):
            operations.clear_group(group_id=group.id, finding="同一家庭共用账户", **told)
        with pytest.raises(NotFound):
            operations.clear_group(group_id=0, finding="同一家庭共用账户", **told)
        assert queries.get_group(group.id).holds is False

    def test_a_group_that_dissolves_stays_on_record(self):
        for n in range(1, 4):
            trace(n, n, account="same")
        jobs.search_groups(make.NOON)
        trace(4, 4, account="same")
        jobs.search_groups(make.NOON)
        assert [g.persons for g in queries.list_groups()] == [4]
        assert Group.objects.count() == 2

    def test_two_persons_are_a_family_not_a_group(self):
        trace(1, 1, account="same")
        trace(2, 2, account="same")
        assert jobs.search_groups(make.NOON) == 0
        assert queries.list_groups() == ()
