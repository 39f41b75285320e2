"""The addresses of 培训, below ``training/``."""

from __future__ import annotations

from django.urls import path

from yilu.web.staff import (
    training,
    training_classes,
    training_courses,
    training_drills,
    training_lead,
    training_questions,
    training_scenarios,
)

urlpatterns = [
    path("", training.home, name="training"),
    path("tasks/<int:enrolment_id>", training.task, name="training_task"),
    path("tasks/<int:enrolment_id>/<slug:chapter>", training.chapter, name="training_chapter"),
    path("courses/<slug:code>/take", training.take, name="training_take"),
    path("courses/new", training_courses.new, name="training_course_new"),
    path("courses/<slug:code>/versions", training_courses.versions, name="training_versions"),
    path(
        "courses/<slug:code>/versions/<int:edition>",
        training_courses.preview,
        name="training_preview",
    ),
    path(
        "courses/<slug:code>/versions/<int:edition>/<slug:chapter>",
        training_courses.preview,
        name="training_preview_chapter",
    ),
    path("courses/<slug:code>/do/<slug:name>", training_courses.act, name="training_course_act"),
    path("record", training.record, name="training_record"),
    path("record/<int:staff_id>", training.record, name="training_record_of"),
    path("classes", training_classes.listing, name="training_classes"),
    path("classes/plan", training_classes.plan, name="training_class_plan"),
    path("classes/<int:class_id>", training_classes.one, name="training_class"),
    path("classes/<int:class_id>/<slug:name>", training_classes.act, name="training_class_act"),
    path("drills", training_drills.listing, name="training_drills"),
    path("drills/begin/<slug:code>", training_drills.begin, name="training_drill_begin"),
    path("drills/situations/new", training_scenarios.new, name="training_scenario_new"),
    path("drills/situations/<slug:code>", training_scenarios.versions, name="training_scenario"),
    path(
        "drills/situations/<slug:code>/<int:edition>",
        training_scenarios.preview,
        name="training_scenario_preview",
    ),
    path(
        "drills/situations/<slug:code>/do/<slug:name>",
        training_scenarios.act,
        name="training_scenario_act",
    ),
    path("drills/<int:drill_id>", training_drills.one, name="training_drill"),
    path("drills/<int:drill_id>/say", training_drills.say, name="training_drill_say"),
    path("drills/<int:drill_id>/end", training_drills.end, name="training_drill_end"),
    path("drills/<int:drill_id>/correct", training_drills.correct, name="training_drill_correct"),
    path("questions", training_questions.listing, name="training_questions"),
    path("questions/new", training_questions.new, name="training_question_new"),
    path("questions/file", training_questions.file, name="training_question_file"),
    path("questions/import", training_questions.take_in, name="training_question_import"),
    path("questions/approve", training_questions.approve, name="training_question_approve"),
    path("questions/of/<slug:code>", training_questions.one, name="training_question"),
    path(
        "questions/of/<slug:code>/do/<slug:name>",
        training_questions.act,
        name="training_question_act",
    ),
    path("overview", training_lead.overview, name="training_overview"),
    path("overview/chart", training_lead.chart, name="training_chart"),
    path("overview/assign", training_lead.assign, name="training_assign"),
]
