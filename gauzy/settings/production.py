"""Production: nothing secret or external has a default."""

from django.core.exceptions import ImproperlyConfigured

from gauzy.settings.base import env

_missing = [
    name
    for name in (
        *("SECRET_KEY", "ENCRYPTION_KEYS", "ALLOWED_HOSTS", "DATABASE_URL"),
        *("PUBLIC_URL", "EMAIL_HOST", "DEFAULT_FROM_EMAIL"),
    )
    if not env.str(name, default="")
]
if not (env.str("BROKER_URL", default="") or env.str("REDIS_URL", default="")):
    _missing.append("BROKER_URL (or REDIS_URL)")
if _missing:
    raise ImproperlyConfigured(f"ENVIRONMENT=production needs these in the environment: {', '.join(_missing)}.")

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]  # probes and Prometheus come from inside, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", default=False) else None
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
