"""The platform: everything that knows no feature."""

from gauzy.celery import app as celery_app

__all__ = ["celery_app"]
