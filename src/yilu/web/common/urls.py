"""Pages every door shares."""

from django.urls import path

from yilu.web.common import news, pages, preferences

app_name = "common"
urlpatterns = [
    path("preferences/type", preferences.set_type_size, name="type_size"),
    path("preferences/language", preferences.set_language, name="language"),
    path("push/ticket", news.renew_ticket, name="push_ticket"),
    path("help", pages.how_to_reach_us, name="help"),
    path("gallery", pages.gallery, name="gallery"),
    path("gallery/staff", pages.staff_gallery, name="staff_gallery"),
]
