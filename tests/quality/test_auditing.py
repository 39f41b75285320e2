"""An office is looked at by somebody else; what fails is put right by its owner and confirmed by another."""

from datetime import timedelta

import pytest
import xlsxwriter

from tests import make
from tests.contact.desk import person
from tests.documents.papers import picture
from tests.make import NOON
from yilu.claims.operations import ClaimNotFound
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.quality import inspection_refusals as refusals
from yilu.quality import operations
from yilu.quality import queries as standards
from yilu.quality.models import Audit, AuditFile, Correction, Tick
from yilu.quality.queries import audits as queries
from yilu.work.models import Item

TODAY = day_of(NOON)
DUE = TODAY + timedelta(days=10)


@pytest.fixture
def place(db):
    make.standards_in_force()
    operations.load_catalogue(NOON)
    here = make.office()
    return here, person(make.head_office(), "SERVICE_MANAGER"), person(here, "TEAM_LEAD")


def begun(place, kind="SITE", touchpoint="counter"):
    here, auditor, _lead = place
    version = standards.standard_for(touchpoint, office_id=here, on=TODAY)
    return operations.begin_audit(
        kind=kind, touchpoint=touchpoint, office_id=here, version_id=version.id,
        **auditor.told(NOON),
    )  # fmt: skip


def test_an_audit_by_the_sites_list_leaves_corrections_that_another_confirms(place):
    here, auditor, lead = place
    version = standards.standard_for("counter", office_id=here, on=TODAY)
    told = {"kind": "SITE", "touchpoint": "counter", "office_id": here, "version_id": version.id}
    with pytest.raises(refusals.OwnOffice):
        operations.begin_audit(**told, **lead.told(NOON))
    with pytest.raises(NotAllowed):
        operations.begin_audit(**told, **person(make.office(), "TEAM_LEAD").told(NOON))
    for wrong in ({"kind": "OUTSIDE"}, {"version_id": 10**9}, {"touchpoint": "hall"}):
        with pytest.raises(refusals.BadAuditItem):
            operations.begin_audit(**told | wrong, **auditor.told(NOON))
    audit = begun(place)
    view = queries.get_audit(audit, auditor.access)
    assert [item.ask for item in view.items] == list(version.standard.site)
    line = {"audit_id": audit, "position": 1, "result": "FAIL", "note": "没戴工牌", "photo": None}
    for wrong in ({"note": ""}, {"result": "MAYBE"}, {"position": 99}, {"note": "x" * 301}):
        with pytest.raises(refusals.BadAuditItem):
            operations.note_item(**line | wrong, **auditor.told(NOON))
    with pytest.raises(refusals.AuditNotFound):
        operations.note_item(**line, **lead.told(NOON))
    operations.note_item(**line | {"photo": ("柜面.png", picture())}, **auditor.told(NOON))
    done = {"audit_id": audit, "owner_id": lead.staff_id, "due_on": DUE}
    with pytest.raises(refusals.AuditUnfinished):
        operations.finish_audit(**done, **auditor.told(NOON))
    for item in view.items[1:]:
        operations.note_item(
            audit_id=audit, position=item.position, result="KEPT", note="", photo=None,
            **auditor.told(NOON),
        )  # fmt: skip
    for wrong in ({"owner_id": None}, {"due_on": TODAY}, {"owner_id": person(make.office(), "COUNTER").staff_id}):  # fmt: skip
        with pytest.raises(refusals.BadCorrection):
            operations.finish_audit(**done | wrong, **auditor.told(NOON))
    assert operations.finish_audit(**done, **auditor.told(NOON)) == 80
    with pytest.raises(refusals.AuditDoneAlready):
        operations.finish_audit(**done, **auditor.told(NOON))
    with pytest.raises(refusals.AuditDoneAlready):
        operations.note_item(**line, **auditor.told(NOON))
    assert queries.photo_of_item(audit, 1, auditor.access).startswith(b"\x89PNG")
    with pytest.raises(refusals.AuditNotFound):
        queries.photo_of_item(audit, 2, auditor.access)
    _put_right(place, Correction.objects.get())


def _put_right(place, row):
    here, auditor, lead = place
    assert row.what == "统一着装，工牌在左胸：没戴工牌"
    assert Item.objects.get(queue="quality.correct").staff_id == lead.staff_id
    told = {"correction_id": row.pk, "evidence": "已补发工牌，晨会检查", "photo": None}
    with pytest.raises(refusals.CorrectionNotFound):
        operations.correct(**told, **auditor.told(NOON))
    with pytest.raises(refusals.BadCorrection):
        operations.correct(**told | {"evidence": "好"}, **lead.told(NOON))
    looked = {"correction_id": row.pk, "confirmed": True, "reason": ""}
    with pytest.raises(refusals.CorrectionNotFound):
        operations.confirm_correction(**looked, **auditor.told(NOON))
    operations.correct(**told | {"photo": ("好了.png", picture())}, **lead.told(NOON))
    with pytest.raises(refusals.OwnWork):
        operations.confirm_correction(**looked, **lead.told(NOON))
    with pytest.raises(NotAllowed):
        operations.confirm_correction(**looked, **person(here, "COUNTER").told(NOON))
    with pytest.raises(refusals.NoReason):
        operations.confirm_correction(**looked | {"confirmed": False}, **auditor.told(NOON))
    back = looked | {"confirmed": False, "reason": "照片里仍有人没戴"}
    operations.confirm_correction(**back, **auditor.told(NOON))
    assert queries.list_corrections(lead.access, on=DUE + timedelta(1), mine=True)[0].late
    operations.correct(**told, **lead.told(NOON))
    operations.confirm_correction(**looked, **auditor.told(NOON))
    row.refresh_from_db()
    assert row.state == "CONFIRMED"
    assert queries.photo_of_correction(row.pk, lead.access)
    assert not Item.objects.filter(
        subject=f"correction:{row.pk}", state__in=["OPEN", "TAKEN"]
    ).exists()


def test_a_mystery_visit_asks_for_conduct_and_steps(place):
    audit = begun(place, "MYSTERY", "phone")
    asks = [item.ask for item in queries.get_audit(audit, place[1].access).items]
    phone = standards.standard_for("phone", office_id=None, on=TODAY).standard
    assert asks[0] == phone.conduct[0]
    assert len(asks) == len(phone.conduct) + len(phone.steps)


def table(tmp_path, rows):
    path = tmp_path / "third.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for n, row in enumerate(rows):
        sheet.write_row(n, 0, row)
    book.close()
    return path.read_bytes()


def test_a_third_partys_table_is_loaded_row_by_row_and_once(place, tmp_path):
    here, boss, lead = place
    code = people.get_office(here).code
    user = people.get_staff(lead.staff_id).username
    head = ["机构代码", "触点", "检查内容", "结果", "说明", "责任人", "整改期限"]
    rows = [
        head, [code, "柜面", "着装", "符合", "", "", ""], [code, "柜面", "叫号屏", "不符合", "黑屏", user, DUE.isoformat()],
        [code, "柜面", "便民箱", "不符合", "空的", "", ""], [code, "电话", "接听", "不适用", "", "", ""], ["XX", "柜面", "着装", "符合", "", "", ""],
        [code, "食堂", "饭菜", "符合", "", "", ""], [code, "柜面", "老花镜", "不符合", "没有", "nobody", ""], ["", "", "", "", "", "", ""],
        [code, "柜面", "桌面", "不符合", "乱", people.get_staff(make.staff(make.office(), "COUNTER")).username, ""],
    ]  # fmt: skip
    content = table(tmp_path, rows)
    told = {"filename": "评测.xlsx", "content": content, "firm": "某评测公司"}
    with pytest.raises(NotAllowed):
        operations.import_audit(**told, **lead.told(NOON))
    for wrong in (
        b"",
        b"%PDF-1.4",
        "列一,列二\n1,2".encode(),
        ",".join(head).encode(),
        b"PK\x03\x04xx",
    ):
        with pytest.raises(refusals.BadAuditFile):
            operations.import_audit(**told | {"content": wrong}, **boss.told(NOON))
    with pytest.raises(refusals.BadAuditFile):
        operations.import_audit(**told | {"firm": ""}, **boss.told(NOON))
    assert AuditFile.objects.count() == 0
    operations.import_audit(**told, **boss.told(NOON))
    with pytest.raises(refusals.FileImportedAlready):
        operations.import_audit(**told | {"filename": "again.xlsx"}, **boss.told(NOON))
    (file,) = queries.list_files(boss.access)
    assert file.loaded == 4
    assert [line for line, _why in file.problems] == [6, 7, 8, 10]
    assert set(Audit.objects.values_list("touchpoint", "score")) == {
        ("counter", 33),
        ("phone", 100),
    }
    found = {(c.what, c.owner_id, c.due_on) for c in Correction.objects.all()}
    usual = TODAY + timedelta(days=15)
    assert found == {("叫号屏：黑屏", lead.staff_id, DUE), ("便民箱：空的", lead.staff_id, usual)}
    gbk = "\n".join(",".join(row) for row in [head, rows[1]]).encode("gb18030")
    operations.import_audit(**told | {"content": gbk, "filename": "a.csv"}, **boss.told(NOON))
    assert AuditFile.objects.count() == 2


def test_a_checklist_stands_beside_a_claim_and_is_ticked_line_by_line(place):
    here, _boss, lead = place
    claim = make.reported_claim(make.insured(here), office_id=here).claim_id
    told = {"subject": Ref("claim", claim), "office_id": here, "on": TODAY}
    beside = queries.checklists_beside(**told)
    assert [each.version.touchpoint for each in beside] == [
        "survey",
        "loss_assessment",
        "document_intake",
    ]
    papers = beside[-1]
    tick = {"claim_id": claim, "version_id": papers.version.id, "position": 1, "kept": True}
    for wrong in ({"position": 0}, {"position": 99}, {"version_id": 10**9}):
        with pytest.raises(refusals.NoSuchLine):
            operations.tick_line(**tick | wrong, **lead.told(NOON))
    stranger = person(make.office(), "ASSESSOR")
    with pytest.raises(ClaimNotFound):
        operations.tick_line(**tick, **stranger.told(NOON))
    for n in range(1, len(papers.lines) + 1):
        operations.tick_line(**tick | {"position": n}, **lead.told(NOON))
        operations.tick_line(**tick | {"position": n}, **lead.told(NOON))
    assert Tick.objects.count() == len(papers.lines)
    assert Event.objects.filter(kind="quality.checklist_done").count() == 1
    operations.tick_line(**tick | {"kept": False}, **lead.told(NOON))
    assert queries.checklists_beside(**told)[-1].done == len(papers.lines) - 1
    # Another version counts from today: the one that was begun stays beside the claim.
    text = papers.version.text.replace("回执已给", "回执已当面给")
    author, second = (person(make.head_office(), "STANDARDS_EDITOR") for _ in range(2))
    draft = operations.write_draft(
        touchpoint="document_intake", text=text, revision=0, **author.told(NOON)
    )
    operations.approve(
        version_id=draft, revision=1, since=TODAY, pilot_offices=[], **second.told(NOON)
    )
    assert queries.checklists_beside(**told)[-1].version.number == 1
    fresh = make.reported_claim(make.insured(here), office_id=here).claim_id
    told["subject"] = Ref("claim", fresh)
    assert queries.checklists_beside(**told)[-1].version.number == 2
