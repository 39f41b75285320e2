"""The addresses of the knowledge pages, below ``knowledge``."""

from __future__ import annotations

from django.urls import path

from yilu.web.staff import knowledge, knowledge_sureness

urlpatterns = [
    path("", knowledge.listing, name="knowledge"),
    path("new", knowledge.new, name="knowledge_new"),
    path("adopt", knowledge.adopt, name="knowledge_adopt"),
    path("not-answered", knowledge.not_answered, name="knowledge_gaps"),
    path("sureness", knowledge_sureness.page, name="knowledge_sureness"),
    path("sureness/curve", knowledge_sureness.curve, name="knowledge_curve"),
    path("<int:question_id>", knowledge.question, name="knowledge_question"),
    path("<int:question_id>/do/<slug:name>", knowledge.act, name="knowledge_act"),
]
