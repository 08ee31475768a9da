"""What holds in every environment."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from gauzy.settings.unfold import FORMAT_MODULE_PATH, UNFOLD  # noqa: F401  settings

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

ENVIRONMENT: str = env.str("ENVIRONMENT", default="development")
if ENVIRONMENT not in {"development", "test", "production"}:
    raise ImproperlyConfigured(f"ENVIRONMENT is {ENVIRONMENT!r}: use development, test or production.")

DEBUG: bool = env.bool("DEBUG", default=ENVIRONMENT == "development")
SECRET_KEY: str = env.str("SECRET_KEY", default="" if ENVIRONMENT == "production" else "development-only")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Where people and mails find this installation; no trailing slash.
PUBLIC_URL: str = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "gauzy.site.apps.SiteConfig",
    "unfold.apps.BasicAppConfig",  # its default one would put its own admin site in place of ours
    "gauzy.users",  # before django.contrib.auth: its `createsuperuser` replaces Django's
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "gauzy.eventops",  # before django.contrib.staticfiles: its `runserver` replaces Django's
    "django.contrib.staticfiles",
    "gauzy.site.apps.GauzyAdminConfig",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "gauzy.eventbus",
    "gauzy.tenancy",
    "gauzy.rest",
    "gauzy.notifications",
    "gauzy.analytics",
    "gauzy.organizations",
    "employees",
    "timetracking",
    "integrations",
    "activitylog",
]

MIDDLEWARE = [
    "gauzy.rest.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gauzy.users.middleware.TokenMiddleware",
    "gauzy.tenancy.middleware.SessionTenantMiddleware",
    "gauzy.rest.middleware.RequestLogMiddleware",
]

ROOT_URLCONF = "gauzy.urls"
WSGI_APPLICATION = "gauzy.wsgi.application"
ASGI_APPLICATION = "gauzy.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- database ---------------------------------------------------------------------------------------------------------

SQLITE_OPTIONS = {  # measured: without IMMEDIATE, WAL gives "database is locked" at once on a read-to-write upgrade
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
}


def _database() -> dict[str, Any]:
    default = f"sqlite:///{BASE_DIR / 'var' / 'gauzy.sqlite3'}"
    database: dict[str, Any] = env.db_url("DATABASE_URL", default=default)
    if database["ENGINE"].endswith("sqlite3"):
        Path(database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        database["OPTIONS"] = SQLITE_OPTIONS
        # A file, also in tests: threads and child processes must see the same rows.
        database["TEST"] = {"NAME": f"{database['NAME']}.test"}
    else:
        database |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        if env.bool("PREPARED_STATEMENTS", default=True):  # of the bus alone: Django's own are never prepared
            database["OPTIONS"] = database.get("OPTIONS", {}) | {"prepare_threshold": 5}
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- bus and Celery ---------------------------------------------------------------------------------------------------

# Without a broker the web process runs a worker of its own, and hints stay in it (gauzy/eventbus/inprocess.py).
CELERY_BROKER_URL: str = env.str("BROKER_URL", default=env.str("REDIS_URL", default="inprocess://localhost"))
EMBEDDED_WORKER: bool = CELERY_BROKER_URL.startswith("inprocess:")

CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_DB_REUSE_MAX = 1000  # without it Celery closes the connection around every task
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if CELERY_BROKER_URL.startswith(("redis:", "rediss:")):
    # What a message would say again is in the database (docs/decisions/0016), so Redis need not remember who holds it.
    # A worker that lost Redis while it held one died of putting it back (kombu.transport.redis.QoS.restore_unacked).
    CELERY_BROKER_TRANSPORT_OPTIONS = {"ack_emulation": False}

METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")  # who has it may read /metrics; without it there is none
OTEL_EXPORTER_OTLP_ENDPOINT: str = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")  # without it there are no spans

EVENTBUS: dict[str, Any] = {"QUEUES": ["default", "mail", "integrations", "webhooks"]}

# --- people and access ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["gauzy.users.backends.EmailBackend", "gauzy.tenancy.backends.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
ACCESS_TOKEN_LIFETIME = timedelta(days=env.int("ACCESS_TOKEN_DAYS", default=30))
API_KEY_LONGEST_LIFETIME = timedelta(days=env.int("API_KEY_MAX_DAYS", default=366))
PASSWORD_RESET_TIMEOUT = 7 * 86_400  # seconds; also for the links in welcome mails
RESET_PASSWORD_TIMEOUT = 3_600  # seconds; for the links that somebody asked for
VERIFY_EMAIL_TIMEOUT = 7 * 86_400  # seconds

# Counted in this cache: several web processes need a shared one (CACHE_URL) to count together.
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
if CACHES["default"]["BACKEND"].endswith("LocMemCache"):
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 100_000}
THROTTLE_RATES = {
    "api": env.str("API_RATE", default="60000/min"),  # by user or key; by network address for nobody
    "registration": env.str("REGISTRATION_RATE", default="10/hour"),  # by network address
    "login": env.str("LOGIN_RATE", default="20/min"),  # by network address
    "account": env.str("ACCOUNT_RATE", default="10/min"),  # by the e-mail that is tried
    "link": env.str("LINK_RATE", default="20/min"),  # by network address
    "mail": env.str("MAIL_RATE", default="5/hour"),  # by the e-mail, or the user, that a link is mailed to
}

# Scripts come from files only. Alpine, which Unfold's pages run on, makes functions of attributes: hence unsafe-eval.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- mail -------------------------------------------------------------------------------------------------------------

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST: str = env.str("EMAIL_HOST", default="127.0.0.1")
EMAIL_PORT: int = env.int("EMAIL_PORT", default=8025)
EMAIL_HOST_USER: str = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD: str = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS: bool = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Gauzy <gauzy@localhost>")
# The e-mail history shows links whole only where that opens nobody's account: not where people work.
EMAIL_HISTORY_KEEPS_LINKS: bool = env.bool("EMAIL_HISTORY_KEEPS_LINKS", default=ENVIRONMENT == "development")

# --- integrations -----------------------------------------------------------------------------------------------------

# Secrets of integrations are encrypted with the first and can be read with any: a new key goes in front.
ENCRYPTION_KEYS: list[str] = env.list("ENCRYPTION_KEYS", default=[] if ENVIRONMENT == "production" else [SECRET_KEY])
# Hosts, perhaps with a port, that webhooks may go to although they are not public; also by plain http.
WEBHOOK_ALLOWED_HOSTS: list[str] = env.list("WEBHOOK_ALLOWED_HOSTS", default=[])
WEBHOOK_TIMEOUT: float = env.float("WEBHOOK_TIMEOUT", default=15.0)  # seconds for one attempt, from the look-up on
# The GitHub App of this installation: deliveries to it are signed with the secret.
GITHUB_APP_WEBHOOK_SECRET: str = env.str("GITHUB_APP_WEBHOOK_SECRET", default="")
GITHUB_APP_SLUG: str = env.str("GITHUB_APP_SLUG", default="")
GITHUB_APP_ID: str = env.str("GITHUB_APP_ID", default="")
GITHUB_APP_PRIVATE_KEY: str = env.str("GITHUB_APP_PRIVATE_KEY", default="")
GITHUB_APP_CLIENT_ID: str = env.str("GITHUB_APP_CLIENT_ID", default="")
GITHUB_APP_CLIENT_SECRET: str = env.str("GITHUB_APP_CLIENT_SECRET", default="")
GITHUB_URL: str = env.str("GITHUB_URL", default="https://github.com").rstrip("/")
GITHUB_API_URL: str = env.str("GITHUB_API_URL", default="https://api.github.com").rstrip("/")
GITHUB_WEBHOOK_MAX_BYTES = 25 * 1024 * 1024  # GitHub sends no more
UPWORK_URL: str = env.str("UPWORK_URL", default="https://www.upwork.com").rstrip("/")
UPWORK_API_URL: str = env.str("UPWORK_API_URL", default="https://api.upwork.com/graphql")
UPWORK_REDIRECT_URL: str = env.str(
    "UPWORK_REDIRECT_URL", default=f"{PUBLIC_URL}/admin/integrations/integration/upwork/callback"
)
UPWORK_BACKOFF: float = env.float("UPWORK_BACKOFF", default=1.0)  # seconds before another try
SYNC_EVERY: float = env.float("SYNC_EVERY", default=3_600.0)  # seconds between syncs nobody asks for; 0: none
# Days for which what came in, what went out and what syncs did is kept.
INTEGRATION_HISTORY_DAYS: int = env.int("INTEGRATION_HISTORY_DAYS", default=90)

# --- REST -------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "gauzy.users.authentication.TokenAuthentication",
        "gauzy.users.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["gauzy.rest.permissions.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["gauzy.rest.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["gauzy.rest.throttling.PrincipalThrottle"],
    "DEFAULT_SCHEMA_CLASS": "gauzy.rest.schema.Schema",
    "DEFAULT_PAGINATION_CLASS": "gauzy.rest.paging.KeysetPagination",
    "EXCEPTION_HANDLER": "gauzy.rest.errors.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_METADATA_CLASS": None,
    # How many proxies of ours stand in front: only those may say in X-Forwarded-For whom a throttle counts.
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", default=0),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Gauzy on Django",
    "DESCRIPTION": "People, invites, time, invoices, integrations: a work-management backend driven by events.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {  # fields of one name, values of their own
        "EmailStatus": "gauzy.notifications.choices.EmailStatus.choices",
        "EmployeeStatus": "employees.choices.EmployeeStatus.choices",
        "IntegrationState": "integrations.choices.IntegrationState.choices",
        "DeliveryState": "integrations.choices.DeliveryState.choices",
        "EndpointState": "integrations.choices.EndpointState.choices",
        "TaskStatus": "timetracking.choices.TaskStatus.choices",
        "TimesheetStatus": "timetracking.choices.TimesheetStatus.choices",
        "SyncState": "integrations.choices.SyncState.choices",
    },
    "POSTPROCESSING_HOOKS": [],  # choices stay where they are used: as components their names would clash
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes; larger bodies get 413
REQUEST_MAX_BYTES = GITHUB_WEBHOOK_MAX_BYTES  # of any body; not read beyond, whatever its header says

# --- language, time, files --------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-collected"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = ENVIRONMENT != "production"  # no collectstatic before a first look

LOG_FORMAT: str = env.str("LOG_FORMAT", default="json" if ENVIRONMENT == "production" else "line")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "gauzy.rest.logs.ContextFilter"}},
    "formatters": {
        "json": {"()": "gauzy.rest.logs.JsonFormatter"},
        "line": {
            "format": "%(asctime)s %(levelname)s %(name)s [%(correlation_id)s] %(message)s",
            "datefmt": "%H:%M:%S",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["context"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "gauzy.request": {"level": "INFO" if ENVIRONMENT == "production" else "WARNING"},
        "httpx": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},  # it tells of hints; the bus tells of the work
        "celery.app.trace": {"level": "WARNING"},
    },
}
