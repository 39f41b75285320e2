"""What other terms would have come to: one question over the demo's own claims, one over invented ones."""

from __future__ import annotations

from datetime import datetime

from demo.world import World
from yilu.insight import jobs
from yilu.insight import operations as insight
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.products import queries as products

SAMPLE = 5_000
ASKED = (
    ("small-medical", None, {"inpatient.deductible_visit": "300", "outpatient.ratio_social": "90"}),
    (
        "small-medical",
        SAMPLE,
        {
            "inpatient.scope.C": "50",
            "outpatient.cap_visit": "800",
            "outpatient.deductible_visit": "100",
        },
    ),
)


def tell(made: World, now: datetime) -> None:
    """The head office's manager asks, and has the answers."""
    manager = made.staff["fu.wu"]
    for place, (code, sample, figures) in enumerate(ASKED):
        run_id = insight.ask_what_if(
            version_id=products.get_version_id(code, day_of(now)), figures=figures, sample_size=sample,
            office_id=made.offices["HEAD"], request_key=f"demo:{place}",
            access=people.staff_access(manager), actor=Ref("staff", manager), at=now,
        )  # fmt: skip
        jobs.work_out(run_id=run_id)
    jobs.print_claims_year(day_of(now).year)
