"""Design files: read, or refused by file, line and reason."""

import pytest
from simulation import designs


def test_every_design_that_ships_is_whole_and_has_its_english():
    read = designs.read_all()

    assert [d.published_days for d in read] == [2.04, 1.59, 1.20, 0.38, None]
    assert all(a.why for d in read for a in d.assumptions)
    assert designs.english()[read[0].name]


def test_designs_differ_only_in_how_claims_are_worked():
    arrivals = {d.rules.claims_per_working_day for d in designs.read_all()}
    staff = {
        (d.rules.intake_staff, d.rules.review_staff, d.rules.second_staff)
        for d in designs.read_all()
    }

    assert len(arrivals) == len(staff) == 1


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("[assumptions.rounds]", "[assumptions.rounbs]", "rounbs] is nothing the simulation knows"),
        ("value = 6.0", "value = -6.0", "customer_days] cannot be negative"),
        ('kind = "FITTED"', 'kind = "GUESSED"', "kind must be one of"),
        ('unit = "占工时"\n', "", "needs value, unit, kind and why"),
        ('name = "2010', 'title = "2010', "name is missing"),
        ("value = 6.0", "value = 6,0", "1-broken.toml"),
    ],
)
def test_a_broken_design_is_refused_with_place_and_reason(tmp_path, was, becomes, says):
    text = (designs.FOLDER / "1-manual-2010.toml").read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "1-broken.toml"
    path.write_text(text.replace(was, becomes, 1), encoding="utf-8")

    with pytest.raises(designs.BadDesign) as refused:
        designs.read(path)

    assert says in str(refused.value)
    assert "1-broken.toml" in str(refused.value)
