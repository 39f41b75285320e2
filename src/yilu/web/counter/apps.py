from django.apps import AppConfig


class Counter(AppConfig):
    name = "yilu.web.counter"
    label = "web_counter"
