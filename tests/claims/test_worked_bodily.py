"""Days in hospital and disabilities, worked by hand."""

from decimal import Decimal

import pytest

from tests.claims.cases import contract
from tests.claims.worked import ids_of, pays, stay, used
from yilu.claims.rules import Injury

WORKED = [
    # product, claim type, facts, used before, benefit                      how, by hand
    ("hospital-allowance", "ALLOWANCE",
     {"stays": (stay(10),), "contract": contract(sum_insured=Decimal(200))}, None, "1400.00"),  # (10 − 3) × 200
    ("hospital-allowance", "ALLOWANCE",
     {"stays": (stay(10, icu_days=2),), "contract": contract(sum_insured=Decimal(200))}, None,
     "1800.00"),  # two of them double
    ("hospital-allowance", "ALLOWANCE",
     {"stays": (stay(120),), "contract": contract(sum_insured=Decimal(200))}, None, "18000.00"),  # 90 at most
    ("hospital-allowance", "ALLOWANCE",
     {"stays": (stay(30),), "contract": contract(sum_insured=Decimal(200))},
     used("allowance", days=170, days_by_year={3: 170}), "2000.00"),  # 10 of 180 left
    ("accident", "DISABILITY", {"injuries": (Injury(part="左手", grade=7),), "cause": "ACCIDENT"}, None,
     "40000.00"),
    ("accident", "DISABILITY",
     {"injuries": (Injury(part="左手", grade=7), Injury(part="右眼", grade=7)), "cause": "ACCIDENT"}, None,
     "50000.00"),  # two parts of grade 7 make grade 6
    ("accident", "DISABILITY",
     {"injuries": (Injury(part="左手", grade=7), Injury(part="左手", grade=7)), "cause": "ACCIDENT"}, None,
     "40000.00"),  # the same part counts once
    ("accident", "DISABILITY",
     {"injuries": (Injury(part="左手", grade=2), Injury(part="右眼", grade=9)), "cause": "ACCIDENT"}, None,
     "90000.00"),  # the gravest stands
    ("accident", "DISABILITY", {"injuries": (Injury(part="左手", grade=7),), "cause": "ACCIDENT"},
     used("disability", paid=Decimal(80000)), "20000.00"),  # the sum insured is the most
    ("accident", "ALLOWANCE", {"stays": (stay(5),), "cause": "ACCIDENT"}, None, "500.00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("product", "claim_type", "facts", "before", "benefit"), WORKED, ids=ids_of(WORKED)
)
def test_worked_example(product, claim_type, facts, before, benefit):
    pays(product, claim_type, facts, before, benefit)
