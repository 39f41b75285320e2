from hypothesis import given
from hypothesis import strategies as st

from yilu.payments import rules

WORDS = st.lists(st.sampled_from(["ACCEPTED", "PROCESSING", "SETTLED", "REJECTED"]), max_size=8)


def end_of(words, state="SENDING"):
    problem, happened = "", []
    for word in words:
        effect = rules.judge(state, problem, word)
        state = effect.state
        problem = rules.CONTRADICTION if effect.happened == "CONTRADICTION" else problem
        happened.append(effect.happened)
    return state, happened


@given(WORDS)
def test_the_order_of_the_banks_words_does_not_change_the_end(words):
    ends = {word for word in words if word in {"SETTLED", "REJECTED"}}
    state, _ = end_of(words)
    wanted = "UNCLEAR" if len(ends) == 2 else ends.pop() if ends else "SENT" if words else "SENDING"
    assert state == wanted


@given(WORDS)
def test_an_end_is_said_once(words):
    _, happened = end_of(words)
    assert happened.count("SETTLED") + happened.count("REJECTED") <= 1


@given(st.sampled_from(["REQUESTED", "SENDING", "SENT", "SETTLED", "REJECTED", "CANCELLED"]))
def test_another_amount_is_never_taken_for_ours(state):
    assert rules.judge(state, "", "SETTLED", same_amount=False).state == "UNCLEAR"


def test_a_cancelled_payment_that_was_paid_is_a_contradiction():
    assert rules.judge("CANCELLED", "", "SETTLED").happened == "CONTRADICTION"
    assert rules.judge("CANCELLED", "", "REJECTED").happened == "NONE"


@given(st.integers(0, 40))
def test_pauses_grow_and_stay_bounded(attempts):
    assert rules.pause_after(attempts) <= rules.pause_after(attempts + 1)
    assert rules.pause_after(attempts).total_seconds() <= 600


def test_a_corrected_account_must_be_able_to_help():
    assert not rules.account_helps("ACCOUNT_CLOSED", same_account=False, same_number=True)
    assert rules.account_helps("NAME_MISMATCH", same_account=False, same_number=True)
    assert not rules.account_helps("NAME_MISMATCH", same_account=True, same_number=True)
    assert rules.account_helps("LIMIT", same_account=True, same_number=True)
