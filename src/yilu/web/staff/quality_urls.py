"""The addresses of standards of service, below ``service/``."""

from __future__ import annotations

from django.urls import path

from yilu.web.staff import clients, exams, findings
from yilu.web.staff import standards_of_service as standards

urlpatterns = [
    path("findings", findings.listing, name="service_findings"),
    path("exams", exams.listing, name="service_exams"),
    path("exams/publish", exams.publish, name="service_exam_publish"),
    path("exams/<int:exam_id>/start", exams.start, name="service_exam_start"),
    path("sheets/<int:sheet_id>", exams.sheet, name="service_sheet"),
    path("sheets/<int:sheet_id>/save", exams.save, name="service_sheet_save"),
    path("mine", findings.mine, name="service_mine"),
    path("typing/<int:conversation_id>", findings.typing, name="service_typing"),
    path("clients", clients.counts, name="service_clients"),
    path("clients/<int:conversation_id>", clients.beside, name="service_client"),
    path("clients/<int:conversation_id>/judge", clients.judge, name="service_client_judge"),
    path("standards", standards.listing, name="service_standards"),
    path("standards/<slug:touchpoint>", standards.standard, name="service_standard"),
    path("standards/<slug:touchpoint>/beside", standards.beside, name="service_standard_beside"),
    path("standards/<slug:touchpoint>/ask", standards.ask, name="service_standard_ask"),
    path(
        "standards/<slug:touchpoint>/versions", standards.versions, name="service_standard_versions"
    ),
    path("standards/<slug:touchpoint>/do/<slug:name>", standards.act, name="service_standard_act"),
]
