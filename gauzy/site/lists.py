"""What every list of the admin offers beside its rows: the order last chosen, and its rows as CSV."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import strip_tags
from django.utils.text import capfirst

from gauzy.rest.spreadsheets import harmless

EXPORT, ORDER = "export", "o"
LONGEST_EXPORT = 20_000  # rows


def remember_order(model_admin: Any, request: HttpRequest) -> None:
    """Keep the order that the query asks for in the session; without one, ask for the order kept."""
    key, query = f"order:{model_admin.opts.label_lower}", request.GET.copy()
    kept = request.session.get(key, "")
    if ORDER not in query and kept:
        query[ORDER] = kept
        request.GET = query  # type: ignore[assignment]  # as the admin itself does
    elif ORDER in query and query[ORDER] != kept:
        request.session[key] = query[ORDER]


def export(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Answer with the list's columns of every row that search and filters leave, in the list's order."""
    query = request.GET.copy()
    query.pop(EXPORT)
    request.GET = query  # type: ignore[assignment]  # as above
    changelist = model_admin.get_changelist_instance(request)
    rows = list(changelist.get_queryset(request)[: LONGEST_EXPORT + 1])
    if len(rows) > LONGEST_EXPORT:
        messages.warning(request, f"More than {LONGEST_EXPORT:,} rows: narrow the list with a filter, or use the API.")
        return redirect(f"{request.path}?{query.urlencode()}")
    model_admin.prepare(rows)
    name = f"{model_admin.opts.model_name}-{datetime.now(UTC):%Y-%m-%d}.csv"
    return HttpResponse(
        _written(model_admin, changelist, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _written(model_admin: Any, changelist: Any, rows: list[Any]) -> str:
    columns = [name for name in changelist.list_display if name != "action_checkbox"]
    file = StringIO()
    lines = csv.writer(file)
    lines.writerow([capfirst(str(label_for_field(name, changelist.model, model_admin))) for name in columns])
    lines.writerows([*_cells(model_admin, row, columns)] for row in rows)
    return file.getvalue()


def _cells(model_admin: Any, row: Any, columns: list[str]) -> Iterator[str]:
    for name in columns:
        try:
            field, _, value = lookup_field(name, row, model_admin)
        except ObjectDoesNotExist:
            yield ""
            continue
        if field is not None and field.choices:
            value = getattr(row, f"get_{field.name}_display")()
        yield harmless(_text(value))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return " ".join(strip_tags(str(value)).split())
