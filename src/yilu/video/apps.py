from django.apps import AppConfig


class Video(AppConfig):
    name = "yilu.video"
    label = "video"
    verbose_name = "视频服务"

    def ready(self) -> None:
        from . import reactions  # noqa: F401
