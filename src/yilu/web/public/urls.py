"""Pages for everybody: is this paper genuine, what do we promise, the evidence log."""

from django.urls import path, re_path

from yilu.web.public import evidence, hotline, pledges, verify, voice

app_name = "public"
urlpatterns = [
    path("verify", verify.verify, name="verify"),
    path("verify/<str:code>", verify.by_code, name="verify_code"),
    path("verify/proof/<str:sha256>", verify.proof, name="proof"),
    path("voice/s/<str:token>", voice.survey, name="voice_survey"),
    path("voice/card/<str:code>", voice.card, name="voice_card"),
    path("voice/answer/<str:secret>", voice.answer, name="voice_answer"),
    path("voice/thanks", voice.thanks, name="voice_thanks"),
    path("call", hotline.call, name="call"),
    path("call/<str:secret>", hotline.one, name="call_one"),
    path("call/<str:secret>/now", hotline.now, name="call_now"),
    path("call/<str:secret>/sound", hotline.bring_sound, name="call_sound"),
    path("call/<str:secret>/do", hotline.act, name="call_act"),
    path("call/voice/<int:recording_id>", hotline.voice, name="call_voice"),
    path("pledges", pledges.pledges, name="pledges"),
    path("evidence", evidence.about, name="evidence"),
    path("evidence/key", evidence.key, name="evidence_key"),
    path("evidence/checkpoint", evidence.checkpoint, name="checkpoint"),
    re_path(r"^evidence/tile/entries/(?P<where>.+)$", evidence.entries, name="entries"),
    re_path(r"^evidence/tile/(?P<level>\d{1,2})/(?P<where>.+)$", evidence.tile, name="tile"),
]
