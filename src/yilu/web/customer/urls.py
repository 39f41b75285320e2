"""The customer's door."""

from django.urls import include, path
from django.views.generic import RedirectView

from yilu.web.common import sign_in
from yilu.web.customer import (
    accounts,
    claims,
    direct_billing,
    documents,
    emergency,
    home,
    me,
    offers,
    pay,
    privacy,
    report,
    upload_link,
    visits,
)

app_name = "customer"
urlpatterns = [
    path("", home.home, name="home"),
    path("c/", include(sign_in.customer_paths)),
    path("c/", RedirectView.as_view(pattern_name="customer:home")),
    path("c/policies/<int:policy_id>", home.policy, name="policy"),
    path("c/report", report.report, name="report"),
    path("c/offers/<int:offer_id>", offers.offer, name="offer"),
    path("c/emergencies/<int:event_id>", emergency.report, name="emergency"),
    path("c/claims", claims.my_claims, name="claims"),
    path("c/claims/<int:claim_id>", claims.claim, name="claim"),
    path("c/claims/<int:claim_id>/live", claims.live, name="claim_live"),
    path("c/claims/<int:claim_id>/documents", documents.documents, name="documents"),
    path("c/claims/<int:claim_id>/uploads", documents.uploads, name="uploads"),
    path("c/claims/<int:claim_id>/files/<int:upload_id>", documents.open_file, name="file"),
    path("c/claims/<int:claim_id>/letters/<int:letter_id>", claims.letter, name="letter"),
    path("c/claims/<int:claim_id>/account", accounts.correct, name="account"),
    path("c/claims/<int:claim_id>/withdraw", claims.withdraw, name="withdraw"),
    path("c/claims/<int:claim_id>/appeal", claims.appeal, name="appeal"),
    path("c/claims/<int:claim_id>/rate", claims.rate, name="rate"),
    path("c/direct-billing", direct_billing.overview, name="direct_billing"),
    path("c/direct-billing/visits/<int:visit_id>", direct_billing.visit, name="direct_visit"),
    path(
        "c/direct-billing/agreed/<int:authorisation_id>/withdraw",
        direct_billing.withdraw,
        name="direct_withdraw",
    ),
    path("c/direct-billing/<str:code>", direct_billing.authorise, name="direct_authorise"),
    path("c/pay/<int:collection_id>", pay.pay, name="pay"),
    path("c/pay/<int:collection_id>/live", pay.live, name="pay_live"),
    path("c/messages", me.messages, name="messages"),
    path("c/me", me.me, name="me"),
    path("c/me/notify", me.notify, name="notify"),
    path("c/me/accounts", accounts.accounts, name="accounts"),
    path("c/me/accounts/add", accounts.add, name="add_account"),
    path("c/privacy", privacy.privacy, name="privacy"),
    path("c/privacy/consent", privacy.consent, name="consent"),
    path("c/privacy/request", privacy.data_request, name="data_request"),
    path("c/claims/<int:claim_id>/visits", visits.ask, name="visits"),
    path("v/<str:token>", visits.link, name="visit_link"),
    path("u/<str:token>", upload_link.desk, name="upload_link"),
]
