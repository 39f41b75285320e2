from django.apps import AppConfig


class Console(AppConfig):
    name = "yilu.web.console"
    label = "web_console"
