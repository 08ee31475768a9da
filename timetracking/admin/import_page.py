"""Time from other products' CSV: upload, try, read the verdicts, import."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from gauzy.exceptions import DomainError
from gauzy.organizations.selectors import organizations
from gauzy.organizations.validators import time_zones
from gauzy.site.forms import show_refusal
from timetracking.choices import RowVerdict
from timetracking.importing.clock import DateOrder
from timetracking.importing.placing import DAY_START
from timetracking.importing.reading import check_size
from timetracking.importing.report import ImportReport, VerdictOnRow
from timetracking.importing.running import ImportOptions, import_time

MOST_ROWS = 1000  # on one page, those to look at first
TONES = {RowVerdict.CREATED: "good", RowVerdict.KNOWN: "info", RowVerdict.REFUSED: "danger"}
_ORDERS = {DateOrder.DMY: "Day, month, year", DateOrder.MDY: "Month, day, year"}


def _zones() -> list[tuple[str, str]]:
    return [("", "That of the organization"), *((name, name) for name in sorted(time_zones()))]


class TimeImportForm(forms.Form):
    organization_id: Any = forms.ModelChoiceField(queryset=None, label="Organization")
    file = forms.FileField(
        label="CSV file", widget=forms.FileInput(attrs={"accept": ".csv,text/csv", "style": "padding: .4rem"})
    )
    time_zone = forms.ChoiceField(choices=_zones, required=False, label="Time zone of the file")
    date_order = forms.ChoiceField(
        choices=[("", "As the file tells"), *((order.value, text) for order, text in _ORDERS.items())],
        required=False,
        label="Order of its dates",
    )
    day_start = forms.TimeField(
        initial=DAY_START.strftime("%H:%M"),
        label="Where days without clock times begin",
        widget=forms.TimeInput(attrs={"type": "time"}),
    )
    create_missing = forms.BooleanField(
        required=False, initial=True, label="Make the clients, projects and tasks that are missing"
    )
    include_breaks = forms.BooleanField(required=False, label="Breaks count as time (Clockify)")
    round_hours = forms.BooleanField(required=False, label="Round hours to whole minutes (Harvest)")
    atomic = forms.BooleanField(required=False, label="All or nothing: one refused row undoes the rest")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organization_id"]
        field.queryset = found = organizations().order_by("name")
        field.initial = found.first()
        for one in self.fields.values():
            one.widget.attrs["class"] = "gz-check" if isinstance(one, forms.BooleanField) else "gz-input"

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            check_size(file.size)
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal
        return file


def import_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Show the form; on POST import the file, or try it and take it back unless "import" was pressed."""
    form = TimeImportForm(request.POST or None, request.FILES or None)
    report = _run(request, form) if request.method == "POST" and form.is_valid() else None
    context = {"title": "Import time from CSV", "form": form, "report": report} | (_told(report) if report else {})
    return TemplateResponse(
        request, "timetracking/import.html", {**model_admin.admin_site.each_context(request), **context}
    )


def _told(report: ImportReport) -> dict[str, Any]:
    rows = _to_look_at(report.rows)
    return {
        "verdicts": [(row, TONES[row.verdict]) for row in rows],
        "left_out": len(report.rows) - len(rows),
        "counts": [(verdict.label, report.count(verdict), TONES[verdict]) for verdict in RowVerdict],
        "made": [(kind, ", ".join(names)) for kind, names in report.made.items() if names],
    }


def _to_look_at(rows: Sequence[VerdictOnRow]) -> Sequence[VerdictOnRow]:
    """Return the rows that the page has room for, in the file's order; what is wrong goes before what is well."""
    if len(rows) <= MOST_ROWS:
        return rows
    return sorted(sorted(rows, key=_urgency)[:MOST_ROWS], key=lambda row: row.row)


def _urgency(row: VerdictOnRow) -> int:
    return 0 if row.code else 1 if row.warnings else 2


def _run(request: HttpRequest, form: TimeImportForm) -> ImportReport | None:
    values = form.cleaned_data
    order = values["date_order"]
    try:
        return import_time(
            content=values["file"].read(),
            organization_id=values["organization_id"].pk,
            file_name=values["file"].name,
            atomic=values["atomic"],
            dry_run="import" not in request.POST,
            options=ImportOptions(
                time_zone=values["time_zone"],
                date_order=DateOrder(order) if order else None,
                day_start=values["day_start"],
                **{name: values[name] for name in ("include_breaks", "round_hours", "create_missing")},
            ),
        )
    except DomainError as refusal:
        show_refusal(form, refusal)
        return None
