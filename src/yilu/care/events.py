"""
What care says happened: ids and codes only; where people are stays in the tables.

A visit without ``claim_id`` is about something else of the customer's.
"""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("care.visit_asked", "申请上门服务")
class VisitAsked:
    """A customer or somebody for them wants a visit."""

    claim_id: int | None
    kind: str
    office_id: int


@fact("care.scene_called", "重大事故，立即派人到现场")
class SceneCalled:
    """A grave accident was reported: somebody goes to the scene without being asked for."""

    claim_id: int
    reason: str  # as the table care.scene_at_once says it
    office_id: int


@fact("care.first_called", "首次通话")
class FirstCalled:
    """The customer was called before anybody set out; ``wechat``: added, or why not."""

    claim_id: int | None
    reached: bool
    wechat: str


@fact("care.way_shared", "途中共享位置")
class WayShared:
    """Whoever is on the way lets the customer see where they are, until they arrive."""

    claim_id: int | None


@fact("care.way_ended", "停止共享位置")
class WayEnded:
    """The position on the way is not shown any more, and is forgotten."""

    claim_id: int | None


@fact("care.scene_drawn", "现场草图已绘制")
class SceneDrawn:
    """Whoever was there drew the scene; its picture is a file of the claim."""

    claim_id: int
    upload_id: int
    signs: int


@fact("care.visit_planned", "上门已约定")
class VisitPlanned:
    """Who goes and when is settled, and the customer was told."""

    claim_id: int | None
    staff_id: int


@fact("care.visit_set_out", "上门已出发")
class VisitSetOut:
    """Somebody is on the way; the customer knows when to expect them."""

    claim_id: int | None


@fact("care.visit_delayed", "上门推迟到达")
class VisitDelayed:
    """Whoever is on the way comes at another time than said; the customer was told."""

    claim_id: int | None


@fact("care.visit_arrived", "上门已到达")
class VisitArrived:
    """Somebody is there; where is kept as proof."""

    claim_id: int | None
    far: bool


@fact("care.visit_done", "上门已完成")
class VisitDone:
    """What was to be done on the spot is done."""

    claim_id: int | None
    result: str


@fact("care.visit_confirmed", "客户确认上门服务")
class VisitConfirmed:
    """The customer says that it was so."""

    claim_id: int | None


@fact("care.visit_cancelled", "上门已取消")
class VisitCancelled:
    """Nobody goes."""

    claim_id: int | None


@fact("care.visit_handed_over", "移交上门服务")
class VisitHandedOver:
    """Whoever was to come left or may no longer: somebody else comes, at the time agreed."""

    claim_id: int | None
    from_staff_id: int
    to_staff_id: int


@fact("care.talk_logged", "上门沟通记录")
class TalkLogged:
    """Something was said; the words are in the log."""

    visit_id: int
    kind: str
    third_present: bool


@fact("care.mediation_prepared", "调解方案待主管确认")
class MediationPrepared:
    """A plan beyond the standard waits for a lead; ``doubts``: for how many reasons."""

    claim_id: int
    mediation_id: int
    template: str
    amount: str
    office_id: int
    doubts: int


@fact("care.mediation_returned", "调解方案退回修改")
class MediationReturned:
    """A lead wants another plan; the reason is with it."""

    claim_id: int
    mediation_id: int


@fact("care.mediation_planned", "制定调解方案")
class MediationPlanned:
    """
    What we would pay, and on what basis: from now on it may be offered.

    ``template``: by which one, "OTHER" by none; ``by_lead``: a lead confirmed it, otherwise it met the standard.
    """

    claim_id: int
    amount: str
    office_id: int
    mediation_id: int = 0
    template: str = ""
    by_lead: bool = False


@fact("care.talk_arranged", "约定下次协商")
class TalkArranged:
    """The day on which both sides talk next, and who leads the talks."""

    claim_id: int
    mediation_id: int
    staff_id: int | None
    on: str


@fact("care.talks_handed_over", "移交人伤调解")
class TalksHandedOver:
    """Whoever led the talks left or may no longer: somebody else does, on the days agreed."""

    mediation_id: int
    from_staff_id: int
    to_staff_id: int


@fact("care.offer_made", "调解报价")
class OfferMade:
    """An amount was named."""

    mediation_id: int
    ours: bool
    amount: str


@fact("care.mediation_ended", "调解结束")
class MediationEnded:
    """The talks ended: agreed or not."""

    claim_id: int
    outcome: str


@fact("care.legal_aid_asked", "申请法律援助")
class LegalAidAsked:
    """The talks failed; the customer gets legal help."""

    claim_id: int


@fact("care.legal_aid_ended", "法律援助有结果")
class LegalAidEnded:
    """Legal help led to new talks (TALKING), or the case goes to court (COURT)."""

    claim_id: int
    outcome: str
    office_id: int = 0


@fact("care.third_party_entered", "登记第三方受害人")
class ThirdPartyEntered:
    """Somebody else claims through the insured."""

    claim_id: int
    party_id: int
    relation: str


@fact("care.third_party_verified", "第三方身份已核验")
class ThirdPartyVerified:
    """Who they are was checked; they are paid to their own account only."""

    claim_id: int
    party_id: int


@fact("care.prices_published", "发布工时与配件价目")
class PricesPublished:
    """A region's prices are in force."""

    region: str
    version: int
    lines: int


@fact("care.estimate_checked", "定损单已与价目核对")
class EstimateChecked:
    """A repair estimate was held against the price book; ``over``: how much it was above it."""

    region: str
    lines: int
    over: str


@fact("care.estimate_answered", "说明定损超出价目")
class EstimateAnswered:
    """Who checked said what became of what was above the book: CUT or KEPT."""

    outcome: str
