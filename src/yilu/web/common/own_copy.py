"""The copy of everything we hold about a person, as a workbook to take away (个保法 45)."""

from __future__ import annotations

import io
from datetime import datetime
from urllib.parse import quote

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from yilu.insight.queries.own_copy import Sheet, copy_of
from yilu.kernel.refs import Ref
from yilu.kernel.sheets import workbook
from yilu.people import operations as people

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 60


def own_copy(*, party_id: int, actor: Ref, at: datetime, masked: bool) -> HttpResponse:
    """
    A person's copy as a download; it is recorded. ``masked``: without whole numbers of identity,
    phone and accounts, which are for those whose identity somebody has seen.

    :raises PartyNotFound, TooOften: as ``people.export_personal_data``.
    """
    told = people.export_personal_data(party_id=party_id, actor=actor, at=at, masked=masked)
    response = HttpResponse(_workbook(copy_of(party_id, told)), content_type=XLSX)
    name = f"{gettext('我的资料副本')}-{timezone.localtime(at):%Y%m%d}.xlsx"
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _workbook(sheets: tuple[Sheet, ...]) -> bytes:
    """Every cell is text: what somebody once typed is never a formula or a link."""
    out = io.BytesIO()
    book = workbook(out)
    bold, plain = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    for sheet in sheets:
        page = book.add_worksheet(sheet.title[:31])
        page.freeze_panes(1, 0)
        for column, head in enumerate(sheet.heads):
            longest = max([len(head), *(len(row[column]) for row in sheet.rows)], default=8)
            page.set_column(column, column, min(WIDEST, 4 + longest * 1.6))
            page.write_string(0, column, head, bold)
        for number, row in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(row):
                page.write_string(number, column, cell, plain)
    book.close()
    return out.getvalue()
