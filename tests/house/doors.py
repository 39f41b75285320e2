"""
Every address of the house and who may come there: the table that tests hold the code against.

A new address needs a row here. The name is the url's name with its namespace.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Door:
    """Who may come: ``kind``, and for staff the right they need (None: any staff)."""

    kind: str
    right: str | None = None


PUBLIC = Door("public")
"""Anybody. It shows nothing about anybody."""
LINK = Door("link")
"""Anybody with a signed link of ours."""
CUSTOMER = Door("party")
AGENT = Door("agent")
PROVIDER = Door("provider")
"""A hospital's system with its token."""
SIGNED = Door("signed")
"""A hospital's system that signs each call (医疗直付)."""
BANK = Door("bank")
"""The bank, with its signature over the body."""
STAFF = Door("staff")


def staff(right: str) -> Door:
    return Door("staff", right)


_PUBLIC = """
    common:type_size common:language common:push_ticket common:help common:gallery common:staff_gallery
    public:verify public:verify_code public:proof public:pledges public:evidence public:evidence_key
    public:checkpoint public:entries public:tile public:voice_thanks
    customer:sign_in customer:sign_in_code customer:sign_out customer:sign_out_everywhere
    counter:sign_in counter:sign_in_code counter:sign_out counter:sign_out_everywhere
    staff:sign_in staff:sign_out staff:sign_out_everywhere
    customer: customer:home
    api:openapi-json
"""
_CUSTOMER = """
    customer:policy customer:new_year customer:policy_document customer:policy_letter customer:policy_receipt customer:report customer:offer customer:claims customer:claim
    customer:claim_live customer:documents customer:claim_video customer:uploads customer:file customer:letter
    customer:account customer:withdraw customer:appeal customer:rate customer:messages customer:letters customer:own_letter customer:wechat customer:me
    customer:notify customer:suggestions customer:accounts customer:add_account customer:privacy customer:ahead customer:consent
    customer:going_on customer:going_on_answer customer:agreement customer:agreement_act customer:waiting_report
    customer:chat customer:chat_live customer:chat_say customer:chat_choose customer:chat_rate customer:chat_person
    customer:chat_leave customer:chat_end
    customer:hall customer:service customer:service_requests customer:service_request customer:service_act
    customer:service_file customer:service_letter
    customer:complaints customer:complaint_new customer:complaint customer:complaint_act customer:complaint_letter
    customer:data_request customer:data_request_back customer:own_copy customer:visits customer:home_visits customer:direct_billing customer:direct_visit customer:direct_withdraw customer:hospital_card
    customer:direct_authorise customer:emergency customer:follow_up customer:pay customer:pay_live customer:renewals customer:renewals_cancel customer:calendar
    customer:buy customer:buy_product customer:needs customer:applications customer:application
    customer:apply_step customer:apply_act customer:application_letter customer:feedback
    customer:family_start customer:family customer:family_add customer:family_act customer:family_step
"""
_STAFF: dict[str | None, str] = {
    "video.view": "staff:video_list staff:video staff:video_take",
    "video.serve": "staff:video_ask staff:video_act",
    None: """
        staff:letter_failed staff:home staff:next staff:queue staff:take_next staff:take staff:release staff:finish staff:hand_over staff:search
        staff:own_account staff:obligations staff:promise staff:programmes staff:programme staff:prices
        staff:voice_card staff:voice_card_picture
        staff:service_exams staff:service_exam_start staff:service_sheet staff:service_sheet_save
        staff:score_cards staff:score_card staff:score_card_chart staff:score_stars
        staff:training staff:training_task staff:training_chapter staff:training_take staff:training_record staff:training_record_of
        staff:training_classes staff:training_class staff:training_class_act
        staff:training_drills staff:training_drill_begin staff:training_drill staff:training_drill_say staff:training_drill_end
        staff:service_mine staff:service_standards staff:service_standard staff:service_standard_beside staff:service_standard_ask
        staff:inspections staff:inspection staff:inspection_act staff:recoveries staff:recovery staff:recovery_act
        staff:quality_finding staff:audit staff:audit_photo staff:corrections staff:correction
    """,
    "voice.view": """
        staff:voice staff:voice_chart staff:voice_analyses staff:voice_analysis staff:voice_progress
        staff:voice_analysis_chart staff:voice_topic staff:voice_improvements staff:voice_improvement
        staff:voice_studies staff:voice_report
    """,
    "voice.handle": "staff:voice_report_answer staff:voice_inbox staff:voice_feedback staff:voice_act staff:voice_box",
    "voice.manage": """
        staff:voice_ask staff:voice_files staff:voice_file staff:voice_file_progress
        staff:voice_file_stop staff:voice_file_problems staff:voice_rules staff:voice_aspects
        staff:voice_labels staff:voice_label
    """,
    "scorecards.manage": """
        staff:score_close staff:score_correct staff:score_scheme_edit staff:score_scheme_act
        staff:score_stars_begin staff:score_star_board staff:score_star_act staff:score_campaign_close
        staff:score_initiative_decide staff:score_paper_add
    """,
    "scorecards.view": """
        staff:scorecards staff:scorecards_kpi staff:scorecards_chart staff:scorecards_cases
        staff:score_card_office staff:score_schemes staff:score_scheme staff:score_five
        staff:score_five_chart staff:score_rating staff:score_rating_chart staff:score_campaigns
        staff:score_campaign staff:score_campaign_chart staff:score_initiatives staff:score_outside
        staff:score_outside_chart staff:score_paper
    """,
    "quality.view": """
        staff:service_clients staff:training_overview staff:training_chart staff:service_findings staff:inspections_picture
        staff:inspections_chart staff:inspection_lots staff:inspection_lot staff:quality_books staff:audits
    """,
    "quality.inspect": "staff:recovery_start staff:recovery_open staff:audit_begin staff:audit_item staff:audit_finish",
    "quality.train": "staff:training_class_plan staff:training_drill_correct staff:training_assign",
    "quality.manage": """
        staff:quality_book staff:quality_book_act staff:audit_import
        staff:training_questions staff:training_question_new staff:training_question_file staff:training_question_import staff:training_question_approve staff:training_question staff:training_question_act staff:training_versions staff:training_course_new staff:training_preview staff:training_preview_chapter staff:training_course_act staff:training_scenario_new staff:training_scenario staff:training_scenario_preview staff:training_scenario_act
        staff:service_exam_publish staff:service_standard_versions staff:service_standard_act
    """,
    "retention.view": "staff:holds",
    "retention.hold": "staff:hold_place staff:hold_lift",
    "work.lead": "staff:open_work staff:open_work_chart staff:rows_export staff:rows_exports staff:rows_file staff:pool_overview staff:pool_helper staff:pool",
    "claims.register": "staff:named_groups staff:named_group staff:named_act staff:waiting_reports staff:waiting_report staff:waiting_sheet staff:waiting_act staff:direct_upload staff:direct_batch_cancel staff:report staff:correct_field staff:confirm_document staff:correct_lines staff:refuse_document staff:ask_registry",
    "claims.view": """
        staff:deviations staff:deviations_export staff:kept_back
        staff:quality_beside staff:quality_tick staff:claim_at_sale staff:claim_first_opinion staff:claim_care staff:care_act
        staff:providers staff:direct_template staff:direct_visit staff:direct_guarantee
        staff:direct_partner staff:direct_statement staff:direct_batch staff:direct_progress
        staff:direct_problems
        staff:case staff:hard staff:hard_act staff:quality staff:quality_chart staff:quality_grade staff:quality_answer
        staff:receivable staff:claims staff:claim staff:decide staff:to_review staff:consultant staff:confirm staff:calculate staff:supplement
        staff:notice_arrived staff:waive_supplement staff:investigate staff:state_complexity staff:end_investigation
        staff:note_ground staff:decide_rescission staff:undisputed staff:ex_gratia staff:note staff:tell_progress
        staff:send_link staff:upload_for staff:withdraw staff:merge staff:reopen
        staff:review_afterwards staff:correct_account staff:upload staff:upload_preview
        staff:upload_file staff:letter staff:board staff:board_chart staff:board_export staff:messages staff:message_matrix staff:message_channels staff:message_chart staff:message_replies staff:accuracy staff:accuracy_cases staff:accuracy_chart staff:years staff:years_chart
    """,
    "messaging.manage": "staff:message_words staff:message_template",
    "people.staff": """
        staff:direct_key staff:direct_change staff:provider_network staff:provider_new staff:provider_token
        staff:personnel staff:personnel_new staff:personnel_offices staff:personnel_one staff:personnel_act
        staff:agents staff:agent_new staff:agents_file staff:agents_template staff:agent staff:agent_leaves staff:agent_firm
    """,
    "insight.view": "staff:disclosures staff:disclosure staff:disclosure_publish staff:disclosure_matter staff:claims_year staff:claims_year_of staff:claims_year_act staff:claims_year_report staff:claims_year_chart staff:products staff:product staff:product_chart staff:what_if staff:what_if_ask staff:what_if_run staff:what_if_progress staff:what_if_chart staff:what_if_export",
    "servicing.view": "staff:servicing staff:service_request staff:service_file staff:service_letter",
    "servicing.call": "staff:service_hall staff:service staff:service_act staff:customer_visit",
    "underwriting.view": """
        staff:applications staff:application staff:family staff:underwriting
        staff:underwriting_desk staff:underwriting_file staff:underwriting_decide staff:underwriting_confirm staff:underwriting_talk
        staff:underwriting_board staff:underwriting_chart
    """,
    "underwriting.decide": "staff:recordings staff:recording staff:recording_check staff:recorded",
    "underwriting.apply": """
        staff:apply staff:apply_step staff:apply_act
        staff:family_start staff:family_add staff:family_step staff:family_act
    """,
    "people.view": "staff:customers staff:customer staff:customer_wechat staff:no_offers",
    "people.register": "staff:doubles staff:double staff:double_act staff:double_new staff:data_request staff:data_request_answer staff:data_request_copy staff:data_request_new staff:new_customer staff:customer_account staff:customer_identity",
    "claims.assess": "staff:talks staff:claim_plan",
    "care.visit": "staff:visits staff:visit staff:visit_sketch staff:visit_act",
    "catastrophe.handle": """
        staff:emergencies staff:emergency staff:emergency_chart staff:emergency_report
        staff:emergency_print staff:emergency_report_file staff:emergency_on_site staff:emergency_measure
        staff:casualty_import staff:casualty_list staff:list_progress staff:casualty_row
        staff:casualty_confirm staff:casualty_reject staff:affected staff:affected_contact
        staff:affected_open staff:affected_pay
    """,
    "catastrophe.declare": "staff:emergency_declare staff:emergency_close",
    "knowledge.view": """
        staff:hotline staff:hotline_prompt staff:hotline_act staff:hotline_recording
        staff:hotline_flows staff:hotline_flow staff:hotline_flow_act
        staff:knowledge staff:knowledge_new staff:knowledge_question staff:knowledge_act staff:knowledge_gaps
        staff:knowledge_sureness staff:knowledge_curve
    """,
    "knowledge.approve": "staff:knowledge_adopt",
    "contact.handle": "staff:service_client staff:service_client_judge staff:service_typing staff:chat staff:chat_list staff:chat_with staff:chat_lines staff:chat_say staff:chat_quick staff:contact_seat staff:contact_seat_now staff:contact_seat_act staff:contact_act staff:contact_number staff:contact_phone staff:contact_phone_now staff:contact_phone_line staff:contact_phone_act staff:contact_phone_where staff:contact_paper_to_claim",
    "contact.view": """
        staff:contact_conversations staff:contact_conversation staff:contact_recording staff:contact_turns staff:contact_paper staff:contact_problems
        staff:contact_problem staff:contact_board staff:contact_board_now staff:contact_chart staff:contact_volumes
        staff:contact_follow_ups staff:contact_follow_up staff:contact_follow_up_report
    """,
    "contact.supervise": """
        staff:contact_roster staff:contact_roster_act staff:contact_seats staff:contact_telephone staff:contact_green
        staff:hotline_flow_edit staff:hotline_flow_back
    """,
    "complaints.view": """
        staff:complaints staff:complaints_year staff:complaints_file staff:complaints_chart staff:complaint staff:complaint_act
        staff:complaint_letter
    """,
    "complaints.handle": "staff:complaint_new",
    "renewals.view": "staff:renewals staff:renewals_chart staff:renewal_case staff:new_year staff:renewal_consent",
    "renewals.handle": "staff:renewal_orphan staff:renewal_assign staff:new_year_act staff:renewal_consent_note",
    "people.unmask": "staff:unmask staff:show_field staff:links_names",
    "risk.view": """
        staff:risk staff:risk_chart staff:risk_groups staff:risk_group staff:clear_group
        staff:links staff:links_graph staff:clear_signal
    """,
    "risk.model": """
        staff:risk_models staff:risk_train staff:risk_model staff:risk_model_chart
        staff:risk_release staff:risk_retire
    """,
    "claims.pay": """
        staff:payments staff:payout staff:payout_reissue staff:batches staff:batch staff:batch_release
        staff:batch_discard staff:batch_file staff:returned staff:payout_ask_account staff:receivables
        staff:receivable_ask
    """,
    "payments.write_off": "staff:receivable_write_off",
    "audit.money": """
        staff:money_audit staff:money_audit_start staff:money_audit_progress staff:money_audit_explain
        staff:money_audit_export staff:money_difference staff:audit_recordings_read staff:audit_recordings_stop
    """,
    "payments.reconcile": """
        staff:payout_ask staff:payout_resolve staff:reconciliation staff:statement
        staff:difference_close staff:batch_answer staff:statement_file staff:reconciliation_chart
        staff:credit_claim staff:credit_set_aside staff:collection staff:collection_return
    """,
    "standards.edit": """
        staff:product_end staff:figures staff:figure staff:figure_draft staff:figure_publish staff:figure_discard
        staff:needs_book staff:needs_make staff:needs_draft staff:needs_part staff:needs_publish staff:needs_discard
        staff:programme_make staff:programme_draft staff:programme_publish staff:programme_discard
        staff:programme_check staff:programme_back
        staff:tables staff:table staff:table_compare staff:table_export staff:table_make
        staff:table_draft staff:table_cells staff:table_rows staff:table_cases staff:table_import
        staff:table_publish staff:table_discard staff:checklists staff:checklist staff:checklist_make
        staff:checklist_draft staff:checklist_publish staff:checklist_discard staff:calendar
        staff:calendar_set staff:calendar_clear staff:calendar_hours staff:calendar_notice
    """,
    "people.privacy_read": "staff:privacy staff:privacy_record staff:privacy_export staff:automatic staff:automatic_export",
    "people.privacy": "staff:privacy_new staff:privacy_edit staff:privacy_act",
    "scorecards.export": "staff:scorecards_export",
    "journeys.view": """
        staff:journeys staff:journeys_ahead staff:journeys_ahead_of staff:journeys_ahead_chart staff:journeys_live staff:journey staff:journey_chart staff:journey_cases staff:journey_case
        staff:journey_breaks staff:journey_break staff:journey_problems staff:journey_problem staff:journey_standards
        staff:journey_reviews staff:journey_review staff:journey_review_decision staff:journey_review_minutes
    """,
    "journeys.handle": "staff:journey_break_act",
    "journeys.manage": """
        staff:journey_problem_new staff:journey_problem_act staff:journey_review_act staff:journey_versions staff:journey_version
        staff:journey_version_act staff:journey_versions_of staff:journey_edit staff:journey_roll_back
    """,
    "obligations.edit": "staff:promise_revise staff:promise_end staff:promise_change",
    "system.operate": """
        staff:system staff:retry_reaction staff:retry_job staff:evidence staff:verify
        staff:verify_progress
    """,
}
"""By the right the door asks for first; what an operation asks beyond it is its own test's matter."""

DOORS: dict[str, Door] = {
    **dict.fromkeys(_PUBLIC.split(), PUBLIC),
    "customer:upload_link": LINK,
    "customer:visit_link": LINK,
    "customer:video": LINK,
    "customer:video_act": LINK,
    "public:call": PUBLIC,
    "public:call_one": LINK,
    "public:call_now": LINK,
    "public:call_act": LINK,
    "public:call_sound": LINK,
    "public:call_voice": PUBLIC,
    "public:voice_survey": LINK,
    "public:voice_card": LINK,
    "public:voice_answer": LINK,
    "customer:calendar_feed": LINK,
    **dict.fromkeys(_CUSTOMER.split(), CUSTOMER),
    **dict.fromkeys(
        [
            "counter:home",
            "counter:customer",
            "counter:report",
            "counter:claim",
            "counter:waiting_report",
            "counter:apply",
            "counter:application",
            "counter:apply_step",
            "counter:applications",
            "counter:family",
            "counter:family_add",
            "counter:family_hand_over",
            "counter:family_start",
            "counter:renewals",
            "counter:line",
            "counter:service_hall",
            "counter:service",
            "counter:service_request",
            "counter:service_prepare",
        ],
        AGENT,
    ),
    **{name: Door("staff", right) for right, names in _STAFF.items() for name in names.split()},
    **dict.fromkeys(["api:report", "api:offer", "api:status", "api:api-root"], PROVIDER),
    **dict.fromkeys(
        [
            "api:eligibility",
            "api:admission",
            "api:visit",
            "api:cancel",
            "api:guarantee",
            "api:settlement",
            "api:order",
            "api:send_batch",
            "api:batch",
            "api:problems",
            "api:cancel_batch",
        ],
        SIGNED,
    ),
    "hooks:bank": BANK,
    "hooks:collections": BANK,
    "hooks:calls": BANK,
    "hooks:push": BANK,
    "hooks:wechat": BANK,
    "hooks:sms": BANK,
}
NOT_FOR_BROWSERS = {"provider", "signed", "bank"}
"""They have no session, so they need no form token: their own proof is in every request."""


@dataclass(frozen=True)
class Address:
    """One url of the house."""

    name: str
    view: Any
    arguments: frozenset[str]
    pattern: str

    @property
    def door(self) -> Door:
        return DOORS[self.name]


def addresses() -> list[Address]:
    """Every url there is, by walking the whole URLconf."""
    return list(_walk(get_resolver(), "", "", frozenset()))


def _walk(
    resolver: URLResolver, path: str, space: str, arguments: frozenset[str]
) -> Iterator[Address]:
    for part in resolver.url_patterns:
        here, names = path + str(part.pattern), arguments | set(part.pattern.regex.groupindex)
        if isinstance(part, URLResolver):
            yield from _walk(part, here, f"{part.namespace}:" if part.namespace else space, names)
        elif isinstance(part, URLPattern):
            yield Address(f"{space}{part.name or ''}", part.callback, names, here)
