"""Every change voice makes, one file a use case."""

from yilu.voice.refusals import (
    AlreadyAnalysing,
    AlreadyAnswered,
    BadImprovement,
    BadRule,
    BadStudy,
    BatchKnownAlready,
    BatchNotFound,
    CardEnded,
    CommentTooLong,
    FeedbackNotFound,
    FewLabels,
    NobodyToAnswer,
    NothingSaid,
    NothingToAnalyse,
    NotTheOwner,
    OutOfScale,
    RatedAlready,
    StaffNeverRate,
    SurveyOver,
    UnknownColumns,
    UnreadableFile,
    WrongScale,
)

from .analysing import (
    TopicRow,
    answer_analysis,
    ask_analysis,
    begin_analysis,
    change_aspect,
    give_up_analysis,
    keep_readings,
    note_progress,
)
from .cards import answer_card, end_card, make_card
from .handling import close_silent, confirm, note, reply, show_original, take_feedback
from .importing import (
    About,
    begin_from_place,
    begin_reading,
    finish_reading,
    import_file,
    keep_rows,
    refuse_file,
    stop_import,
)
from .improving import move_improvement, plan_improvement
from .labelling import ask_training, keep_reader, label
from .reading import check_place, read_from_place
from .resealing import reseal_batch
from .studies import answer_report, enter_study, make_reports
from .surveys import answer_survey, change_rule, invite, invite_now
from .taking import Said, take_comment, take_rating, type_in_opinion

__all__ = [
    "About", "AlreadyAnalysing", "AlreadyAnswered", "BadImprovement", "BadRule", "BadStudy",
    "BatchKnownAlready", "BatchNotFound", "CardEnded", "CommentTooLong", "FeedbackNotFound",
    "FewLabels", "NobodyToAnswer", "NotTheOwner", "NothingSaid", "NothingToAnalyse", "OutOfScale",
    "RatedAlready", "Said", "StaffNeverRate", "SurveyOver", "TopicRow", "UnknownColumns",
    "UnreadableFile", "WrongScale", "answer_analysis", "answer_card", "answer_report", "answer_survey",
    "ask_analysis", "ask_training", "begin_analysis", "begin_from_place", "begin_reading",
    "change_aspect", "change_rule", "check_place", "close_silent", "confirm",
    "end_card", "enter_study", "finish_reading", "give_up_analysis", "import_file", "invite",
    "invite_now", "keep_reader", "keep_readings", "keep_rows", "label", "make_card", "make_reports",
    "move_improvement", "note", "note_progress", "plan_improvement", "read_from_place", "refuse_file", "reply",
    "reseal_batch", "show_original", "stop_import", "take_comment", "take_feedback", "take_rating",
    "type_in_opinion",
]  # fmt: skip
