"""Deaths, survivals and maturities, worked by hand."""

from datetime import date
from decimal import Decimal

import pytest

from tests.claims.cases import EVENT, contract
from tests.claims.worked import CHILD, DIED, FLEW, ids_of, paid_before, pays, used

WORKED = [
    # product, claim type, facts, used before, benefit                      how, by hand
    ("term-life", "DEATH", {"passing": DIED}, None, "100000.00"),  # the sum insured
    ("term-life", "DEATH", {"passing": FLEW, "cause": "ACCIDENT"}, None, "200000.00"),  # twice
    ("term-life", "DEATH", {"passing": DIED, "owed_premium": Decimal(3000)}, None, "97000.00"),  # in grace
    ("whole-life", "DEATH", {"passing": DIED}, None, "100000.00"),  # 14,400 < 4,000 < sum insured
    ("whole-life", "DEATH", {"passing": DIED, "contract": contract(premiums_paid=Decimal(90000))}, None,
     "144000.00"),  # at 36: 90,000 × 160 %
    ("whole-life", "DEATH", {"passing": DIED, "contract": contract(insured_birth_date=CHILD)}, None,
     "9000.00"),  # a child: premiums, not the sum insured
    ("endowment", "DEATH",
     {"passing": DIED, "contract": contract(insured_birth_date=CHILD, sum_insured=Decimal(300000))}, None,
     "200000.00"),  # under ten: the ceiling
    ("endowment", "DEATH",
     {"passing": DIED, "other_death_cover": Decimal(150000),
      "contract": contract(insured_birth_date=CHILD, sum_insured=Decimal(300000))}, None, "50000.00"),
    ("endowment", "DEATH",
     {"passing": DIED, "other_death_cover": Decimal(250000),
      "contract": contract(insured_birth_date=CHILD, sum_insured=Decimal(300000))}, None,
     "14400.00"),  # premiums × 160 % may exceed the ceiling
    ("endowment", "SURVIVAL", {"event_on": date(2039, 3, 1)}, None, "100000.00"),  # fifteen years
    ("endowment", "SURVIVAL", {"event_on": date(2039, 2, 28)}, None, "0.00"),
    ("annuity", "DEATH", {"passing": DIED, "contract": contract(loan_owed=Decimal(1500))}, None, "7500.00"),
    ("annuity", "SURVIVAL",
     {"event_on": date(2030, 3, 1),
      "contract": contract(insured_birth_date=date(1970, 1, 1), sum_insured=Decimal(12000))}, None, "12000.00"),
    ("critical-illness", "DEATH", {"passing": DIED}, paid_before("CANCER", "G1", "SEVERE", 9), "0.00"),
    ("accident", "DEATH", {"passing": DIED, "cause": "ACCIDENT"},
     used("disability", paid=Decimal(40000), paid_by_visit={EVENT.isoformat(): Decimal(40000)}), "60000.00"),
    ("accident", "DEATH", {"passing": FLEW, "cause": "ACCIDENT"}, None, "600000.00"),  # 1 + 5 times
]  # fmt: skip


@pytest.mark.parametrize(
    ("product", "claim_type", "facts", "before", "benefit"), WORKED, ids=ids_of(WORKED)
)
def test_worked_example(product, claim_type, facts, before, benefit):
    pays(product, claim_type, facts, before, benefit)
