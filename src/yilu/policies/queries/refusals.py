"""What reading a policy refuses."""

from __future__ import annotations

from yilu.kernel.errors import NotFound


class PolicyNotFound(NotFound):
    """There is no such policy, or it is not the asker's: both in the same words."""

    code = "policy_not_found"
    message = "没有找到您可以办理的这张保单"
    hint = "请核对保单号；投保人、被保险人、受益人本人或其服务代理人可以办理。"
