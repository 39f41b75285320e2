"""The addresses of 员工与角色, of 代理人, and of everybody's own account."""

from __future__ import annotations

from django.urls import path

from yilu.web.staff import agents, own_account, personnel

urlpatterns = [
    path("people", personnel.listing, name="personnel"),
    path("people/new", personnel.take_on, name="personnel_new"),
    path("people/offices", personnel.offices, name="personnel_offices"),
    path("people/<int:staff_id>", personnel.person, name="personnel_one"),
    path("people/<int:staff_id>/do/<slug:name>", personnel.act, name="personnel_act"),
    path("agents", agents.listing, name="agents"),
    path("agents/new", agents.appoint, name="agent_new"),
    path("agents/file", agents.take_in, name="agents_file"),
    path("agents/file/<slug:kind>.xlsx", agents.template, name="agents_template"),
    path("agents/<int:agent_id>", agents.agent, name="agent"),
    path("agents/<int:agent_id>/leaves", agents.let_go, name="agent_leaves"),
    path("agents/<int:agent_id>/firm", agents.place, name="agent_firm"),
    path("account", own_account.account, name="own_account"),
]
