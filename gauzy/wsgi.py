"""WSGI entry point: `gunicorn gauzy.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gauzy.settings")

application = get_wsgi_application()
