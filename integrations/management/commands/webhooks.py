import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gauzy.tenancy.usage import add_action, explain
from integrations.outbound.signatures import is_genuine, is_key

_LARGEST = 1_000_000  # bytes of a message


class Command(BaseCommand):
    help = "Receive webhooks on this machine and show them."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="listen")
        explain(parser, "webhooks listen --help")
        listen = add_action(
            *(actions, "listen", "print what arrives, and whether its signature is genuine"),
            "webhooks listen --secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "webhooks listen --port 0 --status 500 --count 1",
        )
        listen.add_argument("--port", type=int, default=9000, help="0: any free one")
        listen.add_argument(
            "--secret", default="", help="the endpoint's signing secret; without it nothing is verified"
        )
        listen.add_argument("--status", type=int, default=204, help="answer with this, to see what retries look like")
        listen.add_argument("--count", type=int, default=0, help="stop after so many messages")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["secret"] and not is_key(options["secret"]):
            raise CommandError("--secret is no signing secret such as whsec_…", returncode=2)
        with ThreadingHTTPServer(("127.0.0.1", options["port"]), _receiver(self, options)) as server:
            port = server.server_address[1]
            self.stdout.write(f"Listening on http://127.0.0.1:{port}/ – add 127.0.0.1 to WEBHOOK_ALLOWED_HOSTS.")
            self.stdout.flush()
            _serve(server, options["count"])

    def show(self, headers: dict[str, str], body: bytes, secret: str) -> bool:
        """Print a message; return whether it is genuine, as far as that was asked."""
        genuine = not secret or is_genuine(secret, headers, body, now=int(time.time()))
        verdict = "not verified" if not secret else "genuine" if genuine else "NOT GENUINE"
        self.stdout.write(f"{headers.get('webhook-id', '(no id)')}: {verdict}")
        try:
            self.stdout.write(json.dumps(json.loads(body), indent=2))
        except ValueError:
            self.stdout.write(repr(body[:500]))
        self.stdout.flush()
        return genuine


def _serve(server: ThreadingHTTPServer, count: int) -> None:
    try:
        if not count:
            server.serve_forever()
        for _ in range(count):
            server.handle_request()
    except KeyboardInterrupt:
        return


def _receiver(command: Command, options: dict[str, Any]) -> type[BaseHTTPRequestHandler]:
    class Receiver(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "0")
            body = self.rfile.read(min(int(length), _LARGEST)) if length.isdigit() else b""
            headers = {name.lower(): value for name, value in self.headers.items()}
            genuine = command.show(headers, body, options["secret"])
            self.send_response(options["status"] if genuine else 401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the messages are shown."""

    return Receiver
