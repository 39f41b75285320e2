"""The addresses of journeys in the workbench."""

from django.urls import path

from yilu.web.staff import (
    journeys,
    journeys_ahead,
    journeys_ledger,
    journeys_reviews,
    journeys_versions,
)

paths = [
    path("journeys", journeys.panorama, name="journeys"),
    path("journeys/ahead", journeys_ahead.ahead, name="journeys_ahead"),
    path("journeys/ahead/<int:forecast_id>", journeys_ahead.one, name="journeys_ahead_of"),
    path("journeys/ahead/chart", journeys_ahead.chart, name="journeys_ahead_chart"),
    path("journeys/live", journeys.live, name="journeys_live"),
    path("journeys/cases", journeys.cases, name="journey_cases"),
    path("journeys/cases/<int:case_id>", journeys.case, name="journey_case"),
    path("journeys/breaks", journeys.breaks, name="journey_breaks"),
    path("journeys/breaks/<int:breakpoint_id>", journeys.broken, name="journey_break"),
    path("journeys/breaks/<int:breakpoint_id>/<slug:name>", journeys.act, name="journey_break_act"),
    path("journeys/problems", journeys_ledger.problems, name="journey_problems"),
    path("journeys/problems/new", journeys_ledger.new, name="journey_problem_new"),
    path("journeys/problems/<int:problem_id>", journeys_ledger.problem, name="journey_problem"),
    path(
        "journeys/problems/<int:problem_id>/<slug:name>", journeys_ledger.act,
        name="journey_problem_act",
    ),
    path("journeys/reviews", journeys_reviews.reviews, name="journey_reviews"),
    path("journeys/reviews/<int:review_id>", journeys_reviews.review, name="journey_review"),
    path(
        "journeys/reviews/<int:review_id>/minutes.pdf", journeys_reviews.minutes,
        name="journey_review_minutes",
    ),
    path(
        "journeys/reviews/<int:review_id>/<slug:name>", journeys_reviews.act, name="journey_review_act"
    ),
    path(
        "journeys/decisions/<int:decision_id>", journeys_reviews.decision,
        name="journey_review_decision",
    ),
    path("journeys/standards", journeys_versions.standards, name="journey_standards"),
    path("journeys/versions", journeys_versions.listing, name="journey_versions"),
    path("journeys/versions/<int:version_id>", journeys_versions.version, name="journey_version"),
    path(
        "journeys/versions/<int:version_id>/<slug:name>", journeys_versions.act,
        name="journey_version_act",
    ),
    path("journeys/of/<slug:code>", journeys.journey, name="journey"),
    path("journeys/of/<slug:code>/chart", journeys.chart, name="journey_chart"),
    path("journeys/of/<slug:code>/versions", journeys_versions.versions, name="journey_versions_of"),
    path("journeys/of/<slug:code>/edit", journeys_versions.edit, name="journey_edit"),
    path("journeys/of/<slug:code>/roll-back", journeys_versions.roll_back, name="journey_roll_back"),
]  # fmt: skip
