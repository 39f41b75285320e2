"""A simulated year in small: real operations on a virtual clock."""

from dataclasses import replace
from datetime import timedelta
from itertools import islice, pairwise

import pytest
from simulation import designs, figures, office
from simulation.__main__ import BEGINS
from simulation.year import Year

from yilu.standards import queries as standards

CLAIMS = 12


def live(code, *, seed=1, claims=CLAIMS, **changed):
    design = designs.read(designs.FOLDER / f"{code}.toml")
    design = replace(design, rules=replace(design.rules, **changed))
    made = office.build(design.rules, claims, BEGINS)
    year = Year(design, made, BEGINS, seed)
    year.run(lambda done, total: None)
    return year, figures.of_run(year)


@pytest.fixture(autouse=True)
def bank_secret(settings):
    settings.BANK_SECRET = "the bank and we"


@pytest.mark.django_db
def test_a_manual_year_is_worked_by_people_in_office_hours_only():
    year, found = live("1-manual-2010")

    assert found["claims"] == found["ended"] == CLAIMS
    assert found["by_machine"] == 0
    assert found["refused"] == {}
    hours = standards.working_time(year.office.office_id)
    for story in year.stories.values():
        assert len(story.worked) == 3, "typed, reviewed, and looked at by a second person"
        for begun, ended in story.worked:
            # A piece of work begins when somebody is in, and its length is working time.
            assert hours.between(begun, begun + timedelta(minutes=2)) >= 1
            assert hours.between_exactly(begun, ended) > 0
    reviews = sorted(story.worked[1] for story in year.stories.values())
    for (_, ended), (begun, _) in pairwise(reviews):
        assert ended <= begun, "one person has one claim in hand"


@pytest.mark.django_db
def test_the_parts_of_the_time_add_up_to_the_whole():
    year, found = live("3-manual-2012")

    assert sum(found["parts"].values()) == pytest.approx(found["mean_days"], abs=1e-6)
    for story in year.stories.values():
        parts = figures.parts_of(story, year.hours)
        assert all(days >= 0 for days in parts.values())
        assert sum(parts.values()) == pytest.approx(
            (story.closed - story.complete).total_seconds() / 86_400, abs=1e-6
        )


@pytest.mark.django_db
def test_our_year_pays_at_once_what_nobody_need_see():
    _, found = live("5-yilu", by_hand=0.0)

    assert found["ended"] == CLAIMS
    assert found["by_machine"] > 0.5
    assert found["median_days"] < 10 / 1440


@pytest.mark.django_db
def test_no_limit_for_the_machine_means_no_claim_decided_by_it():
    _, found = live("5-yilu", by_hand=0.0, straight_through_below=0)

    assert found["by_machine"] == 0
    assert found["ended"] == CLAIMS


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_arrivals_and_another_seed_others():
    design = designs.read(designs.FOLDER / "5-yilu.toml")
    made = office.build(design.rules, 1, BEGINS)

    def arrivals(seed):
        return list(islice(Year(design, made, BEGINS, seed)._arrivals(), 30))

    assert arrivals(1) == arrivals(1)
    assert arrivals(1) != arrivals(2)
