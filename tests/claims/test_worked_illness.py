"""Critical illnesses and the waiver they bring, worked by hand."""

from datetime import date

import pytest

from tests.claims.cases import case, terms
from tests.claims.worked import ids_of, ill, paid_before, pays
from yilu.claims.rules import calculate

WORKED = [
    # product, claim type, facts, used before, benefit                      how, by hand
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("CANCER"),)}, None, "100000.00"),
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("MILD_CANCER"),)}, None, "30000.00"),
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("ONE_LUNG"),)}, None, "50000.00"),
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("INFARCTION"),)},
     paid_before("CANCER", "G1", "SEVERE", 400), "100000.00"),  # another group, interval over
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("INFARCTION"),)},
     paid_before("CANCER", "G1", "SEVERE", 364), "0.00"),  # one day short of the interval
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("BYPASS"),)},
     paid_before("INFARCTION", "G2", "SEVERE", 400), "0.00"),  # same group
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("MILD_BURNS"), ill("CANCER"))}, None,
     "100000.00"),  # same day: the better paid one only
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("MILD_BURNS"),)},
     paid_before("CANCER", "G1", "SEVERE", 400), "0.00"),  # ended with the first severe one
]  # fmt: skip


@pytest.mark.parametrize(
    ("product", "claim_type", "facts", "before", "benefit"), WORKED, ids=ids_of(WORKED)
)
def test_worked_example(product, claim_type, facts, before, benefit):
    pays(product, claim_type, facts, before, benefit)


class TestWaiver:
    def test_waives_premiums_due_after_the_event_and_pays_nothing(self):
        found = calculate(
            case("WAIVER", diagnoses=(ill("MILD_STROKE"),)), terms("critical-illness")
        )

        assert found.benefit == 0
        assert found.waived_from == date(2027, 3, 1)
        assert not found.needs_person
        assert found.lines[0].explanation == (
            "因轻症“轻度脑中风后遗症”，自 2027-03-01 起豁免后续各期保险费，每期 3,000.00 元"
        )

    def test_follows_the_death_of_the_holder(self):
        found = calculate(case("WAIVER", circumstances=("HOLDER_DEATH",)), terms("endowment"))

        assert found.waived_from == date(2027, 3, 1)

    def test_asks_a_person_where_no_trigger_is_met(self):
        found = calculate(case("WAIVER", circumstances=()), terms("endowment"))

        assert found.waived_from is None
        assert [g.code for g in found.refusal_grounds] == ["NO_TRIGGER"]
