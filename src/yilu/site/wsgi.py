"""The web process's entry: ``granian --interface wsgi yilu.site.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")
application = get_wsgi_application()
