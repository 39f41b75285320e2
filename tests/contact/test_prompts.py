"""What people read out for the hotline: checked, approved by somebody else, played, taken back."""

import io
import math
import wave
from array import array

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contact.desk import Desk, person
from tests.make import NOON
from yilu.contact import operations, queries, refusals
from yilu.contact.models import PromptRecording
from yilu.contact.queries.flows import shipped_flow
from yilu.contact.queries.prompts import plain_words
from yilu.contact.rules.prompts import NO_NUMBER, NotPlayable, check_sound, prompts_of
from yilu.contact.wav import read_samples
from yilu.journal import queries as journal
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref


def wav(seconds=1.0, *, level=0.2, rate=8000, channels=1, width=2, before=0.0, pitch=300):
    """Somebody says a steady tone."""
    samples = array("h", [0]) * int(before * rate)
    second = array("h", [
        max(-32768, min(32767, round(level * 32767 * math.sin(2 * math.pi * pitch * n / rate))))
        for n in range(rate)
    ])  # fmt: skip
    many = int(seconds * rate)
    samples.extend((second * (many // rate + 1))[:many])
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def read_recording(content):
    return check_sound(*read_samples(content))


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_voice_to_be_heard_is_measured(rate):
    sound = read_recording(wav(rate=rate, before=1.5))
    assert sound.milliseconds == 2500
    assert -25 < sound.decibels < -15


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "format"), (b"ID3\x04 no wave at all", "format"), (wav()[:-2], "format"),
        (wav(rate=44100), "format"), (wav(channels=2), "format"), (wav(width=1), "format"),
        (wav(0.2), "short"), (b"RIFF" + bytes(2_000_000), "long"), (wav(61), "long"),
        (wav(level=0), "quiet"), (wav(level=0.005), "quiet"), (wav(level=4.0), "loud"),
        (wav(before=2.5, level=0.9), "edges"),
    ],
)  # fmt: skip
def test_what_callers_should_not_hear_says_why(content, fault):
    with pytest.raises(NotPlayable) as refused:
        read_recording(content)
    assert refused.value.args == (fault,)


@settings(max_examples=50)
@given(st.binary(max_size=80))
def test_any_bytes_are_a_recording_or_none(data):
    for content in (data, wav(0.01)[:20] + data):
        with pytest.raises(NotPlayable):
            read_recording(content)


def test_every_text_is_there_once_and_a_moment_is_left_out():
    flow = shipped_flow()
    known = prompts_of(flow)
    words = [each.words for each in known.values()]
    assert len(words) == len(set(words))
    assert all(words)
    assert known["claim_tail"].places == 3
    assert not {"policy_tail", "premium_tail"} & set(known)
    assert known["no_number"].words == NO_NUMBER["zh"]
    closed = known["closed.en"]
    assert (closed.moment, closed.language) == (True, "en-US")
    assert "{from}" not in closed.words
    said = "Nobody is on duty now; people are back from 8:30. You can go on"
    assert plain_words(flow, "closed.en", said) == closed.words
    assert plain_words(flow, "closed.en", closed.words) == ""
    assert plain_words(flow, "claims", "您有一件理赔") == ""


class TestInTheRoom:
    pytestmark = pytest.mark.django_db(transaction=True)

    def test_one_reads_it_another_approves_it_and_callers_hear_the_newest(self):
        desk = Desk()
        editor = person(desk.office, "STANDARDS_EDITOR")
        words = queries.hotline_prompts(NOON.date())["bye"].words
        first, second = wav(), wav(pitch=400)

        def hand_in(content):
            return operations.hand_in_prompt(prompt="bye", content=content, **desk.boss.told(NOON))

        number = hand_in(first)
        assert hand_in(first) == number
        assert queries.voice_of(words) is None, "nobody has approved it"
        assert queries.prompt_of("bye", NOON.date()).draft.id == number
        with pytest.raises(operations.OwnPromptRecording):
            operations.approve_prompt(recording_id=number, **desk.boss.told(NOON))
        for _n in range(2):
            operations.approve_prompt(recording_id=number, **editor.told(NOON))
        assert queries.voice_of(words) == first
        assert queries.played_recordings() == {words: number}

        wrong, later = hand_in(wav(pitch=500)), hand_in(second)
        with pytest.raises(operations.PromptRecordingOver):
            operations.approve_prompt(recording_id=wrong, **editor.told(NOON))
        assert queries.voice_of(words) == first, "the draft is not played"
        operations.approve_prompt(recording_id=later, **editor.told(NOON))
        assert (queries.voice_of(words), queries.is_played(number)) == (second, False)
        view = queries.prompt_of("bye", NOON.date())
        assert [r.state for r in view.recordings] == ["APPROVED", "WITHDRAWN", "REPLACED"]
        with pytest.raises(operations.PromptRecordingOver):
            operations.withdraw_prompt(recording_id=number, **desk.boss.told(NOON))
        for _n in range(2):
            operations.withdraw_prompt(recording_id=later, **desk.boss.told(NOON))
        assert queries.voice_of(words) is None, "the machine speaks again"
        kinds = [e.kind for e in journal.timeline(Ref("prompt", later))]
        assert sorted(kinds) == [
            "contact.prompt_approved", "contact.prompt_handed_in", "contact.prompt_withdrawn",
        ]  # fmt: skip

    def test_what_may_not_be_changes_nothing(self):
        desk = Desk()
        editor, seat = person(desk.office, "STANDARDS_EDITOR"), person(desk.office, "CALL_AGENT")
        boss = desk.boss.told(NOON)
        for content, refusal in (
            (b"no sound", refusals.BadPromptSound), (wav(0.1), refusals.PromptSoundShort),
            (wav(level=0.001), refusals.PromptSoundQuiet), (wav(61), refusals.PromptSoundLong),
            (wav(level=9), refusals.PromptSoundLoud),
            (wav(before=3, level=0.9), refusals.PromptSoundStill),
        ):  # fmt: skip
            with pytest.raises(refusal):
                operations.hand_in_prompt(prompt="bye", content=content, **boss)
        with pytest.raises(operations.PromptNotFound):
            operations.hand_in_prompt(prompt="nobody", content=wav(), **boss)
        for who in (editor, seat):
            with pytest.raises(NotAllowed):
                operations.hand_in_prompt(prompt="bye", content=wav(), **who.told(NOON))
        assert not PromptRecording.objects.exists()
        number = operations.hand_in_prompt(prompt="bye", content=wav(), **boss)
        with pytest.raises(NotAllowed):
            operations.approve_prompt(recording_id=number, **seat.told(NOON))
        with pytest.raises(operations.PromptNotFound):
            operations.approve_prompt(recording_id=number + 1, **editor.told(NOON))
        with pytest.raises(IntegrityError), transaction.atomic():
            PromptRecording.objects.update(state="APPROVED", approver=str(boss["actor"]))
        PromptRecording.objects.update(words="另外的话")
        with pytest.raises(operations.PromptWordsChanged):
            operations.approve_prompt(recording_id=number, **editor.told(NOON))
        assert queries.prompt_of("bye", NOON.date()).played is None
        operations.withdraw_prompt(recording_id=number, **boss)
