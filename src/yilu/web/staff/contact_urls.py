"""The addresses of the contact centre's pages, below ``contact/``."""

from __future__ import annotations

from django.urls import path

from yilu.web.staff import (
    call_volumes,
    contact,
    contact_follow_ups,
    contact_lead,
    contact_papers,
    desk_phones,
    hotline,
    hotline_flows,
    phone,
)

urlpatterns = [
    path("", contact.seat, name="contact_seat"),
    path("now", contact.seat_now, name="contact_seat_now"),
    path("seat/<slug:name>", contact.seat_act, name="contact_seat_act"),
    path("conversations", contact.conversations, name="contact_conversations"),
    path("conversations/<int:conversation_id>", contact.conversation, name="contact_conversation"),
    path("conversations/<int:conversation_id>/turns", contact.turns, name="contact_turns"),
    path(
        "conversations/<int:conversation_id>/papers/<int:upload_id>",
        contact_papers.paper,
        name="contact_paper",
    ),
    path(
        "conversations/<int:conversation_id>/papers/<int:upload_id>/claim",
        contact_papers.to_claim,
        name="contact_paper_to_claim",
    ),
    path("conversations/<int:conversation_id>/number", contact.number, name="contact_number"),
    path("conversations/<int:conversation_id>/do/<slug:name>", contact.act, name="contact_act"),
    path(
        "conversations/<int:conversation_id>/recording", phone.recording, name="contact_recording"
    ),
    path("phone", phone.phone, name="contact_phone"),
    path("phone/now", phone.phone_now, name="contact_phone_now"),
    path("phone/line", phone.line, name="contact_phone_line"),
    path("phone/do/<slug:name>", phone.act, name="contact_phone_act"),
    path("hotline-flows", hotline_flows.listing, name="hotline_flows"),
    path("hotline-flows/edit", hotline_flows.edit, name="hotline_flow_edit"),
    path("hotline-flows/back", hotline_flows.roll_back, name="hotline_flow_back"),
    path("hotline-flows/<int:version_id>", hotline_flows.version, name="hotline_flow"),
    path("hotline-flows/<int:version_id>/<slug:what>", hotline_flows.act, name="hotline_flow_act"),
    path("hotline", hotline.listing, name="hotline"),
    path("hotline/recordings/<int:recording_id>", hotline.recording, name="hotline_recording"),
    path("hotline/<str:name>", hotline.prompt, name="hotline_prompt"),
    path("hotline/<str:name>/<slug:what>", hotline.act, name="hotline_act"),
    path("problems", contact.problems, name="contact_problems"),
    path("problems/<int:problem_id>", contact.problem, name="contact_problem"),
    path("board", contact_lead.board, name="contact_board"),
    path("board/now", contact_lead.board_now, name="contact_board_now"),
    path("charts/<slug:name>", contact_lead.chart, name="contact_chart"),
    path("volumes", call_volumes.volumes, name="contact_volumes"),
    path("roster", contact_lead.roster, name="contact_roster"),
    path("roster/do", contact_lead.roster_act, name="contact_roster_act"),
    path("seats", contact_lead.seats, name="contact_seats"),
    path("seats/<int:staff_id>/telephone", desk_phones.telephone, name="contact_telephone"),
    path("phone/where", desk_phones.choose, name="contact_phone_where"),
    path("green-route", contact_lead.green, name="contact_green"),
    path("follow-ups", contact_follow_ups.listing, name="contact_follow_ups"),
    path("follow-ups/report", contact_follow_ups.report, name="contact_follow_up_report"),
    path("follow-ups/<int:follow_up_id>", contact_follow_ups.follow_up, name="contact_follow_up"),
]
