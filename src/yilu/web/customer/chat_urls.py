"""The addresses of a customer's chat, below ``c/chat``."""

from __future__ import annotations

from django.urls import path

from yilu.web.customer import chat

urlpatterns = [
    path("<int:conversation_id>/live", chat.live, name="chat_live"),
    path("<int:conversation_id>/say", chat.say, name="chat_say"),
    path("<int:conversation_id>/choose", chat.choose, name="chat_choose"),
    path("<int:conversation_id>/rate", chat.rate, name="chat_rate"),
    path("<int:conversation_id>/person", chat.person, name="chat_person"),
    path("<int:conversation_id>/leave", chat.leave, name="chat_leave"),
    path("<int:conversation_id>/end", chat.end, name="chat_end"),
]
