"""Everything that changes in the quality room."""

from .appealing import accept_result, appeal, decide_appeal, end_unappealed
from .auditing import begin_audit, confirm_correction, correct, finish_audit, note_item
from .books import approve_book, discard_book, load_books, write_book
from .clients import judge_client
from .deviating import ask_deviation, decide_deviation
from .examining import end_late_sheets, hand_in, publish_exam, save_answers, start_exam
from .importing import import_audit
from .inspecting import score, void
from .judging import judge_record
from .reading import read, read_now, warn
from .recovering import close_recovery, note_try, open_recovery
from .resealing import reseal_batch
from .sampling import draw_lots
from .serving import forget_old
from .standards import approve, discard, end_pilot, load_catalogue, write_draft
from .ticking import tick_line

__all__ = [
    "accept_result",
    "appeal",
    "approve",
    "approve_book",
    "ask_deviation",
    "begin_audit",
    "close_recovery",
    "confirm_correction",
    "correct",
    "decide_appeal",
    "decide_deviation",
    "discard",
    "discard_book",
    "draw_lots",
    "end_late_sheets",
    "end_pilot",
    "end_unappealed",
    "finish_audit",
    "forget_old",
    "hand_in",
    "import_audit",
    "judge_client",
    "judge_record",
    "load_books",
    "load_catalogue",
    "note_item",
    "note_try",
    "open_recovery",
    "publish_exam",
    "read",
    "read_now",
    "reseal_batch",
    "save_answers",
    "score",
    "start_exam",
    "tick_line",
    "void",
    "warn",
    "write_book",
    "write_draft",
]
