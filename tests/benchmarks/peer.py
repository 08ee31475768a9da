"""A process of the product that does what it is told: one JSON line in, one out.

{"call": "publishing.durable", "arguments": {"count": 200}} calls `tests.benchmarks.publishing.durable(count=200)`.
"""

import json
import sys
from contextlib import redirect_stdout
from importlib import import_module

import django


def main() -> None:
    django.setup()
    answers = sys.stdout
    for line in sys.stdin:
        order = json.loads(line)
        module, _, name = order["call"].rpartition(".")
        with redirect_stdout(sys.stderr):
            answer = getattr(import_module(f"tests.benchmarks.{module}"), name)(**order["arguments"])
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
