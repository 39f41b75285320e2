"""Addresses of 客户之声."""

from __future__ import annotations

from django.urls import path

from yilu.web.staff import voice, voice_files, voice_inbox, voice_manage

paths = [
    path("", voice.overview, name="voice"),
    path("chart/<str:name>", voice.chart, name="voice_chart"),
    path("analyses", voice.analyses, name="voice_analyses"),
    path("analyses/ask", voice.ask_analysis, name="voice_ask"),
    path("analyses/<int:analysis_id>", voice.analysis, name="voice_analysis"),
    path("analyses/<int:analysis_id>/progress", voice.progress, name="voice_progress"),
    path(
        "analyses/<int:analysis_id>/chart/<str:name>",
        voice.analysis_chart,
        name="voice_analysis_chart",
    ),
    path("topics/<int:topic_id>", voice.topic, name="voice_topic"),
    path("inbox", voice_inbox.inbox, name="voice_inbox"),
    path("inbox/<int:feedback_id>", voice_inbox.feedback, name="voice_feedback"),
    path("inbox/<int:feedback_id>/act", voice_inbox.act, name="voice_act"),
    path("box", voice_inbox.box, name="voice_box"),
    path("card", voice_inbox.card, name="voice_card"),
    path("card/picture", voice_inbox.card_picture, name="voice_card_picture"),
    path("files", voice_files.listing, name="voice_files"),
    path("files/<int:batch_id>", voice_files.batch, name="voice_file"),
    path("files/<int:batch_id>/progress", voice_files.progress, name="voice_file_progress"),
    path("files/<int:batch_id>/stop", voice_files.stop, name="voice_file_stop"),
    path("files/<int:batch_id>/problems", voice_files.problems, name="voice_file_problems"),
    path("improvements", voice_manage.improvements, name="voice_improvements"),
    path("improvements/<int:improvement_id>", voice_manage.improvement, name="voice_improvement"),
    path("rules", voice_manage.rules, name="voice_rules"),
    path("aspects", voice_manage.aspects, name="voice_aspects"),
    path("labels", voice_manage.labels, name="voice_labels"),
    path("labels/<int:feedback_id>", voice.label, name="voice_label"),
    path("studies", voice_manage.studies, name="voice_studies"),
    path("reports/<int:report_id>", voice_manage.report, name="voice_report"),
    path("reports/<int:report_id>/answer", voice_manage.report_answer, name="voice_report_answer"),
]
