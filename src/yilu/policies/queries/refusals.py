"""What reading a policy refuses."""

from __future__ import annotations

from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.words import marked as _


class PolicyNotFound(NotFound):
    """There is no such policy, or it is not the asker's: both in the same words."""

    code = "policy_not_found"
    message = "没有找到您可以办理的这张保单"
    hint = "请核对保单号；投保人、被保险人、受益人本人或其服务代理人可以办理。"


class PremiumsAreWaived(Refusal):
    """Nothing is asked for any more."""

    code = "premiums_are_waived"
    message = _("这张保单的保险费已经豁免，不用再交")
    hint = _("保障继续有效；豁免后不能再变更交费频次、保险金额和保险费。")
