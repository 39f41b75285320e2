"""Pages for everybody: is this paper genuine, what do we promise, the evidence log."""

from django.urls import path

from yilu.web.public import pledges, verify

app_name = "public"
urlpatterns = [
    path("verify", verify.verify, name="verify"),
    path("pledges", pledges.pledges, name="pledges"),
]
