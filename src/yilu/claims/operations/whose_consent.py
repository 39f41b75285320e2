"""Whose separate consent to the use of health data a report takes (单独同意)."""

from __future__ import annotations

from datetime import date

from yilu.claims.models import ClaimType
from yilu.kernel.errors import Refusal
from yilu.kernel.years import full_years
from yilu.people import queries as people

ADULT_YEARS = 18


class ConsentMissing(Refusal):
    """Health data may not be handled without the person's separate consent (个保法 29)."""

    code = "consent_missing"
    message = "办理理赔需要您单独同意我们处理健康信息"
    hint = "请阅读并同意《健康信息处理单独同意书》后再提交；不同意也可到柜面咨询其他办法。"
    status = 403

    def __init__(self, of: int = 0) -> None:
        """``of``: whose consent it takes."""
        super().__init__()
        self.of = of


def claimant_agrees(claim_type: str, insured_birth_date: date | None, *, on: date) -> bool:
    """Whether the claimant's consent counts: a child's parent agrees for it, the dead's next of kin (个保法 31, 49)."""
    minor = insured_birth_date is not None and full_years(insured_birth_date, on) < ADULT_YEARS
    return minor or claim_type == ClaimType.DEATH


def acts_for(party_id: int, insured_id: int) -> bool:
    """Whether somebody is the guardian of a grown-up who cannot act: they agree in their place (民法典 34–35)."""
    return party_id in {each.guardian_id for each in people.guardians_of(insured_id)}
