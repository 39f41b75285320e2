"""Underwriters keep the tables of underwriting, and no others."""

from types import SimpleNamespace

import pytest

from tests import make
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref
from yilu.standards import queries as standards

TABLE = "/staff/tables/underwriting.hypertension"
CODE = "underwriting.hypertension"


@pytest.fixture
def underwriters(people):
    def one(name):
        ref = Ref("staff", make.staff(people.head, "UNDERWRITER", name=name))
        return SimpleNamespace(ref=ref, client=signed_in(ref))

    return one("贺保"), one("严核")


def test_an_underwriter_sees_underwritings_tables_and_no_others(underwriters, chen, kept_out):
    he = underwriters[0].client

    listed = he.get("/staff/tables").content.decode()
    assert "核保：高血压" in listed
    assert "claims.triage" not in listed
    assert he.get("/staff/tables/claims.triage").status_code == 403
    assert he.post("/staff/tables/claims.triage/make").status_code == 403
    assert he.get("/staff/checklists").status_code == 403
    kept_out(TABLE)
    assert chen.get(TABLE).status_code == 403
    assert chen.get("/staff/tables").status_code == 403


def test_a_grid_says_its_codes_in_the_tables_own_words_and_shows_its_cases_pass(underwriters):
    page = underwriters[0].client.get("/staff/tables/underwriting.thyroid_nodule").content.decode()

    assert "寿险、意外险" in page
    assert "没有手术，定期复查" in page
    assert "示例，待保险公司核保部门确认" in page
    assert 'class="y-good"' in page
    assert 'class="y-bad"' not in page


def test_a_changed_row_shows_at_once_which_case_fails_and_another_underwriter_publishes(
    underwriters,
):
    he, yan = underwriters
    he.client.post(f"{TABLE}/make", {"note": "收紧"})
    rows = standards.get_table(CODE, draft=True).rows
    number = next(n for n, row in enumerate(rows, 1) if ">=140" in row and "LOADING" in row)
    cell = {f"cell:{number}:points": "75", "revision": "0"}

    answer = he.client.post(f"{TABLE}/draft/cells", cell)

    assert answer.status_code == 200
    assert "应为 50" in answer.content.decode()
    view = standards.get_table(CODE, draft=True)
    assert view.failing_cases

    for number, case in enumerate(view.cases, 1):
        if case["expect"].get("points") == "50" and case["inputs"]["systolic"] == "140":
            revision = str(standards.get_table(CODE, draft=True).revision)
            field = {f"case:{number}:points": "75", "revision": revision}
            he.client.post(f"{TABLE}/draft/cases", field)
    view = standards.get_table(CODE, draft=True)
    assert not view.failing_cases
    publish = {"revision": str(view.revision), "effective_from": ""}
    he.client.post(f"{TABLE}/draft/publish", publish)  # their own: refused
    assert standards.get_table(CODE).version == 1
    yan.client.post(f"{TABLE}/draft/publish", publish)
    assert standards.get_table(CODE).version == 2
