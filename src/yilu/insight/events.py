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
