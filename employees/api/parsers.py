from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.base import ContentFile
from django.http import UnreadablePostError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from employees.importing.reading import MAX_BYTES


class CsvParser(BaseParser):
    """Takes the whole body for the file, as if it had been uploaded in a form."""

    media_type = "text/csv"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            body = stream.read(MAX_BYTES + 1)
        except UnreadablePostError as error:
            raise ParseError("The body ended too early.") from error
        if len(body) > MAX_BYTES:
            raise RequestDataTooBig
        return {"file": ContentFile(body, name="body.csv")}
