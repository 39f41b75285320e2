"""What scorecards says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("scorecards.cases_exported", "导出考核明细")
class CasesExported:
    """Somebody took the cases behind a figure out as a workbook."""

    figure: str
    since: str
    until: str
    rows: int
