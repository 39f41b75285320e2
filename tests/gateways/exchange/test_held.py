"""The process takes our signed verbs, says how things stand, and ends where it is not let in."""

import asyncio

from tests.gateways.exchange.scene import FakeAsterisk, FakeHouse, until
from tests.gateways.switch.test_control import SECRET, ask
from yilu.gateways.calls import HangUp, write_verbs
from yilu.gateways.calls.exchange.exchange import Exchange, ExchangeControl
from yilu.gateways.calls.exchange.sounds import Sounds


def held(story, tmp_path, password="secret"):
    async def play():
        async with FakeAsterisk() as pbx:
            refused, house = [], FakeHouse()
            sounds = Sounds(tmp_path)
            sounds.prepare()
            control = ExchangeControl(
                lambda: Exchange(pbx.pbx(password), house, sounds),
                SECRET,
                lambda: refused.append(1),
            )
            assert control.stands() is None
            await control.start()
            try:
                await story(pbx, control, house, refused)
            finally:
                await control.stop()

    asyncio.run(play())


def test_verbs_are_done_for_a_call_that_is_there_and_for_nobody_without_the_secret(tmp_path):
    async def story(pbx, control, house, refused):
        await until(lambda: control.stands()["up"])
        pbx.tell("StasisStart", "c1")
        await until(lambda: pbx.was_asked("POST /channels/c1/play/"))
        verbs = {"verbs": write_verbs([HangUp()])}
        assert (await ask(control, "/calls/c1/verbs", verbs, secret="another that is long enough"))[
            0
        ] == 403
        for path, told, status in (
            ("/calls/c2/verbs", verbs, 404), ("/calls/c1/hold", verbs, 404), ("/seats/7/leg", {}, 404),
            ("/calls/c1/verbs", {"verbs": [{"verb": "explode"}]}, 422), ("/calls/c1/verbs", {}, 422),
        ):  # fmt: skip
            assert (await ask(control, path, told))[0] == status
        assert not pbx.was_asked("DELETE /channels/c1")
        control.exchange.say_living()
        await until(lambda: house.alive == ["c1"])
        assert (await ask(control, "/calls/c1/verbs", verbs))[0] == 200
        await until(lambda: pbx.was_asked("DELETE /channels/c1") and not control.exchange.calls)
        assert (control.stands(), refused) == ({"calls": 0, "up": True, "losses": 0}, [])

    held(story, tmp_path)


def test_who_is_not_let_in_ends_the_process(tmp_path):
    async def story(pbx, control, house, refused):
        await until(lambda: refused == [1])
        assert not control.stands()["up"]

    held(story, tmp_path, "wrong")
