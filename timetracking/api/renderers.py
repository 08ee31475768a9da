from rest_framework.renderers import JSONRenderer


class CsvRenderer(JSONRenderer):
    """Lets callers ask for text/csv. The view writes its answer; what is rendered here are refusals, as JSON."""

    media_type = "text/csv"
    format = "csv"
