"""Open offices."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import events
from yilu.people.models import Office
from yilu.people.operations import authority


class BadOffice(Invalid):
    """The office does not fit into the tree."""

    code = "bad_office"
    message = "机构资料有误"


@tx.use_case
def open_office(
    *,
    code: str,
    name: str,
    level: str,
    parent_id: int | None = None,
    time_zone: str = "Asia/Shanghai",
    actor: Ref,
    at: datetime,
) -> int:
    """
    Add an office to the tree (设立机构) and return its id.

    :raises BadOffice: if the code is taken, the level unknown, the time zone unknown, the parent
        missing, or a second head office would arise. :raises NotAllowed: whoever does not administer
        staff over the office above; the head office opens the platform itself.
    """
    code, name = code.strip().upper(), name.strip()
    if not code or not name or level not in Office.Level.values:
        raise BadOffice(_("请填写机构代码、名称和层级"))
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadOffice(_("时区不存在")) from None
    if (level == Office.Level.HEAD) != (parent_id is None):
        raise BadOffice(_("总公司没有上级机构，其他机构必须有上级机构"))
    parent = None
    if parent_id is not None:
        parent = Office.objects.filter(pk=parent_id, active=True).first()
        if parent is None:
            raise BadOffice(_("上级机构不存在"))
        authority.require(actor, "people.staff", parent.pk)
    elif actor != SYSTEM:
        raise NotAllowed()
    elif Office.objects.filter(level=Office.Level.HEAD).exists():
        raise BadOffice(_("总公司已经存在"))
    made = tx.rows(
        """
        with given as (select nextval(pg_get_serial_sequence('people_office', 'id')) as id)
        insert into people_office (id, code, name, level, parent_id, path, time_zone, active)
        select id, %s, %s, %s, %s::bigint, %s::text || id || '/', %s, true from given
            on conflict (code) do nothing
        returning id
        """,
        [code, name, level, parent_id, parent.path if parent else "/", time_zone],
    )
    if not made:
        raise BadOffice(_("机构代码已被使用"))
    office_id = int(made[0][0])
    journal.record(
        events.OfficeOpened(office_id=office_id, level=level),
        about=Ref("office", office_id),
        actor=actor,
        at=at,
    )
    return office_id
