"""The addresses of inspections, recoveries, audits and what they go by, below ``quality/``."""

from __future__ import annotations

from django.urls import path

from yilu.web.staff import (
    inspections,
    inspections_audits,
    inspections_beside,
    inspections_books,
    inspections_lead,
    inspections_recoveries,
)

urlpatterns = [
    path("inspections", inspections.listing, name="inspections"),
    path("inspections/picture", inspections_lead.picture, name="inspections_picture"),
    path("inspections/picture/<slug:name>", inspections_lead.chart, name="inspections_chart"),
    path("inspections/lots", inspections_lead.lots, name="inspection_lots"),
    path("inspections/lots/<int:lot_id>", inspections_lead.lot, name="inspection_lot"),
    path("inspections/books", inspections_books.listing, name="quality_books"),
    path("inspections/books/<slug:book>", inspections_books.versions, name="quality_book"),
    path(
        "inspections/books/<slug:book>/<slug:name>", inspections_books.act, name="quality_book_act"
    ),
    path("inspections/<int:inspection_id>", inspections.inspection, name="inspection"),
    path("inspections/<int:inspection_id>/<slug:name>", inspections.act, name="inspection_act"),
    path("recoveries", inspections_recoveries.listing, name="recoveries"),
    path("recoveries/new", inspections_recoveries.start, name="recovery_start"),
    path("recoveries/open", inspections_recoveries.begin, name="recovery_open"),
    path("recoveries/<int:recovery_id>", inspections_recoveries.recovery, name="recovery"),
    path(
        "recoveries/<int:recovery_id>/<slug:name>", inspections_recoveries.act, name="recovery_act"
    ),
    path("findings/<int:finding_id>", inspections_recoveries.finding, name="quality_finding"),
    path("audits", inspections_audits.listing, name="audits"),
    path("audits/begin", inspections_audits.begin, name="audit_begin"),
    path("audits/import", inspections_audits.take_in, name="audit_import"),
    path("audits/corrections", inspections_audits.corrections, name="corrections"),
    path(
        "audits/corrections/<int:correction_id>", inspections_audits.correction, name="correction"
    ),
    path("audits/<int:audit_id>", inspections_audits.audit, name="audit"),
    path("audits/<int:audit_id>/finish", inspections_audits.finish, name="audit_finish"),
    path("audits/<int:audit_id>/<int:position>", inspections_audits.note, name="audit_item"),
    path(
        "photos/<slug:kind>/<int:owner_id>/<int:position>",
        inspections_audits.photo,
        name="audit_photo",
    ),
    path("beside/<int:claim_id>", inspections_beside.checklists, name="quality_beside"),
    path("beside/<int:claim_id>/tick", inspections_beside.tick, name="quality_tick"),
]
