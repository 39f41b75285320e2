"""Addresses of the figures of service."""

from django.urls import path

from yilu.web.staff import scorecards, scorecards_cases

paths = [
    path("scorecards", scorecards.dashboard, name="scorecards"),
    path("scorecards/kpi/<str:code>", scorecards.kpi, name="scorecards_kpi"),
    path("scorecards/kpi/<str:code>/chart", scorecards.chart, name="scorecards_chart"),
    path("scorecards/kpi/<str:code>/cases", scorecards_cases.cases, name="scorecards_cases"),
    path("scorecards/kpi/<str:code>/export", scorecards_cases.export, name="scorecards_export"),
]
