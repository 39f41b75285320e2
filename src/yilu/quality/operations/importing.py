"""A third party's audit from a file: good rows loaded, bad ones reported, the same file once (A142)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality import audit_sheets
from yilu.quality import inspection_events as events
from yilu.quality.inspection_refusals import BadAuditFile, FileImportedAlready
from yilu.quality.models import Audit, AuditFile, AuditItem
from yilu.quality.operations.auditing import ask_correction
from yilu.quality.rules import auditing as rules
from yilu.quality.rules.auditing import Line, Wrong

KEPT_PROBLEMS = 1_000


@tx.use_case
def import_audit(
    *, filename: str, content: bytes, firm: str, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Load a third party's table: one audit an office and touchpoint, a correction a failed row; its id.

    :raises FileImportedAlready: the same content. :raises BadAuditFile: no table, or no good row.
    """
    access.require("quality.manage")
    if not 0 < len(firm.strip()) <= 80:
        raise BadAuditFile(_("请填写评测机构"))
    body, columns = audit_sheets.read(content)
    offices = {
        each.code: each.id
        for each in people.list_offices()
        if each.id in access.offices_for("quality.manage")
    }
    good: dict[tuple[int, str], list[tuple[Line, int]]] = {}
    wrong: list[Wrong] = []
    for number, cells in body:
        told = _line(cells, columns, offices)
        if isinstance(told, str):
            wrong.append(Wrong(number, told))
        else:
            line, owner_id = told
            good.setdefault((offices[line.office], line.touchpoint), []).append((line, owner_id))
    loaded = sum(len(rows) for rows in good.values())
    file, made = AuditFile.objects.get_or_create(
        digest=hashlib.sha256(content).hexdigest(),
        defaults={
            "name": filename.rsplit("/", 1)[-1][:120], "firm": firm.strip(), "loaded": loaded,
            "problems": [[w.line, w.reason] for w in wrong[:KEPT_PROBLEMS]],
            "imported_by": str(actor), "imported_at": at,
        },
    )  # fmt: skip
    if not made:
        raise FileImportedAlready
    fact = events.AuditImported(file_id=file.pk, loaded=loaded, bad=len(wrong))
    journal.record(fact, about=Ref("audit_file", file.pk), actor=actor, at=at)
    for (office_id, touchpoint), rows in good.items():
        _audit(file, office_id, touchpoint, rows, actor, at)
    return file.pk


def _line(
    cells: list[str], columns: dict[str, int] | object, offices: dict[str, int]
) -> tuple[Line, int] | str:
    """A good row with its owner, or why it is none."""
    told = rules.read_row(cells, columns)  # type: ignore[arg-type]
    if isinstance(told, str):
        return told
    if told.office not in offices:
        return _("没有这个机构代码，或不在您的管辖范围")
    if told.result != "FAIL":
        return told, 0
    owner_id = people.find_staff(told.owner) if told.owner else _lead_of(offices[told.office])
    if owner_id is None:
        return _("没有这位责任人（写登录用户名），该机构也没有主管")
    try:
        theirs = people.staff_access(owner_id)
    except NotAllowed:
        return _("责任人已离职")
    if offices[told.office] not in theirs.office_ids:
        return _("责任人不在这个机构")
    return told, owner_id


def _lead_of(office_id: int) -> int | None:
    """Whoever leads the office answers where a row names nobody: one who works there before others."""
    leads = people.staff_profiles(n for n, _name in people.list_colleagues(office_id, "work.lead"))
    return min(leads, key=lambda n: (leads[n].office_id != office_id, n), default=None)


def _audit(
    file: AuditFile, office_id: int, touchpoint: str, rows: list[tuple[Line, int]], actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    results = [line.result for line, _owner in rows]
    whole = rules.score(results)
    audit = Audit.objects.create(
        kind="OUTSIDE", touchpoint=touchpoint, office_id=office_id, file=file, state="DONE",
        auditor=str(actor), begun_at=at, done_at=at, score=whole if whole is not None else 100,
    )  # fmt: skip
    AuditItem.objects.bulk_create(
        AuditItem(audit=audit, position=n, ask=line.ask, result=line.result, note=line.note)
        for n, (line, _owner) in enumerate(rows, 1)
    )
    fact = events.AuditDone(
        kind="OUTSIDE", touchpoint=touchpoint, office_id=office_id, kept=results.count("KEPT"),
        failed=results.count("FAIL"), score=audit.score or 0,
    )  # fmt: skip
    journal.record(fact, about=audit.ref, actor=actor, at=at)
    usual = day_of(at) + timedelta(days=rules.DAYS_TO_CORRECT)
    for line, owner_id in rows:
        if line.result == "FAIL":
            due_on = line.due if line.due and line.due > day_of(at) else usual
            ask_correction(
                audit, what=f"{line.ask}：{line.note}", owner_id=owner_id, due_on=due_on,
                actor=actor, at=at,
            )  # fmt: skip
