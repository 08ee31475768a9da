"""Settings, read from the environment (django-environ).

`ENVIRONMENT` is `development` (default: SQLite, embedded worker, mail to a loopback port), `test` or `production`
(nothing secret or external has a default there; see docs/operations.md).
"""

from gauzy.settings.base import *  # noqa: F403  settings modules are namespaces by Django's convention
from gauzy.settings.base import ENVIRONMENT, OTEL_EXPORTER_OTLP_ENDPOINT

if OTEL_EXPORTER_OTLP_ENDPOINT:
    from gauzy.settings.tracing import *  # noqa: F403  as above

if ENVIRONMENT == "production":
    from gauzy.settings.production import *  # noqa: F403  as above
