"""The addresses of the seat's chats, below ``chat``."""

from __future__ import annotations

from django.urls import path

from yilu.web.staff import chat

urlpatterns = [
    path("", chat.desk, name="chat"),
    path("list", chat.listing, name="chat_list"),
    path("<int:conversation_id>", chat.desk, name="chat_with"),
    path("<int:conversation_id>/lines", chat.lines, name="chat_lines"),
    path("<int:conversation_id>/say", chat.say, name="chat_say"),
    path("<int:conversation_id>/quick", chat.quick, name="chat_quick"),
]
