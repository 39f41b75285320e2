"""Which gateway stands behind a URL of the settings; each is imported when it is asked for."""

from __future__ import annotations

from yilu.gateways.accounts import Interface
from yilu.gateways.sms import BadAddress, TextGateway, read_place


def open_gateway(url: str) -> TextGateway:
    """The gateway behind a URL. :raises BadAddress: for a scheme nobody speaks."""
    place = read_place(url)
    if place.scheme in {"smpp", "smpps"}:
        from yilu.gateways.smpp import SmppGateway

        return SmppGateway(place)
    if place.scheme == "cmpp":
        from yilu.gateways.cmpp.client import CmppGateway

        return CmppGateway(place)
    if place.scheme in {"alibaba", "alibaba+http"}:
        from yilu.gateways.cloud_sms import AlibabaGateway

        return AlibabaGateway(place)
    if place.scheme in {"tencent", "tencent+http"}:
        from yilu.gateways.cloud_sms import TencentGateway

        return TencentGateway(place)
    if place.scheme == "sandbox":
        from yilu.gateways.sms_sandbox import SandboxGateway

        return SandboxGateway(place)
    raise BadAddress(f"no gateway speaks {place.scheme}")


def open_interface(channel: str, url: str) -> Interface:
    """The interface of a channel behind a URL. :raises ValueError: if it is none."""
    from yilu.gateways import push, wechat

    place = read_place(url)
    if place.scheme == "sandbox":
        return push.Sandbox(channel.lower())
    if channel == "WECHAT":
        return wechat.OfficialAccount(place)
    return wechat.WeCom(place) if channel == "WECOM" else push.PushHook(place)
