"""The command `receive_messages`: a receiver of messages on this computer, for development."""

import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from documents.exchange import signing
from documents.exchange.models import ExchangeSettings
from documents.exchange.receiving import MAX_BODY_BYTES, Receiver

#: Only this computer may connect, because received data are printed.
HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Receive the messages to the bonus programme on this computer and show them (for development)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--federation", required=True, help="Code of the federation whose secret signs.")
        parser.add_argument("--port", type=int, default=8090)
        parser.add_argument("--answer", type=int, help="Answer with this status instead, such as 500 or 410.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Messages hold personal data; only a demonstration shows them.")
        server = self.server(options["federation"], options["port"], options["answer"])
        self.stdout.write(f"Waiting for messages at http://{HOST}:{server.server_port}/; Ctrl+C ends.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            server.server_close()

    def server(self, federation: str, port: int, answer: int | None) -> ThreadingHTTPServer:
        """Return the server. Raises `CommandError` if the federation has no secret."""
        exchange = ExchangeSettings.objects.filter(federation__code=federation).first()
        secrets = [secret for secret in (exchange.secret, exchange.former_secret) if secret] if exchange else []
        if not secrets:
            raise CommandError("The federation has no secret yet: have one made on the page of the exchange.")
        receiver, say = Receiver(secrets), self.stdout.write

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                length = int(headers.get("content-length", "0"))
                body = self.rfile.read(min(length, MAX_BODY_BYTES + 1))
                verdict = receiver.receive(headers, body, time.time())
                status = HTTPStatus(answer) if answer else verdict.status
                say(f"{status.value} {verdict.text}")
                self.answer(status, headers.get("webhook-id", ""))

            def answer(self, status: HTTPStatus, message_id: str) -> None:
                body, now = b"{}", int(time.time())
                self.send_response(status)
                self.send_header("webhook-id", message_id)
                self.send_header("webhook-timestamp", str(now))
                self.send_header("webhook-signature", signing.signatures(secrets, message_id, now, body))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Log nothing: each message is shown with its verdict."""

        return ThreadingHTTPServer((HOST, port), Handler)
