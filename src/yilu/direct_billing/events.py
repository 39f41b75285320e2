"""What direct billing says happened: ids and codes only."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("direct_billing.partner_opened", "开通医疗直付")
class PartnerOpened:
    """A provider may bill us directly from now on."""

    provider_id: int
    guarantee_limit: str


@fact("direct_billing.partner_changed", "变更直付合作")
class PartnerChanged:
    """A partner's limit or standing changed."""

    active: bool
    guarantee_limit: str


@fact("direct_billing.credential_issued", "签发接口密钥")
class CredentialIssued:
    """A partner got a key for its system; the one before works for a day more."""

    key_id: str
    scopes: tuple[str, ...]


@fact("direct_billing.credential_revoked", "停用接口密钥")
class CredentialRevoked:
    """A key stopped working at once."""

    key_id: str


@fact("direct_billing.authorised", "客户授权医疗直付")
class Authorised:
    """A patient agreed to direct billing with one provider (直付授权)."""

    authorisation_id: int
    partner_id: int
    text_version: str


@fact("direct_billing.authorisation_withdrawn", "客户撤回直付授权")
class AuthorisationWithdrawn:
    """A patient took the agreement back."""

    authorisation_id: int


@fact("direct_billing.eligibility_asked", "医院查询直付资格")
class EligibilityAsked:
    """A hospital asked about somebody's cover."""

    partner_id: int
    office_id: int


@fact("direct_billing.eligibility_answered", "已答复直付资格")
class EligibilityAnswered:
    """The hospital has its answer."""

    eligible: bool


@fact("direct_billing.visit_opened", "登记直付就诊")
class VisitOpened:
    """A patient was admitted, or an order placed, at a partner's."""

    partner_id: int
    kind: str
    office_id: int


@fact("direct_billing.guarantee_asked", "医院申请担保")
class GuaranteeAsked:
    """A hospital asked us to guarantee an amount."""

    guarantee_id: int
    amount: str


@fact("direct_billing.guarantee_proposed", "担保待复核")
class GuaranteeProposed:
    """One person agreed to a guarantee; a second must confirm it."""

    guarantee_id: int


@fact("direct_billing.guarantee_issued", "出具担保函")
class GuaranteeIssued:
    """We gave our word for an amount (担保函)."""

    guarantee_id: int
    amount: str
    letter_id: int


@fact("direct_billing.guarantee_refused", "未同意担保")
class GuaranteeRefused:
    """A person did not agree to a guarantee, with the reason."""

    guarantee_id: int


@fact("direct_billing.guarantee_expired", "担保到期")
class GuaranteeExpired:
    """The time of a guarantee has passed without a bill."""

    guarantee_id: int


@fact("direct_billing.visit_discharged", "医院提交出院结算")
class VisitDischarged:
    """The bill of a visit arrived and became a claim."""

    claim_id: int
    straight_through: bool


@fact("direct_billing.visit_settled", "直付结算完成")
class VisitSettled:
    """What we pay of the bill is decided."""

    claim_id: int
    benefit: str


@fact("direct_billing.visit_paid", "直付款项到账医院")
class VisitPaid:
    """The hospital has our money."""

    claim_id: int


@fact("direct_billing.visit_cancelled", "取消直付")
class VisitCancelled:
    """The visit is not settled directly after all."""

    reason: str  # PROVIDER, WITHDRAWN


@fact("direct_billing.batch_received", "收到批量文件")
class BatchReceived:
    """A partner's file of visits came in."""

    partner_id: int


@fact("direct_billing.batch_finished", "批量文件办理完毕")
class BatchFinished:
    """Every line of a file has its answer."""

    settled: int
    in_review: int
    known: int
    bad: int


@fact("direct_billing.batch_cancelled", "取消批量文件")
class BatchCancelled:
    """What of a file was not settled yet will not be."""

    left: int
