"""To whom a death benefit belongs: each statutory case, and what must hold for all of them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yilu.claims.rules.entitlement import Named, deal, resolve
from yilu.claims.rules.heirs import FATES, RELATIONS, Relative, inherit

F = Fraction


def parts(resolution):
    return {p.key: p.part for p in resolution.parts}


def named(key, share="1", ordinal=1, fate="ALIVE"):
    return Named(key=key, share=F(share), ordinal=ordinal, fate=fate)


class TestNamed:
    def test_share_as_agreed(self):
        assert parts(resolve([named(1, "7/10"), named(2, "3/10")], [])) == {
            1: F(7, 10),
            2: F(3, 10),
        }

    @pytest.mark.parametrize("fate", ["DIED_BEFORE", "DIED_TOGETHER", "HARMED", "RENOUNCED"])
    def test_who_falls_away_leaves_the_part_to_the_others_in_proportion(self, fate):
        found = resolve([named(1, "1/2"), named(2, "3/10"), named(3, "1/5", fate=fate)], [])
        assert parts(found) == {1: F(5, 8), 2: F(3, 8)}
        assert all("解释三12" in p.law for p in found.parts)

    def test_the_next_order_comes_only_when_the_first_is_empty(self):
        two = [named(1, "1/2"), named(2, "1/2", fate="DIED_BEFORE"), named(3, ordinal=2)]
        assert parts(resolve(two, [])) == {1: 1}
        none = [named(1, fate="RENOUNCED"), named(3, "2/5", 2), named(4, "3/5", 2)]
        assert parts(resolve(none, [])) == {3: F(2, 5), 4: F(3, 5)}

    def test_with_nobody_left_it_is_the_estates(self):
        found = resolve(
            [named(1, fate="HARMED")], [Relative(key=2, relation="CHILD"), Relative(key=1, relation="SPOUSE", fate="HARMED")]
        )  # fmt: skip
        assert found.as_estate
        assert parts(found) == {2: 1}
        assert "ESTATE" in found.questions
        assert found.parts[0].law[0] == "保险法42"

    def test_named_by_law_are_beneficiaries_and_no_estate(self):
        found = resolve([], [Relative(key=1, relation="SPOUSE"), Relative(key=2, relation="CHILD")])
        assert not found.as_estate
        assert parts(found) == {1: F(1, 2), 2: F(1, 2)}
        assert found.parts[0].law[0] == "解释三9"

    def test_who_died_since_keeps_the_part_for_their_own_heirs(self):
        found = resolve([named(1, fate="DIED_AFTER")], [])
        assert found.parts[0].passes_on
        assert found.questions == ("PASSES_ON",)

    def test_in_one_accident_a_beneficiary_is_presumed_to_have_died_first(self):
        child = Relative(key=1, relation="CHILD", fate="DIED_TOGETHER")
        wife = Relative(key=2, relation="SPOUSE")
        assert parts(resolve([named(1, fate="DIED_TOGETHER")], [child, wife])) == {
            1: F(1, 2), 2: F(1, 2),
        }  # fmt: skip
        # as an heir of the estate the younger one outlived the elder (民法典 1121)
        assert parts(resolve([], [child, wife])) == {2: 1}  # 法定: a beneficiary again


class TestHeirs:
    def test_first_order_shares_equally_and_shuts_out_the_second(self):
        found = inherit(
            [
                Relative(key=1, relation="SPOUSE"), Relative(key=2, relation="CHILD"),
                Relative(key=3, relation="PARENT"), Relative(key=4, relation="SIBLING"),
            ]
        )  # fmt: skip
        assert {p.key: p.part for p in found} == {1: F(1, 3), 2: F(1, 3), 3: F(1, 3)}

    def test_second_order_inherits_where_the_first_is_gone_or_gave_up(self):
        found = inherit(
            [
                Relative(key=1, relation="CHILD", fate="RENOUNCED"),
                Relative(key=2, relation="SIBLING"), Relative(key=3, relation="GRANDPARENT"),
            ]
        )  # fmt: skip
        assert {p.key: p.part for p in found} == {2: F(1, 2), 3: F(1, 2)}

    def test_grandchildren_take_their_dead_parents_part(self):
        found = inherit(
            [
                Relative(key=1, relation="SPOUSE"),
                Relative(key=2, relation="CHILD", fate="DIED_BEFORE"),
                Relative(key=3, relation="DESCENDANT", through=2),
                Relative(key=4, relation="DESCENDANT", through=2),
            ]
        )  # fmt: skip
        assert {p.key: p.part for p in found} == {1: F(1, 2), 3: F(1, 4), 4: F(1, 4)}

    def test_who_gave_up_or_did_harm_is_not_represented(self):
        for fate in ("RENOUNCED", "HARMED"):
            found = inherit(
                [
                    Relative(key=1, relation="SPOUSE"),
                    Relative(key=2, relation="CHILD", fate=fate),
                    Relative(key=3, relation="DESCENDANT", through=2),
                ]
            )  # fmt: skip
            assert {p.key: p.part for p in found} == {1: F(1)}

    @pytest.mark.parametrize(
        ("relation", "has_heirs", "insured_has", "inherits"),
        [
            ("CHILD", True, True, True),  # the elder died first
            ("PARENT", True, True, False),
            ("SPOUSE", True, True, False),  # one generation: at once
            ("CHILD", False, True, False),  # no other heirs: died first
            ("SPOUSE", True, False, True),  # the insured had none: died first
        ],
    )
    def test_deaths_in_one_event_follow_the_order_of_the_code(
        self, relation, has_heirs, insured_has, inherits
    ):
        together = Relative(key=1, relation=relation, fate="DIED_TOGETHER", has_heirs=has_heirs)
        other = Relative(key=2, relation="INLAW")
        found = inherit([together, other], insured_has_heirs=insured_has)
        assert (1 in {p.key for p in found}) is inherits

    def test_nobody_is_said(self):
        assert inherit([Relative(key=1, relation="OTHER")]) == ()
        assert resolve([], []).questions == ("NOBODY",)


FATE = st.sampled_from(sorted(FATES))
RELATIVES = st.lists(
    st.builds(
        Relative, key=st.integers(1, 9), relation=st.sampled_from(sorted(RELATIONS)), fate=FATE,
        through=st.none() | st.integers(1, 9), has_heirs=st.booleans(),
    ),
    max_size=8, unique_by=lambda r: r.key,
)  # fmt: skip
NAMED = st.lists(
    st.builds(
        Named, key=st.integers(10, 19), ordinal=st.integers(1, 3), fate=FATE,
        share=st.integers(1, 100).map(lambda n: F(n, 100)),
    ),
    max_size=5, unique_by=lambda n: n.key,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(NAMED, RELATIVES, st.booleans())
def test_the_parts_always_make_one_whole_and_the_fallen_get_nothing(names, relatives, has_heirs):
    found = resolve(names, relatives, insured_has_heirs=has_heirs)
    fates = {x.key: x.fate for x in (*names, *relatives)}
    if found.parts:
        assert sum(p.part for p in found.parts) == 1
    assert all(p.part > 0 for p in found.parts)
    assert not {fates[p.key] for p in found.parts} & {"DIED_BEFORE", "HARMED", "RENOUNCED"}
    assert found.as_estate <= bool(names)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(NAMED, RELATIVES)
def test_named_ones_shut_out_the_heirs_and_one_who_gave_up_changes_nobody_elses_proportion(
    names, relatives
):
    found = resolve(names, relatives)
    if any(n.fate in ("ALIVE", "DIED_AFTER") for n in names):
        assert {p.key for p in found.parts} <= {n.key for n in names}
        more = resolve([*names, named(99, "1/7", fate="RENOUNCED")], relatives)
        assert parts(more) == parts(found)


@given(
    st.integers(1, 10**10).map(lambda n: Decimal(n) / 100),
    st.lists(st.integers(1, 1000), min_size=1, max_size=9),
)
def test_dealing_loses_no_cent_and_cheats_nobody_of_more_than_one(amount, weights):
    whole = sum(weights)
    dealt = deal(amount, [(n, F(w, whole)) for n, w in enumerate(weights)])
    assert sum(part for _key, part in dealt) == amount
    for (_key, part), weight in zip(dealt, weights, strict=True):
        assert abs(F(part) - F(amount) * F(weight, whole)) < F(1, 100)


def test_dealing_half_of_something_is_refused():
    with pytest.raises(ValueError, match="whole"):
        deal(Decimal("10.00"), [(1, F(1, 2))])
