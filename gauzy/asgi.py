"""ASGI entry point: `uvicorn gauzy.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

from gauzy.rest.bodies import bounded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gauzy.settings")

application = bounded(get_asgi_application())
