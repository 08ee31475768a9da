from typing import Any

from rest_framework import serializers

from gauzy.exceptions import Invalid
from gauzy.rest.problems import flatten


class JudgedItems(serializers.ListField):
    """Turns an item that cannot be read into its refusal, and leaves the others alone."""

    def run_child_validation(self, data: Any) -> Any:
        return [self._judge(item) for item in data]

    def _judge(self, item: Any) -> Any:
        try:
            return self.child.run_validation(item)
        except serializers.ValidationError as error:
            return Invalid(fields=flatten(error.detail))
