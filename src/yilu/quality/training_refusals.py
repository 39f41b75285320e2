"""What training refuses, with what to do."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from yilu.kernel.words import marked as _


class CourseNotFound(NotFound):
    """No such course, chapter or task, or another's."""

    code = "course_not_found"
    message = _("没有这门课程或这项学习任务")
    hint = _("请从“我的培训”进入。")


class TrainingDraftChanged(Refusal):
    """It is not what the person saw."""

    code = "training_draft_changed"
    message = _("草稿已被修改或已处理")
    hint = _("请刷新页面，看过现在的内容再办。")


class OwnTrainingDraft(NotAllowed):
    """Two people: one writes, another approves."""

    code = "own_training_draft"
    message = _("编制人不能批准自己的草稿")
    hint = _("请另一位有权限的同事批准。")


class BadNewCode(Invalid):
    """Something new needs a code of its own."""

    code = "bad_new_code"
    message = _("编号不能用")
    hint = _("编号用小写字母开头，三到三十个字母、数字或下划线，不能和已有的相同。")


class CheckNotPassed(Invalid):
    """A chapter's check is answered rightly before it counts."""

    code = "check_not_passed"
    message = _("小测还没有全对")
    hint = _("请回到正文看一看再答，次数不限。")


class CourseDone(Refusal):
    """What is finished is not done again until it comes round."""

    code = "course_done"
    message = _("这门课程已经完成")
    hint = _("可以随时重读；需要复训时会自动安排。")


class ClassNotFound(NotFound):
    """No such class in one's offices."""

    code = "class_not_found"
    message = _("没有这个实训班")
    hint = _("请从实训班列表进入。")


class BadClass(Invalid):
    """A class needs a name, a place, a time ahead, seats and a trainer of the office."""

    code = "bad_class"
    message = _("实训班没有写完整")
    hint = _("请填写名称、地点、以后的起止时间（一天以内）、一到二百个名额和培训师。")


class ClassOver(Refusal):
    """It was held or cancelled."""

    code = "class_over"
    message = _("这个实训班已经签到或取消")
    hint = _("请刷新页面查看现在的状态。")


class ClassFull(Refusal):
    """No seat is free."""

    code = "class_full"
    message = _("名额已满")
    hint = _("请报名下一期，或请培训师增开一班。")


class ClassNotYet(Refusal):
    """Nobody signs off who came before it began."""

    code = "class_not_yet"
    message = _("还没有到开班时间")
    hint = _("开班后再确认到场的人。")


class NotTheTrainer(NotAllowed):
    """The trainer signs off, or whoever leads training there."""

    code = "not_the_trainer"
    message = _("只有培训师或管理培训的同事可以确认签到")
    hint = _("请联系这一班的培训师。")


class NotInClass(Invalid):
    """Marked as present without a place."""

    code = "not_in_class"
    message = _("签到的人不在名单里")
    hint = _("请先加入名单，再确认签到。")


class QuestionNotFound(NotFound):
    """No such question, version or draft."""

    code = "question_not_found"
    message = _("没有这道题")
    hint = _("请从题库列表进入。")


class QuestionNotInForce(Refusal):
    """Only what exams draw is retired."""

    code = "question_not_in_force"
    message = _("这道题没有在用")
    hint = _("请刷新页面查看现在的状态。")


class TooFewQuestions(Refusal):
    """An exam that is open needs them."""

    code = "too_few_questions"
    message = _("开放中的考试还要用这道题")
    hint = _("停用后题数不够出卷。请先补充同一维度的新题并批准。")


class BadQuestionFile(Invalid):
    """It is no file of questions."""

    code = "bad_question_file"
    message = _("文件读不出题目")
    hint = _("请用页面上的模板，保存为 .xlsx 或 UTF-8 的 .csv，不超过 2 MB、2,000 行。")


class DrillNotFound(NotFound):
    """No such scenario or drill, or another's."""

    code = "drill_not_found"
    message = _("没有这个情景或这次演练")
    hint = _("请从情景演练列表进入。")


class NothingSaid(Invalid):
    """A line needs words."""

    code = "nothing_said"
    message = _("没有内容")
    hint = _("请写一到五百个字。")


class DrillOver(Refusal):
    """It has ended; the report is there."""

    code = "drill_over"
    message = _("这次演练已经结束")
    hint = _("请看演练报告，或重新开始一次。")


class DrillGoingOn(Refusal):
    """Scores are corrected once there are some."""

    code = "drill_going_on"
    message = _("演练还没有结束")
    hint = _("结束后才有得分可以更正。")


class BadCorrection(Invalid):
    """A corrected score is between 0 and 100, with a reason."""

    code = "bad_correction"
    message = _("更正没有写完整")
    hint = _("请填 0 到 100 的分数和十到三百字的理由。")


class OwnScore(NotAllowed):
    """Nobody corrects their own score."""

    code = "own_drill_score"
    message = _("不能更正自己的得分")
    hint = _("请另一位培训师看对话后更正。")
