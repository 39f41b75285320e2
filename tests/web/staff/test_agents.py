"""代理人 on the workbench: appointed, gone on a day, by a list."""

from django.core.files.uploadedfile import SimpleUploadedFile

from yilu.people import queries

PLACE = "/staff/agents"


def test_agents_come_and_go_by_page_and_by_list(people, desk, kept_out):
    kept_out(PLACE)
    local = desk._one("甲管理", "OPERATOR", office_id=people.branch_a).client
    told = {"name": "新代理", "code": "NEW1", "office": people.branch_a, "phone": "13911112222"}
    page = local.post(f"{PLACE}/new", told).url
    assert local.post(f"{PLACE}/new", told).status_code == 409
    assert "新代理" in local.get(f"{PLACE}?q=new1").content.decode()

    for firm, kind in (("江城银行", "ANCILLARY"), ("", "PROFESSIONAL")):  # the second is refused
        assert local.post(f"{page}/firm", {"firm": firm, "firm_kind": kind}).url == page
    seen = " ".join(local.get(page).content.decode().split())
    assert "江城银行 · 兼业代理机构" in seen
    assert "要一起填写" in seen
    assert local.post(f"{PLACE}/{people.qian}/firm", {}).status_code == 404

    for day in ("", "2026-03-05"):
        assert local.post(f"{page}/leaves", {"left_on": day}).url == page
    assert queries.get_agent(int(page.rsplit("/")[-1])).active
    local.post(f"{page}/leaves", {"left_on": "2026-03-01", "successor": people.wei})
    assert "2026年3月1日" in local.get(page).content.decode()
    assert local.get(f"{PLACE}/{people.qian}").status_code == 404  # another branch's

    rows = "工号,离职日\nNEW1,2026-03-01\n"
    refused = local.post(f"{PLACE}/file", {"file": SimpleUploadedFile("a.csv", rows.encode())})
    assert refused.status_code == 422
    assert "没有在职的代理人用这个工号" in refused.content.decode()
    rows = f"工号,离职日\n{queries.get_agent(people.wei).code},2026-03-01\n"
    done = local.post(f"{PLACE}/file", {"file": SimpleUploadedFile("a.csv", rows.encode())})
    assert done.status_code == 302
    assert not queries.get_agent(people.wei).active
