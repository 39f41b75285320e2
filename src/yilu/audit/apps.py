from django.apps import AppConfig


class Audit(AppConfig):
    name = "yilu.audit"
    label = "audit"
