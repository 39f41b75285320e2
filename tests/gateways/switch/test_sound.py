"""Frames, packets and keys: what comes over a wire is taken as it is, or not at all."""

import asyncio
import contextlib
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.gateways.calls import Say
from yilu.gateways.calls.builtin import audio, rtp
from yilu.gateways.calls.builtin.legs import BadOffer, read_offer
from yilu.gateways.calls.builtin.prompts import Prompts, file_name


@settings(max_examples=50)
@given(st.binary(min_size=1, max_size=100))
def test_ulaw_is_near_what_was_said(samples):
    said = np.frombuffer(samples * 2, np.int16)
    heard = audio.to_samples(audio.to_ulaw(said)).astype(int)
    assert np.all(np.abs(heard - said) <= np.maximum(np.abs(said.astype(int)) * 0.07, 1100) + 8)
    # Compared as heard: silence has two codes, one for each sign.
    assert np.array_equal(
        audio.to_samples(audio.to_ulaw(audio.to_samples(audio.to_ulaw(said)))), heard
    )


def test_the_codes_are_those_of_the_standard():
    assert [int(audio.to_samples(bytes([code]))[0]) for code in (0x00, 0x80, 0x7F, 0xFF)] == [
        -32124, 32124, 0, 0
    ]  # fmt: skip
    everything = bytes(range(256))
    there_and_back = audio.ulaw_to_alaw(audio.alaw_to_ulaw(everything))
    loud = audio.to_samples(audio.alaw_to_ulaw(everything)).astype(int)
    again = audio.to_samples(audio.alaw_to_ulaw(there_and_back)).astype(int)
    assert np.max(np.abs(loud - again)) <= np.max(np.abs(loud)) * 0.07


def test_two_channels_stay_apart_and_a_wav_comes_back():
    left, right = audio.tone(440, seconds=0.1), audio.tone(880, seconds=0.2)
    both = audio.interleaved(left, right)
    assert audio.channel(both, 0)[: len(left)] == left
    assert audio.channel(both, 1) == right
    assert audio.from_wav(audio.as_wav(left, channels=1)) == left
    with pytest.raises(ValueError, match=r"\w"):
        audio.from_wav(b"RIFF no wave")


def packet(number, content=b"\x10" * 160, kind=0, stamp=0, source=1):
    return struct.pack("!BBHII", 0x80, kind, number & 0xFFFF, stamp, source) + content


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_packet_or_none(data):
    line = rtp.Receiver()
    with contextlib.suppress(rtp.BadPacket):
        line.take(data)
    assert len(line.heard) <= rtp.WAITING_MAX
    assert len(line.frame()) == audio.FRAME


def test_late_and_repeated_packets_and_other_codecs_are_passed_over():
    line = rtp.Receiver()
    for number in (65535, 0, 0, 65534, 1):
        line.take(packet(number))
    line.take(packet(2, kind=8))
    assert (len(line.heard), line.dropped) == (3 * 160, 3)


def test_a_key_counts_once_however_often_it_is_told():
    line = rtp.Receiver()
    events = [
        packet(n, struct.pack("!BBH", 5, 0x80 * (n > 2), 160 * n), 101, 8000) for n in range(6)
    ]
    assert [line.take(each) for each in events] == ["5", "", "", "", "", ""]
    assert line.take(packet(9, struct.pack("!BBH", 14, 0, 1), 101, 16000)) == "", "no such key"


def test_a_flood_of_keys_is_passed_over_but_for_what_a_hand_can_press():
    line = rtp.Receiver()
    told = [line.take(packet(n, struct.pack("!BBH", 1, 0, 1), 101, n * 8)) for n in range(1, 1001)]
    assert 8 <= len([key for key in told if key]) <= 17


@pytest.mark.parametrize(
    "sdp",
    [
        "",
        "v=0\r\n",
        "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n",
        "x" * 20_000,
        "m=audio 9 RTP/AVP 0\r\n" * 3,
    ],
)
def test_what_describes_no_sound_is_no_offer(sdp):
    with pytest.raises(BadOffer):
        read_offer(sdp)


def test_a_prompt_comes_from_its_file_else_from_a_voice_else_it_is_a_tone(tmp_path):
    wav = audio.as_wav(audio.tone(300, seconds=0.1), channels=1)
    say, other = Say("您好", "greeting"), Say("再见", "goodbye")
    (tmp_path / file_name("您好", "zh-CN")).write_bytes(wav)

    def broken(text, language):
        raise ConnectionError

    silent, voice = Prompts(tmp_path, broken), Prompts(None, lambda text, language: wav)
    assert asyncio.run(silent.sound(say)) == audio.from_wav(wav)
    assert asyncio.run(silent.sound(other)) == audio.beep()
    assert asyncio.run(voice.sound(other)) == audio.from_wav(wav)


def test_a_persons_recording_goes_first_and_a_moment_nobody_can_speak_is_left_out(tmp_path):
    def wav(pitch):
        return audio.as_wav(audio.tone(pitch, seconds=0.1), channels=1)

    by_a_person = {"您好": wav(400)}
    (tmp_path / file_name("您好", "zh-CN")).write_bytes(wav(300))
    (tmp_path / file_name("没有人", "zh-CN")).write_bytes(wav(500))
    told = Say("没有人，8:30 有人", "closed", plain="没有人")
    prompts = Prompts(tmp_path, None, by_a_person.get)
    assert asyncio.run(prompts.sound(Say("您好"))) == audio.from_wav(wav(400))
    by_a_person["您好"] = wav(450)
    assert asyncio.run(prompts.sound(Say("您好"))) == audio.from_wav(wav(450)), "the newest version"
    by_a_person.clear()
    assert asyncio.run(prompts.sound(Say("您好"))) == audio.from_wav(wav(300))
    assert asyncio.run(prompts.sound(told)) == audio.from_wav(wav(500))
    speaks = Prompts(tmp_path, lambda text, language: wav(600), {"没有人": wav(700)}.get)
    assert asyncio.run(speaks.sound(told)) == audio.from_wav(wav(600)), "with its moment"

    def away(_words):
        raise ConnectionError

    assert asyncio.run(Prompts(tmp_path, None, away).sound(Say("您好"))) == audio.from_wav(wav(300))
