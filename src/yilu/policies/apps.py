from django.apps import AppConfig


class Policies(AppConfig):
    name = "yilu.policies"
    label = "policies"
