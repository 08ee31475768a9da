"""What people call the metrics: events have labels of their own, features register those of what they count besides."""

from gauzy.eventbus import catalogue

_labels: dict[str, str] = {}


def register_metric(metric: str, label: str) -> None:
    """Say how people read a metric of a feature's own. Call it in `AppConfig.ready()`."""
    _labels[metric] = label


def known_metrics() -> list[str]:
    """Return the metrics that this release counts."""
    return [*(event_type.name for event_type in catalogue.events), *_labels]


def label_of(metric: str) -> str:
    """Return what people call a metric; one that nobody registered is spelt out."""
    event_type = catalogue.find_event(metric)
    return event_type.label if event_type else _labels.get(metric) or metric.replace("_", " ").capitalize()
