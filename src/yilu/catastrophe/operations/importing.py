"""Take a list in, stage its lines, look for everybody: in the background, with progress."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError

from yilu.catastrophe import events, spreadsheets
from yilu.catastrophe.models import Candidate, CasualtyList, CasualtyRow
from yilu.catastrophe.rules.lists import Told
from yilu.catastrophe.storage import drawer
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people
from yilu.people import queries as people_queries
from yilu.people.queries import Access, NotAFragment, Sought
from yilu.work import operations as work

from .declaring import hold_open
from .refusals import BadEvent, ListKnownAlready

IDENTITY, PHONE = "catastrophe_casualtyrow.identity", "catastrophe_casualtyrow.phone"
STAGED_AT_ONCE, MATCHED_AT_ONCE = 500, 100


@tx.use_case
def import_list(
    *,
    event_id: int,
    filename: str,
    content: bytes,
    source: str,
    access: Access,
    actor: Ref,
    at: datetime,
) -> int:
    """
    Take a casualty list in; it is read and matched in the background. Returns the list's id.

    What cannot be read at all is refused at once, with a sentence.

    :raises UnreadableList: saying why. :raises ListKnownAlready: the same file again.
    :raises EventOver: the emergency is over. :raises NotAllowed: without ``people.match``.
    """
    event = hold_open(event_id, access)
    access.require("people.match")
    if not 0 < len(source.strip()) <= 80:
        raise BadEvent(_("请写明名单来源，例如：市应急管理局通报"))
    spreadsheets.read(filename, content)
    sha256 = hashlib.sha256(content).hexdigest()
    key = drawer.keep(content, sha256)
    try:
        with tx.savepoint():
            made = CasualtyList.objects.create(
                event=event, filename=re.sub(r"[\x00-\x1f/\\]", "", filename)[-120:] or "名单",
                source=source.strip(), storage_key=key, sha256=sha256,
                imported_by_id=access.staff_id, imported_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise ListKnownAlready from None
    journal.record(events.ListImported(list_id=made.pk), about=event.ref, actor=actor, at=at)
    journal.defer("catastrophe.read_list", lock=f"casualties:{made.pk}", list_id=made.pk)
    return made.pk


@tx.use_case
def begin_staging(*, list_id: int, total: int, warnings: Sequence[str]) -> bool:
    """Say how many lines there are; whether there is still something to stage."""
    changed = CasualtyList.objects.filter(pk=list_id, state__in=["WAITING", "STAGING"]).update(
        state=CasualtyList.State.STAGING, total=total, warnings=[str(w) for w in warnings]
    )
    return bool(changed)


@tx.use_case
def refuse_list(*, list_id: int, problem: str, at: datetime) -> None:
    """Say that a list cannot be read after all, and why; nothing of it is kept."""
    made = CasualtyList.objects.select_for_update(of=("self",)).get(pk=list_id)
    if made.state not in ("WAITING", "STAGING"):
        return
    made.rows.all().delete()
    made.state, made.problem = CasualtyList.State.FAILED, str(problem)[:300]
    made.save(update_fields=["state", "problem"])
    journal.record(
        events.ListRefused(list_id=list_id),
        about=Ref("catastrophe", made.event_id), actor=Ref("staff", made.imported_by_id), at=at,
    )  # fmt: skip


@tx.use_case
def stage_rows(
    *,
    list_id: int,
    told: Sequence[Told],
    doubled: Sequence[str],
    namesakes: Sequence[str],
    done: int,
) -> None:
    """
    Keep some lines of a list, the numbers on them sealed; lines kept before stay as they are.

    ``doubled`` says of each line whether it stands there twice, ``namesakes`` whether others share
    the name; empty texts where not.
    """
    CasualtyList.objects.select_for_update(of=("self",)).get(pk=list_id)
    each = zip(told, doubled, namesakes, strict=True)
    rows = [_row(list_id, line, twice, shared) for line, twice, shared in each]
    CasualtyRow.objects.bulk_create(rows, ignore_conflicts=True)
    CasualtyList.objects.filter(pk=list_id).update(staged=done)


@tx.use_case
def begin_matching(*, list_id: int) -> None:
    """Every line is staged: look for them."""
    CasualtyList.objects.filter(pk=list_id, state="STAGING").update(state="MATCHING")


@tx.use_case
def match_some(*, list_id: int, at: datetime) -> int:
    """
    Look for the next lines of a list among all customers; how many lines were done, 0 when all are.

    With the right and the offices of whoever imported the list. When the last line is done, people
    are asked to confirm.

    :raises NotAllowed: if that person may no longer look.
    """
    made = (
        CasualtyList.objects.select_for_update(of=("self",)).select_related("event").get(pk=list_id)
    )
    if made.state != CasualtyList.State.MATCHING:
        return 0
    rows = list(made.rows.filter(state="STAGED").order_by("line")[:MATCHED_AT_ONCE])
    actor = Ref("staff", made.imported_by_id)
    if not rows:
        _finish(made, actor, at)
        return 0
    found = people.match_people(
        sought=[_sought(row, made) for row in rows], about=made.event.ref,
        reason="DRILL" if made.event.drill else "DISASTER",
        access=people_queries.staff_access(made.imported_by_id), actor=actor, at=at,
    )  # fmt: skip
    Candidate.objects.bulk_create(
        Candidate(
            row=row, party_id=lead.party_id, rank=rank, score=lead.agreement.score,
            reasons=list(lead.agreement.reasons), certain=lead.agreement.certain,
        )
        for row, leads in zip(rows, found, strict=True)
        for rank, lead in enumerate(leads, start=1)
    )  # fmt: skip
    for row, leads in zip(rows, found, strict=True):
        row.state = CasualtyRow.State.TO_CONFIRM if leads else CasualtyRow.State.NOBODY
        row.best_score = leads[0].agreement.score if leads else 0
    CasualtyRow.objects.bulk_update(rows, ["state", "best_score"])
    made.matched += len(rows)
    made.save(update_fields=["matched"])
    return len(rows)


def _finish(made: CasualtyList, actor: Ref, at: datetime) -> None:
    made.state, made.ready_at = CasualtyList.State.READY, at
    made.save(update_fields=["state", "ready_at"])
    waiting = made.rows.filter(state="TO_CONFIRM").count()
    journal.record(
        events.ListMatched(
            list_id=made.pk, rows=made.total, with_candidates=waiting,
            problems=made.rows.filter(state="PROBLEM").count(),
        ),
        about=made.event.ref, actor=actor, at=at,
    )  # fmt: skip
    if waiting:
        work.open_item(
            "catastrophe.match", about=made.event.ref, office_id=made.event.office_id, at=at,
            title=f"{'演练·' if made.event.drill else ''}{made.event.name}：核对名单与客户",
            priority=10,
        )  # fmt: skip


def _row(list_id: int, told: Told, twice: str, shared: str) -> CasualtyRow:
    problem, identity, phone = told.problem, "", ""
    try:
        identity = people_queries.identity_pattern(_as_excel_kept(told.identity))
        phone = people_queries.phone_pattern(told.phone)
    except NotAFragment as wrong:
        problem = problem or str(wrong)
    state = "PROBLEM" if problem else "DUPLICATE" if twice else "STAGED"
    return CasualtyRow(
        sheet_id=list_id, line=told.line, name=told.name[:80], sex=told.sex,
        birth_date=told.birth_date, age=told.age,
        identity=sealing.seal(identity, IDENTITY) if identity else b"",
        phone=sealing.seal(phone, PHONE) if phone else b"", place=told.place,
        hospital=told.hospital, condition=told.condition, remark=str(problem or twice or shared)[:300],
        state=state,
    )  # fmt: skip


def _as_excel_kept(text: str) -> str:
    """
    Excel keeps fifteen digits of a number: the last three of an identity number become noughts.

    One in eleven of those even has a right check digit; one in a thousand numbers really ends so, and is
    found by its first fifteen digits too.

    :raises NotAFragment: for 3.30106E+17, which has lost more than that.
    """
    if re.search(r"\dE\+?\d", text.upper()):
        raise NotAFragment(_("证件号码被存成了科学计数，末几位已丢失，请改为文本格式"))
    if re.fullmatch(r"\d{15}000", text):
        return text[:15] + "***"
    return text


def _sought(row: CasualtyRow, made: CasualtyList) -> Sought:
    return Sought(
        name=row.name, as_of=day_of(made.event.occurred_at), sex=row.sex, birth_date=row.birth_date,
        age=row.age, place=f"{row.place}{made.event.place}",
        identity=sealing.unseal(row.identity, IDENTITY) if row.identity else "",
        phone=sealing.unseal(row.phone, PHONE) if row.phone else "",
    )  # fmt: skip
