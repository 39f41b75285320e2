from django.apps import AppConfig


class Hooks(AppConfig):
    name = "yilu.web.hooks"
    label = "web_hooks"
