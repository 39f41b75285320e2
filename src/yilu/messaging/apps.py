from django.apps import AppConfig


class Messaging(AppConfig):
    name = "yilu.messaging"
    label = "messaging"
