"""Spans for OpenTelemetry. Not imported unless they are asked for: see gauzy/settings/tracing.py."""
