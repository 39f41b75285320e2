from django.apps import AppConfig


class Staff(AppConfig):
    name = "yilu.web.staff"
    label = "web_staff"
