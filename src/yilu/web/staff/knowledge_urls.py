"""The addresses of the knowledge pages, below ``knowledge``."""

from __future__ import annotations

from django.urls import path

from yilu.web.staff import knowledge

urlpatterns = [
    path("", knowledge.listing, name="knowledge"),
    path("new", knowledge.new, name="knowledge_new"),
    path("adopt", knowledge.adopt, name="knowledge_adopt"),
    path("not-answered", knowledge.not_answered, name="knowledge_gaps"),
    path("<int:question_id>", knowledge.question, name="knowledge_question"),
    path("<int:question_id>/do/<slug:name>", knowledge.act, name="knowledge_act"),
]
