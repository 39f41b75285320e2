"""The workbench's door: every page of the staff."""

from __future__ import annotations

from django.urls import include, path

from yilu.web.common import sign_in
from yilu.web.staff import (
    accuracy,
    board,
    calendars,
    checklists,
    claims,
    customers,
    deciding,
    desk,
    documents,
    evidence,
    letters,
    messages,
    obligations,
    payments,
    reconciliation,
    report,
    system,
    tables,
    tables_draft,
    work,
)

app_name = "staff"

_work = [
    path("", work.home, name="home"),
    path("next", work.next_item, name="next"),
    path("queues/<str:code>", work.queue, name="queue"),
    path("queues/<str:code>/take-next", work.take_next, name="take_next"),
    path("queues/<str:code>/pool", work.pool, name="pool"),
    path("items/<int:item_id>/take", work.take, name="take"),
    path("items/<int:item_id>/finish", work.finish, name="finish"),
    path("items/<int:item_id>/release", work.release, name="release"),
    path("items/<int:item_id>/hand-over", work.hand_over, name="hand_over"),
]

_claims = [
    path("report", report.report, name="report"),
    path("search", claims.search, name="search"),
    path("claims", claims.listing, name="claims"),
    path("claims/<int:claim_id>", desk.claim, name="claim"),
    path("claims/<int:claim_id>/decide", deciding.decide, name="decide"),
    path("claims/<int:claim_id>/confirm", deciding.confirm, name="confirm"),
    path("claims/<int:claim_id>/calculate", deciding.calculate, name="calculate"),
    path("claims/<int:claim_id>/supplement", deciding.supplement, name="supplement"),
    path("claims/<int:claim_id>/notice-arrived", deciding.notice_arrived, name="notice_arrived"),
    path("claims/<int:claim_id>/waive-supplement", deciding.waive_supplement, name="waive_supplement"),
    path("claims/<int:claim_id>/investigate", deciding.investigate, name="investigate"),
    path("claims/<int:claim_id>/end-investigation", deciding.end_investigation, name="end_investigation"),
    path("claims/<int:claim_id>/note-ground", deciding.note_ground, name="note_ground"),
    path("claims/<int:claim_id>/decide-rescission", deciding.decide_rescission, name="decide_rescission"),
    path("claims/<int:claim_id>/undisputed", deciding.undisputed, name="undisputed"),
    path("claims/<int:claim_id>/ex-gratia", deciding.ex_gratia, name="ex_gratia"),
    path("claims/<int:claim_id>/note", deciding.note, name="note"),
    path("claims/<int:claim_id>/send-link", deciding.send_link, name="send_link"),
    path("claims/<int:claim_id>/upload-for", deciding.upload_for, name="upload_for"),
    path("claims/<int:claim_id>/withdraw", deciding.withdraw, name="withdraw"),
    path("claims/<int:claim_id>/merge", deciding.merge, name="merge"),
    path("claims/<int:claim_id>/reopen", deciding.reopen, name="reopen"),
    path("claims/<int:claim_id>/review-afterwards", deciding.review_afterwards, name="review_afterwards"),
    path("claims/<int:claim_id>/correct-account", deciding.correct_account, name="correct_account"),
    path("uploads/<int:upload_id>", documents.upload, name="upload"),
    path("uploads/<int:upload_id>/preview", documents.preview, name="upload_preview"),
    path("uploads/<int:upload_id>/file", documents.file, name="upload_file"),
    path("uploads/<int:upload_id>/correct", documents.correct_field, name="correct_field"),
    path("uploads/<int:upload_id>/lines", documents.correct_lines, name="correct_lines"),
    path("uploads/<int:upload_id>/refuse", documents.refuse, name="refuse_document"),
    path("uploads/<int:upload_id>/show", documents.show_field, name="show_field"),
    path("uploads/<int:upload_id>/ask-registry", documents.ask_registry, name="ask_registry"),
    path("uploads/<int:upload_id>/confirm", documents.confirm, name="confirm_document"),
    path("customers", customers.search, name="customers"),
    path("customers/<int:party_id>", customers.customer, name="customer"),
    path("customers/<int:party_id>/unmask", customers.unmask, name="unmask"),
    path("letters/<int:letter_id>", letters.letter, name="letter"),
]  # fmt: skip

_management = [
    path("board", board.board, name="board"),
    path("board/chart/<str:name>", board.chart, name="board_chart"),
    path("board/export", board.export, name="board_export"),
    path("payments", payments.listing, name="payments"),
    path("payments/<int:payout_id>", payments.payout, name="payout"),
    path("payments/<int:payout_id>/reissue", payments.reissue, name="payout_reissue"),
    path("payments/<int:payout_id>/ask", payments.ask_bank, name="payout_ask"),
    path("payments/<int:payout_id>/resolve", payments.resolve, name="payout_resolve"),
    path("reconciliation", reconciliation.reconciliation, name="reconciliation"),
    path("reconciliation/statement", reconciliation.take_in, name="statement"),
    path("reconciliation/<int:difference_id>/close", reconciliation.close, name="difference_close"),
    path("messages", messages.listing, name="messages"),
    path("accuracy", accuracy.accuracy, name="accuracy"),
    path("accuracy/chart", accuracy.chart, name="accuracy_chart"),
]

_standards = [
    path("tables", tables.listing, name="tables"),
    path("tables/<str:code>", tables.table, name="table"),
    path("tables/<str:code>/compare", tables.compare, name="table_compare"),
    path("tables/<str:code>/export", tables.export, name="table_export"),
    path("tables/<str:code>/make", tables_draft.make, name="table_make"),
    path("tables/<str:code>/draft", tables_draft.draft, name="table_draft"),
    path("tables/<str:code>/draft/cells", tables_draft.cells, name="table_cells"),
    path("tables/<str:code>/draft/rows", tables_draft.rows, name="table_rows"),
    path("tables/<str:code>/draft/cases", tables_draft.cases, name="table_cases"),
    path("tables/<str:code>/draft/import", tables_draft.take_in, name="table_import"),
    path("tables/<str:code>/draft/publish", tables_draft.publish, name="table_publish"),
    path("tables/<str:code>/draft/discard", tables_draft.discard, name="table_discard"),
    path("checklists", checklists.listing, name="checklists"),
    path("checklists/<str:claim_type>", checklists.checklist, name="checklist"),
    path("checklists/<str:claim_type>/make", checklists.make, name="checklist_make"),
    path("checklists/<str:claim_type>/draft", checklists.draft, name="checklist_draft"),
    path("checklists/<str:claim_type>/publish", checklists.publish, name="checklist_publish"),
    path("checklists/<str:claim_type>/discard", checklists.discard, name="checklist_discard"),
    path("calendar", calendars.year, name="calendar"),
    path("calendar/set", calendars.set_day, name="calendar_set"),
    path("calendar/clear", calendars.clear_day, name="calendar_clear"),
    path("calendar/hours", calendars.hours, name="calendar_hours"),
    path("calendar/notice", calendars.notice, name="calendar_notice"),
    path("obligations", obligations.listing, name="obligations"),
    path("obligations/<str:code>", obligations.promise, name="promise"),
    path("obligations/<str:code>/revise", obligations.revise, name="promise_revise"),
]

_operating = [
    path("system", system.system, name="system"),
    path("system/reactions/<int:reaction_id>/retry", system.retry_reaction, name="retry_reaction"),
    path("system/jobs/<int:job_id>/retry", system.retry_job, name="retry_job"),
    path("evidence", evidence.evidence, name="evidence"),
    path("evidence/verify", evidence.verify, name="verify"),
    path("evidence/progress", evidence.progress, name="verify_progress"),
]

urlpatterns = [
    path("", include(sign_in.staff_paths)),
    *_work,
    *_claims,
    *_management,
    *_standards,
    *_operating,
]
