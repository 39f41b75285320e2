from django.apps import AppConfig


class Payments(AppConfig):
    name = "yilu.payments"
    label = "payments"
