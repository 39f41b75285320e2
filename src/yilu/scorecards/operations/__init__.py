"""Every write of the room."""

from yilu.scorecards.operations.campaigns import close_campaign, plan_campaign
from yilu.scorecards.operations.closing import close_period, correct_card
from yilu.scorecards.operations.exporting import export_cases
from yilu.scorecards.operations.following import begin_anew, follow
from yilu.scorecards.operations.forgetting import forget_silent
from yilu.scorecards.operations.initiatives import decide_initiative, propose_initiative
from yilu.scorecards.operations.papers import add_paper, reseal_batch
from yilu.scorecards.operations.schemes import approve_scheme, discard_scheme, write_scheme
from yilu.scorecards.operations.stars import name_star, open_stars, publish_stars, withdraw_star

__all__ = [
    "add_paper",
    "approve_scheme",
    "begin_anew",
    "close_campaign",
    "close_period",
    "correct_card",
    "decide_initiative",
    "discard_scheme",
    "export_cases",
    "follow",
    "forget_silent",
    "name_star",
    "open_stars",
    "plan_campaign",
    "propose_initiative",
    "publish_stars",
    "reseal_batch",
    "withdraw_star",
    "write_scheme",
]
