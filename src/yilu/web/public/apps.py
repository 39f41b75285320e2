from django.apps import AppConfig


class Public(AppConfig):
    name = "yilu.web.public"
    label = "web_public"
