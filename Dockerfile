# One image for web, worker and commands. Built in two stages: the second has no compiler, no pip and no tests.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.txt requirements-tracing.txt ./
ARG TRACING=
# Only what runs the product; the whole file holds it to the versions that were tested.
RUN sed '/^# --- what tests/,$d' requirements.txt > runtime.txt \
 && python -m venv /venv \
 && /venv/bin/pip install -r runtime.txt ${TRACING:+-r requirements-tracing.txt} -c requirements.txt \
 && /venv/bin/pip uninstall --yes pip

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ENVIRONMENT=production
RUN useradd --system --uid 10001 --no-create-home gauzy
WORKDIR /app
COPY --from=build /venv /venv
COPY manage.py ./
COPY gauzy gauzy
COPY employees employees
COPY timetracking timetracking
COPY integrations integrations
COPY activitylog activitylog
# Static files need the settings, not the world that these invented values name; none of them is kept.
RUN SECRET_KEY=build ENCRYPTION_KEYS=build ALLOWED_HOSTS=build PUBLIC_URL=https://build DATABASE_URL=sqlite:////tmp/build.sqlite3 \
    REDIS_URL=redis://build EMAIL_HOST=build DEFAULT_FROM_EMAIL=build@build \
    python manage.py collectstatic --no-input --verbosity 0
USER gauzy
EXPOSE 8000
STOPSIGNAL SIGTERM
COPY tools/is-alive /usr/local/bin/is-alive
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["is-alive", "http://127.0.0.1:8000/health/live"]
CMD ["uvicorn", "gauzy.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "30"]
