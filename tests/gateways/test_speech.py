"""A service that hears and speaks, and what it may not do to us."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.management import CommandError, call_command

from yilu.gateways import speech
from yilu.gateways.calls.builtin import audio
from yilu.gateways.speech import Heard, NoSpeech
from yilu.gateways.speech.http_service import HttpSpeech

WAV = audio.as_wav(audio.tone(300, seconds=0.1), channels=1)
SAID = {
    "segments": [
        {"start": 0.5, "end": 2, "text": " 我要理赔 "},
        {"start": 3, "end": 4, "text": " "},
    ]
}


class Service(BaseHTTPRequestHandler):
    answer, status, asked = b"", 200, []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_given):
        pass


@pytest.fixture
def service():
    Service.status, Service.asked = 200, []
    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_a_call_is_written_down_and_a_prompt_is_spoken(service):
    both = HttpSpeech(service, "key", voice="model/voice")
    Service.answer = json.dumps(SAID).encode()
    assert both.transcribe(WAV) == [Heard(0.5, 2.0, "我要理赔")]
    Service.answer = WAV
    assert both.speak("您好", "zh-CN") == WAV
    (heard, key, form), (spoken, _key, asked) = Service.asked
    assert (heard, spoken) == ("/v1/audio/transcriptions", "/v1/audio/speech")
    assert (key, WAV in form) == ("Bearer key", True)
    assert json.loads(asked)["voice"] == "voice"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"no", 500),
        (b"", 302),
        (b"[]", 200),
        (b"{", 200),
        (b'{"segments": [5]}', 200),
        (b"[" * 9000, 200),
    ],
)
def test_what_is_no_answer_is_no_speech(service, answer, status):
    Service.answer, Service.status = answer, status
    both = HttpSpeech(service, "")
    with pytest.raises(NoSpeech):
        both.transcribe(WAV)
    with pytest.raises(NoSpeech):
        both.speak("您好", "zh-CN")


def test_a_service_that_is_away_or_a_folder_that_is_none_is_said(settings, tmp_path):
    with pytest.raises(NoSpeech):
        HttpSpeech("http://127.0.0.1:9/v1", "").transcribe(WAV)
    settings.SPEECH_URL, settings.SPEECH_MODEL = "", ""
    assert (speech.transcriber(), speech.synthesizer()) == (None, None)
    settings.SPEECH_MODEL = str(tmp_path / "none")
    with pytest.raises(ValueError, match="folder"):
        speech.transcriber()
    settings.SPEECH_MODEL = str(tmp_path)  # a folder, no model in it, perhaps no library either
    with pytest.raises(NoSpeech):
        speech.transcriber().transcribe(WAV)


@pytest.mark.django_db
def test_every_prompt_is_spoken_once(service, settings, tmp_path, capsys):
    settings.CALL_PROMPTS, settings.SPEECH_URL = tmp_path / "prompts", ""
    with pytest.raises(CommandError):
        call_command("prompts")
    settings.SPEECH_URL, Service.answer = service, WAV
    call_command("prompts")
    made = len(list(settings.CALL_PROMPTS.iterdir()))
    assert made == len(Service.asked) > 10
    call_command("prompts")
    assert len(Service.asked) == made
    assert f"{made} were there" in capsys.readouterr().out
