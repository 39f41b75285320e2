"""The switch does what our signed requests ask, and nothing else."""

import asyncio
import contextlib
import json
import time

import pytest

from tests.gateways.switch.scene import FakeHouse
from yilu.gateways.calls.builtin.control import BODY_MAX, Control
from yilu.gateways.calls.builtin.prompts import Prompts
from yilu.gateways.calls.builtin.switch import Switch
from yilu.gateways.push import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

SECRET = "a secret of the switch that is long"


async def ask(control, path, told, *, secret=SECRET, stamp=None, method="POST", raw=None):
    body = json.dumps(told).encode() if raw is None else raw
    stamp = stamp or str(int(time.time()))
    said = {
        TIMESTAMP_HEADER: stamp,
        SIGNATURE_HEADER: sign(secret, stamp, body),
        "Idempotency-Key": "k",
    }
    headers = [(k.lower().encode(), v.encode()) for k, v in said.items()]
    sent = []

    async def receive():
        return {"type": "http.request", "body": body}

    async def send(message):
        sent.append(message)

    await control(
        {"type": "http", "method": method, "path": path, "headers": headers}, receive, send
    )
    return sent[0]["status"], json.loads(sent[1]["body"])


@contextlib.asynccontextmanager
async def living():
    control = Control(lambda: Switch(FakeHouse(), Prompts(None), port=0), SECRET)
    control.switch = control._make()
    await control.switch.start()
    try:
        yield control
    finally:
        await control.switch.stop()


@pytest.mark.parametrize(
    ("path", "told", "more", "status"),
    [
        ("/calls/c1/verbs", {"verbs": []}, {"secret": "another secret of whoever it may be"}, 403),
        ("/calls/c1/verbs", {"verbs": []}, {"stamp": "1000"}, 403),
        ("/calls/c1/verbs", {"verbs": []}, {}, 404),
        ("/calls/c1/verbs", {"verbs": [{"verb": "explode"}]}, {}, 422),
        ("/calls/c1/verbs", {}, {"raw": b"[" * 5000}, 422),
        ("/calls/c1/verbs", {}, {"raw": b"x" * (BODY_MAX + 1)}, 413),
        ("/calls/c1/leg", {"sdp": "v=0", "verbs": []}, {}, 422),
        ("/seats/7/leg", {"sdp": 5}, {}, 422),
        ("/calls/c1/hold", {"on": True}, {}, 404),
        ("/calls/c1/explode", {}, {}, 404),
        ("/calls", {}, {}, 422),
        ("/seats/7/state", {"call": "c1"}, {"method": "DELETE"}, 405),
    ],
)  # fmt: skip
def test_what_is_not_ours_or_cannot_be_is_refused(path, told, more, status):
    async def run():
        async with living() as control:
            assert (await ask(control, path, told, **more))[0] == status
            assert not control.switch.lines

    asyncio.run(run())


@pytest.mark.parametrize("path", ["/", "/calls/c1/leg", "/seats/7/leg"])
def test_a_browsers_socket_is_closed_before_it_is_open(path):
    async def run():
        async with living() as control:
            said = []

            async def send(message):
                said.append(message)

            async def receive():
                return {"type": "websocket.connect"}

            await control({"type": "websocket", "path": path, "headers": []}, receive, send)
            assert said == [{"type": "websocket.close", "code": 1003}]

    asyncio.run(run())


def test_how_a_seat_stands_is_told_and_a_closed_sound_may_be_closed_again():
    async def run():
        async with living() as control:
            status, stands = await ask(control, "/seats/7/state", {"call": "c1"})
            assert (status, set(stands.values())) == (200, {False})
            assert (await ask(control, "/calls/c1/drop", {}))[0] == 200

    asyncio.run(run())
