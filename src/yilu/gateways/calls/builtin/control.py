"""How the house speaks to the switch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yilu.gateways.calls.builtin.switch import Switch
from yilu.gateways.calls.control import BODY_MAX, SignedControl
from yilu.gateways.calls.seam import read_verbs

__all__ = ["BODY_MAX", "Control"]


class Control(SignedControl):
    """``POST /calls/<call>/verbs|leg|hold|drop``, ``POST /seats/<seat>/leg|state|ring|quiet|forget``, ``GET /``."""

    def __init__(self, make: Callable[[], Switch], secret: str) -> None:
        super().__init__(secret)
        self._make = make
        self.switch: Switch | None = None

    async def start(self) -> None:
        """Listen and tick."""
        self.switch = self._make()
        await self.switch.start()

    async def stop(self) -> None:
        """End every call in order."""
        if self.switch is not None:
            await self.switch.stop()

    def stands(self) -> Mapping[str, Any] | None:
        """Calls, and frames that came late."""
        if self.switch is None:
            return None
        return {"calls": len(self.switch.lines), "late": self.switch.late}

    async def ask(
        self, kind: str, name: str, what: str, told: Mapping[str, Any], key: str
    ) -> tuple[int, dict[str, Any]]:
        """One request."""
        switch = self.switch
        if switch is None:
            return 503, {}
        match kind, what:
            case "calls", "verbs":
                switch.do(name, read_verbs(told["verbs"]), key)
            case "calls", "leg":
                verbs = read_verbs(told["verbs"])
                return 200, {"sdp": await switch.attach(name, "web", str(told["sdp"]), verbs)}
            case "calls", "hold":
                switch.hold(name, told["on"] is True)
            case "calls", "drop":
                await switch.drop(name)
            case "seats", "leg":
                return 200, {"sdp": await switch.seat(name, str(told["sdp"]))}
            case "seats", "state":
                return 200, dict(switch.state(name, str(told["call"])))
            case "seats", "ring":
                ringing = await switch.desks.ring(
                    name, int(told["conversation"]), float(told["seconds"])
                )
                return 200, {"ringing": ringing}
            case "seats", "quiet":
                await switch.desks.quiet(name, int(told["conversation"]))
            case "seats", "forget":
                switch.desks.forget(name)
            case _:
                return 404, {}
        return 200, {}
