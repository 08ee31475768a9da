"""ASGI entry point: `uvicorn gauzy.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gauzy.settings")

application = get_asgi_application()
