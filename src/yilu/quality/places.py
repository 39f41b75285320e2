"""Where this room seals what: a sealed value opens only in its own place."""

ANSWERS = "quality_inspection.answers"
APPEAL = "quality_inspection.appeal"
DECISION = "quality_inspection.decision"
WRONG = "quality_recovery.wrong"
RESULT = "quality_recovery.result"
TRIED = "quality_recoverytry.words"
