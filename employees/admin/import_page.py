"""Employees from CSV: upload, try, read the verdicts, import."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from employees.admin.forms import ImportForm
from employees.choices import Verdict
from employees.importing import ImportReport, import_employees
from employees.importing.reading import COLUMNS, MAX_BYTES, REQUIRED
from gauzy.exceptions import DomainError
from gauzy.site.forms import show_refusal

TONES = {Verdict.CREATED: "good", Verdict.EXISTS: "info", Verdict.REFUSED: "danger"}


def import_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Show the form; on POST import the file, or try it and take it back unless "import" was pressed."""
    form = ImportForm(request.POST or None, request.FILES or None)
    report = _run(request, form) if request.method == "POST" and form.is_valid() else None
    return TemplateResponse(
        request,
        "employees/import.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": "Import employees from CSV",
            "form": form,
            "columns": [(name, name in REQUIRED) for name in COLUMNS],
            "report": report,
            "verdicts": [(line, TONES[line.verdict]) for line in report.lines] if report else [],
            "counts": [(verdict.label, report.count(verdict), TONES[verdict]) for verdict in Verdict] if report else [],
        },
    )


def _run(request: HttpRequest, form: ImportForm) -> ImportReport | None:
    file = form.cleaned_data["file"]
    try:
        return import_employees(
            content=file.read(MAX_BYTES + 1),
            organization_id=form.cleaned_data["organization_id"].pk,
            atomic=form.cleaned_data["atomic"],
            dry_run="import" not in request.POST,
        )
    except DomainError as refusal:
        show_refusal(form, refusal)
        return None
