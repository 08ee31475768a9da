from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class TelemetryConfig(AppConfig):
    name = "gauzy.telemetry"

    def ready(self) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ModuleNotFoundError as missing:
            raise ImproperlyConfigured(
                f"OTEL_EXPORTER_OTLP_ENDPOINT is set, and {missing.name} is not installed: "
                "pip install -r requirements-tracing.txt -c requirements.txt, or empty the variable."
            ) from missing
        from gauzy.telemetry import providing

        processor = BatchSpanProcessor(OTLPSpanExporter())  # which reads OTEL_EXPORTER_OTLP_… itself
        provider = providing.provide(processor, share=settings.TRACE_SHARE, service=settings.OTEL_SERVICE_NAME)
        providing.connect(provider)
