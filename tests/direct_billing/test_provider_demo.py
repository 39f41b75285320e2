"""``yilu provider-demo`` shows a clean stay settled, one run after another."""

import io
import json
import urllib.error
import urllib.request
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.direct_billing.stage import Hospital, Person
from yilu.direct_billing.models import Visit
from yilu.web.console.management.commands import provider_demo

pytestmark = pytest.mark.django_db


class Answer(io.BytesIO):
    status = 200


@pytest.fixture
def played(hospital: Hospital, settings, tmp_path, monkeypatch):
    """The command against this test's own server; the bank takes longer than anybody waits."""
    patients: list[Person] = [
        hospital.patient(product_code="million-medical-social", sum_insured=Decimal(2_000_000))
        for _ in range(2)
    ]
    key = {"key": hospital.key.key_id, "secret": hospital.key.secret}
    told = {"partners": [key], "patients": [each.told for each in patients]}
    (tmp_path / "demo-provider.json").write_text(json.dumps(told))
    settings.VAR = tmp_path

    def open_url(request, timeout):
        answer = Client().generic(
            request.get_method(), request.full_url.removeprefix("http://demo"), request.data or b"",
            content_type="application/json", headers=dict(request.header_items()),
        )  # fmt: skip
        if answer.status_code >= 400:
            raise urllib.error.HTTPError(
                request.full_url, answer.status_code, "", {}, io.BytesIO(answer.content)
            )
        return Answer(answer.content)

    monkeypatch.setattr(urllib.request, "urlopen", open_url)
    monkeypatch.setattr(provider_demo, "sleep", lambda seconds: None)
    monkeypatch.setattr(provider_demo, "PATIENCE", 2)

    def play() -> str:
        out = StringIO()
        call_command("provider_demo", url="http://demo", stdout=out)
        return out.getvalue()

    return play


def test_each_run_is_another_stay_settled_without_a_person(played, monkeypatch):
    numbers = iter(range(10, 20))
    monkeypatch.setattr(provider_demo, "number_of", lambda now: f"ZY202603041200{next(numbers)}")
    for _run in range(3):
        assert "已结算" in played()
    visits = Visit.objects.all()
    assert {visit.state for visit in visits} == {"SETTLED"}
    assert len({(visit.party_id, visit.begun_on) for visit in visits}) == 3
    assert len({visit.total for visit in visits}) == 3


def test_a_run_that_reaches_nobody_uses_up_no_patient(played, monkeypatch, settings):
    def closed(request, timeout):
        raise urllib.error.URLError("nobody listens")

    monkeypatch.setattr(urllib.request, "urlopen", closed)
    with pytest.raises(CommandError, match="演示没有在运行"):
        played()
    assert "stays" not in json.loads((settings.VAR / "demo-provider.json").read_text())


def test_the_bill_adds_up():
    bill = provider_demo.Command._bill(
        {"name": "林客户"}, "ZY20260304120000", "2026-03-01", Decimal(100)
    )
    assert sum(Decimal(line["amount"]) for line in bill["lines"]) == Decimal(bill["total"])
