"""The agent's door."""

from django.urls import include, path

from yilu.web.common import sign_in
from yilu.web.counter import (
    applications,
    claims,
    customers,
    families,
    line,
    renewals,
    report,
    servicing,
    waiting_reports,
)

app_name = "counter"
urlpatterns = [
    path("", include(sign_in.agent_paths)),
    path("", customers.customers, name="home"),
    path("customers/<int:party_id>", customers.customer, name="customer"),
    path("customers/<int:party_id>/report", report.report, name="report"),
    path("customers/<int:party_id>/services", servicing.hall, name="service_hall"),
    path("customers/<int:party_id>/services/<str:kind>", servicing.ask, name="service"),
    path("requests/<int:request_id>", servicing.request_page, name="service_request"),
    path("requests/<int:request_id>/prepare", servicing.prepare, name="service_prepare"),
    path("applications", applications.applications, name="applications"),
    path("customers/<int:party_id>/apply", applications.apply, name="apply"),
    path("applications/<int:application_id>", applications.application, name="application"),
    path("applications/<int:application_id>/<slug:code>", applications.step, name="apply_step"),
    path("families/from/<int:application_id>", families.start, name="family_start"),
    path("families/<int:family_id>", families.family, name="family"),
    path("families/<int:family_id>/add", families.add, name="family_add"),
    path("families/<int:family_id>/hand-over", families.hand_over, name="family_hand_over"),
    path("line", line.line, name="line"),
    path("renewals", renewals.renewals, name="renewals"),
    path("claims/<int:claim_id>", claims.claim, name="claim"),
    path("waiting-reports/<int:waiting_id>", waiting_reports.report, name="waiting_report"),
]
