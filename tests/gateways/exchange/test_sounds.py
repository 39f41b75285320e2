"""What an exchange plays: 8 kHz files, and one caller's own words only while they are played."""

import asyncio
import threading
import wave

from tests.gateways.switch.scene import until
from yilu.gateways.calls import Say
from yilu.gateways.calls.builtin import audio
from yilu.gateways.calls.builtin.prompts import file_name
from yilu.gateways.calls.exchange.sounds import Sounds

FIXED, OWN = Say("欢迎致电", "greeting"), Say("您的理赔已结案", "claims")
SPOKEN = audio.as_wav(audio.tone(440, seconds=0.1), channels=2)


def test_a_fixed_prompt_stays_and_somebodys_own_words_go_when_they_were_played(tmp_path):
    prompts, folder = tmp_path / "prompts", tmp_path / "sounds"
    prompts.mkdir()
    (prompts / file_name(FIXED.text, FIXED.language)).write_bytes(SPOKEN)
    folder.mkdir()
    (folder / "once-left.wav").write_bytes(b"of a process before")
    sounds = Sounds(folder, prompts, lambda _text, _language: SPOKEN)
    sounds.prepare()
    fixed, own = asyncio.run(sounds.find(FIXED)), asyncio.run(sounds.find(OWN))
    with wave.open(str(folder / f"{fixed}.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 8000, 2)
    assert (folder / f"{own}.wav").exists()
    for name in (fixed, own, own):
        sounds.played(name)
    assert {each.name for each in folder.iterdir()} == {"beep.wav", f"{fixed}.wav"}


def test_words_that_were_spoken_too_late_are_not_left_behind(tmp_path):
    begun, may = threading.Event(), threading.Event()

    def speak(_text, _language):
        begun.set()
        may.wait(20)
        return SPOKEN

    async def play():
        task = asyncio.ensure_future(sounds.find(OWN))
        await until(begun.is_set)
        task.cancel()
        await asyncio.wait([task])
        may.set()
        await asyncio.get_running_loop().shutdown_default_executor()
        await asyncio.sleep(0)

    sounds = Sounds(tmp_path, None, speak)
    sounds.prepare()
    asyncio.run(play())
    assert [each.name for each in tmp_path.iterdir()] == ["beep.wav"]


def test_words_nobody_can_speak_are_a_tone(tmp_path):
    def speak(_text, _language):
        raise OSError

    for voice in (None, speak):
        assert asyncio.run(Sounds(tmp_path, None, voice).find(OWN)) == "beep"


def test_a_persons_recording_goes_before_a_machines_and_a_new_version_is_another_file(tmp_path):
    prompts, folder = tmp_path / "prompts", tmp_path / "sounds"
    prompts.mkdir()
    (prompts / file_name(FIXED.text, FIXED.language)).write_bytes(SPOKEN)
    by_a_person = {FIXED.text: audio.as_wav(audio.tone(500, seconds=0.1), channels=1)}
    sounds = Sounds(folder, prompts, None, by_a_person.get)
    sounds.prepare()
    first = asyncio.run(sounds.find(FIXED))
    by_a_person[FIXED.text] = audio.as_wav(audio.tone(600, seconds=0.1), channels=1)
    later = asyncio.run(sounds.find(FIXED))
    by_a_person.clear()
    assert len({first, later, asyncio.run(sounds.find(FIXED))}) == 3
    told = Say("欢迎，8:30 有人", "greeting", plain=FIXED.text)
    assert asyncio.run(sounds.find(told)) == file_name(FIXED.text, FIXED.language)[:-4]
