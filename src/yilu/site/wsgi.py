"""The web process's entry: ``granian --interface wsgi yilu.site.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from yilu.kernel import memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")
memory.collect_seldom()
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  (every door is loaded now, not with its first visitor)
memory.keep_what_is_loaded()
