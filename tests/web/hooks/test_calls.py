"""A telephone exchange at our door."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make
from yilu.contact.models import Call, CallNotice
from yilu.gateways.push import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "a secret of the exchange that is long"


@pytest.fixture
def post(client, settings):
    settings.CALLS_SECRET = SECRET
    make.office()

    def send(told, *, secret=SECRET, late=timedelta(0), body=None):
        content = body if body is not None else json.dumps(told).encode()
        stamp = str(int((timezone.now() - late).timestamp()))
        return client.post(
            "/hooks/calls", content, content_type="application/json",
            headers={TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: sign(secret, stamp, content)},
        )  # fmt: skip

    return send


def event(kind="offered", number="e1", **more):
    return {"event": number, "call": "c1", "kind": kind, "at": "2026-11-22T16:00:00+08:00", **more}


def test_a_signed_event_is_answered_with_verbs_and_its_repetition_with_the_same(post):
    first = post(event(**{"from": "13800138077"})).json()
    assert [verb["verb"] for verb in first["verbs"]] == ["answer", "say", "gather"]
    again = post(event(**{"from": "13800138077"})).json()
    assert again == {**first, "repeated": True}
    assert post(event("digits", "e2", digits="1")).json()["verbs"][-1]["verb"] == "gather"
    assert CallNotice.objects.count() == 2
    assert post(event("digits", "e2", digits="2")).status_code == 409


def test_what_is_forged_late_unreadable_or_of_no_call_changes_nothing(post, settings):
    assert post(event(), secret="another secret that is long too").status_code == 403
    assert post(event(), late=timedelta(minutes=6)).status_code == 403
    assert post(event("exploded")).json()["field"] == "kind"
    assert post(None, body=b"{").status_code == 422
    assert post(None, body=b"[" * 50_000).status_code == 422
    assert post(event("digits")).status_code == 404
    settings.CALLS_SECRET = ""
    assert post(event(), secret="").status_code == 403
    assert not Call.objects.exists()
