"""
Calls at somebody else's exchange (外部交换机): one call's course, whatever exchange carries it.

The exchange answers, plays, joins and records; which command follows which is decided here once, so
that `asterisk_ari` and `freeswitch_esl` only translate.
"""
