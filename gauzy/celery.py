"""The Celery application: `celery -A gauzy worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gauzy.settings")

app = Celery("gauzy")
app.config_from_object("django.conf:settings", namespace="CELERY")
