from django.apps import AppConfig


class Contact(AppConfig):
    name = "yilu.contact"
    label = "contact"

    def ready(self) -> None:
        from . import events, jobs, reactions  # noqa: F401
