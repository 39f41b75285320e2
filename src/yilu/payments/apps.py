from django.apps import AppConfig


class Payments(AppConfig):
    name = "yilu.payments"
    label = "payments"

    def ready(self) -> None:
        from . import reactions  # noqa: F401
