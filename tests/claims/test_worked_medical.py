"""Medical costs, worked by hand."""

from decimal import Decimal

import pytest

from tests.claims.cases import bill, contract
from tests.claims.worked import INPATIENT, ids_of, pays, used

WORKED = [
    # product, claim type, facts, used before, benefit                      how, by hand
    ("million-medical-social", "MEDICAL", {"bills": (bill(50000, fund_paid=22000),)}, None,
     "18000.00"),  # 50,000 − 22,000 − 10,000
    ("million-medical-social", "MEDICAL", {"bills": (bill(50000),)}, None,
     "24000.00"),  # social insurance not used: (50,000 − 10,000) × 60 %
    ("million-medical-social", "MEDICAL", {"bills": (bill(50000, fund_paid=22000, other_paid=4000),)},
     None, "18000.00"),  # the other payer's 4,000 serve the deductible
    ("million-medical-social", "MEDICAL", {"bills": (bill(5000, fund_paid=2000),)},
     used("inpatient", deductible_by_year={3: Decimal(10000)}), "3000.00"),  # deductible served this year
    ("million-medical-social", "MEDICAL", {"bills": (bill(5000, fund_paid=2000),)},
     used("inpatient", deductible_by_year={2: Decimal(10000)}), "0.00"),  # but not by last year's
    ("million-medical", "MEDICAL",
     {"bills": (bill(50000, fund_paid=22000),), "contract": contract(with_social_insurance=False)}, None,
     "40000.00"),  # 解释三 18: not deducted, the rate was not reduced for it
    ("small-medical", "MEDICAL", {"bills": (bill(5000, **INPATIENT),)}, None,
     "1620.00"),  # (3,000 + 900 − 2,000 − 100) × 90 %
    ("small-medical", "MEDICAL", {"bills": (bill(5000, **INPATIENT),), "paid_elsewhere": Decimal(1000)}, None,
     "720.00"),  # another policy paid 1,000 of it first
    ("small-medical", "MEDICAL", {"bills": (bill("333.33", lines=[("A", "333.33")], kind="OUTPATIENT"),)},
     None, "170.00"),  # 283.33 × 60 % = 169.998
    ("small-medical", "MEDICAL",
     {"bills": (bill(3000, lines=[("A", 3000)], kind="OUTPATIENT", fund_paid=100),)}, None,
     "500.00"),  # (2,900 − 50) × 80 % = 2,280, 500 a visit at most
    ("small-medical", "MEDICAL",
     {"bills": (bill(3000, lines=[("A", 3000)], kind="OUTPATIENT", fund_paid=100),)},
     used("outpatient", paid=Decimal(2800), paid_by_year={3: Decimal(2800)}), "200.00"),  # 3,000 a year at most
    ("accident", "ACCIDENT",
     {"bills": (bill(1200, lines=[("A", 1200)], kind="EMERGENCY", fund_paid=500),), "cause": "ACCIDENT"},
     None, "600.00"),  # (1,200 − 500 − 100) × 100 %
    ("accident", "ACCIDENT",
     {"bills": (bill(300, lines=[("A", 300)], kind="EMERGENCY", visit="v1"),
                bill(300, lines=[("A", 300)], kind="OUTPATIENT", visit="v2")), "cause": "ACCIDENT"}, None,
     "400.00"),  # one accident, one deductible: (600 − 100) × 80 %
    ("group-medical", "MEDICAL",
     {"bills": (bill(800, lines=[("A", 800)], kind="OUTPATIENT", fund_paid=300),)}, None,
     "432.00"),  # (800 − 300 − 20) × 90 %
    ("group-medical", "MEDICAL",
     {"bills": (bill("20.05", lines=[("A", "20.05")], kind="OUTPATIENT", settled_by_social=True),)}, None,
     "0.05"),  # 0.05 × 90 % = 0.045: halves go up
    ("group-medical", "MEDICAL", {"bills": (bill(2000, lines=[("A", 2000)], kind="OUTPATIENT"),)}, None,
     "500.00"),
    ("group-medical", "MEDICAL",
     {"bills": (bill(6000, lines=[("A", 5000), ("OWN", 1000)], fund_paid=3000),)}, None,
     "2520.00"),  # (5,000 + 800 − 3,000) × 90 %
]  # fmt: skip


@pytest.mark.parametrize(
    ("product", "claim_type", "facts", "before", "benefit"), WORKED, ids=ids_of(WORKED)
)
def test_worked_example(product, claim_type, facts, before, benefit):
    pays(product, claim_type, facts, before, benefit)
