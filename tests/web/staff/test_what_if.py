"""条款测算: asked by a form, watched, shown in pictures with the same figures in words, taken along as Excel."""

import io

import pytest
import python_calamine

from tests import make
from yilu.insight import jobs
from yilu.insight.models import WhatIf

URL = "/staff/what-if"
FORM = {"source": "SAMPLE", "size": "150", "inpatient.deductible_visit": "300", "key": "one-tap"}


@pytest.fixture
def lead(desk):
    return desk.lead.client


def asked(lead, people, **given):
    told = {**FORM, "version": make.product("small-medical"), "office": people.head, **given}
    answer = lead.post(f"{URL}/ask", told)
    assert answer.status_code == 302, answer.content.decode()
    return WhatIf.objects.latest("id").pk


def answered(lead, people, **given):
    run_id = asked(lead, people, **given)
    jobs.work_out(run_id=run_id)
    return run_id


def test_only_managers_come_in(people, desk, kept_out, chen, lead):
    run_id = answered(lead, people)
    for url in (
        URL,
        f"{URL}/ask",
        f"{URL}/{run_id}",
        f"{URL}/{run_id}/chart/bands",
        f"{URL}/{run_id}/export",
    ):
        kept_out(url)
        assert chen.get(url).status_code == 403
        assert lead.get(url).status_code == 200
    assert chen.post(f"{URL}/ask", FORM).status_code == 403


def test_it_says_when_there_is_nothing_yet(lead):
    assert "还没有做过测算" in lead.get(URL).content.decode()
    assert "没有可以测算的产品" in lead.get(f"{URL}/ask").content.decode()


def test_every_figure_is_shown_with_todays_value(people, lead):
    version = make.product("small-medical")
    page = lead.get(f"{URL}/ask?version={version}").content.decode()
    assert 'name="inpatient.deductible_visit"' in page
    assert "每次免赔额" in page
    assert 'value="100"' in page
    assert "90 %" in " ".join(page.split())


def test_it_is_watched_and_then_shown(people, lead):
    run_id = asked(lead, people)
    page = lead.get(f"{URL}/{run_id}").content.decode()
    assert f"{URL}/{run_id}/progress" in page
    assert "HX-Refresh" not in lead.get(f"{URL}/{run_id}/progress").headers

    jobs.work_out(run_id=run_id)
    assert lead.get(f"{URL}/{run_id}/progress").headers["HX-Refresh"] == "true"
    page = lead.get(f"{URL}/{run_id}").content.decode()
    for words in (
        "样本数据",
        "赔款总额变化",
        "赔得更少的赔案",
        "变动最大的十件",
        "一分不差",
        "不因条款改变而改变",
    ):
        assert words in page
    assert "小额医疗" in lead.get(URL).content.decode()


def test_another_figure_starts_from_the_last_question(people, lead):
    run_id = asked(lead, people)
    page = lead.get(f"{URL}/ask?from={run_id}").content.decode()
    assert 'value="300"' in page


@pytest.mark.parametrize("name", ["bands", "claims", "policies", "ages", "offices"])
def test_a_picture_gets_its_numbers(people, lead, name):
    run_id = answered(lead, people)
    given = lead.get(f"{URL}/{run_id}/chart/{name}").json()
    assert all(len(series["data"]) == len(given["names"]) for series in given["series"])
    assert any(any(series["data"]) for series in given["series"])
    assert lead.get(f"{URL}/{run_id}/chart/nonsense").status_code == 404


def test_a_bad_figure_keeps_what_was_written(people, lead):
    told = {**FORM, "version": make.product("small-medical"), "office": people.head}
    answer = lead.post(f"{URL}/ask", {**told, "inpatient.ratio_social": "130"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“赔付比例：经医保结算”的数值不对：130" in page
    assert 'value="300"' in page
    assert not WhatIf.objects.exists()
    assert lead.post(f"{URL}/ask", {**told, "office": "x"}).status_code == 422


def test_another_branchs_run_is_not_found(people, lead, desk):
    from tests.web.signing import signed_in
    from yilu.kernel.refs import Ref

    run_id = answered(lead, people)
    branch = signed_in(Ref("staff", make.staff(people.branch_b, "SERVICE_MANAGER")))
    for url in (
        f"{URL}/{run_id}",
        f"{URL}/{run_id}/export",
        f"{URL}/{run_id}/chart/bands",
        f"{URL}/ask?from={run_id}",
    ):
        assert branch.get(url).status_code == 404


def test_the_rows_go_to_excel_and_no_cell_is_a_formula(people, lead):
    run_id = answered(lead, people)
    content = lead.get(f"{URL}/{run_id}/export").content
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python()
    basis = dict(book.get_sheet_by_index(1).to_python())

    assert rows[0] == ["名次", "赔案号", "机构", "年龄", "费用", "现行条款", "改动后", "变动"]
    assert rows[1][1] == "样本数据"
    assert rows[1][7] == pytest.approx(rows[1][6] - rows[1][5])
    assert basis["条款摘要"] == WhatIf.objects.get(pk=run_id).terms_digest
    assert b"<f>" not in content
