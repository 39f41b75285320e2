"""What insight says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("insight.what_if_asked", "发起条款测算")
class WhatIfAsked:
    """Somebody wants to know what other terms would have come to."""

    product: str
    terms_digest: str
    changes: int


@fact("insight.what_if_answered", "条款测算完成")
class WhatIfAnswered:
    """The whole portfolio was calculated anew: how many claims, what before, what after."""

    claims: int
    before: str
    after: str
    portfolio_digest: str


@fact("insight.what_if_failed", "条款测算未完成")
class WhatIfFailed:
    """It could not be calculated; the reason stands with the run."""

    reason: str


@fact("insight.claims_report_asked", "要求生成理赔年报")
class ClaimsReportAsked:
    """Somebody wants a year's claims report printed."""

    year: int


@fact("insight.claims_report_printed", "理赔年报已生成")
class ClaimsReportPrinted:
    """A year's claims report as a file; who has the file can compare its digest."""

    year: int
    sha256: str


@fact("insight.disclosure_planned", "年度披露已列入")
class DisclosurePlanned:
    """What must be published about a year, ``until`` a day."""

    kind: str
    year: int
    until: str
    office_id: int


@fact("insight.matter_to_disclose", "登记重大事项待披露")
class MatterToDisclose:
    """Something major happened ``on`` a day: it is to be published within ten working days."""

    on: str
    office_id: int


@fact("insight.disclosure_published", "年度披露已公布")
class DisclosurePublished:
    """Everybody can read it; ``sha256`` of the claims report that was published, else empty."""

    kind: str
    year: int
    sha256: str
