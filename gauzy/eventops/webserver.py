"""uvicorn in a thread of this process."""

import asyncio
import socket
import threading
import warnings

import uvicorn
from django.conf import settings
from django.utils.module_loading import import_string

START_TIMEOUT = 30.0  # seconds
GRACE = 3  # seconds for open requests (and streams, which never end by themselves) when stopping


class _Server(uvicorn.Server):
    """Tells when it listens. In a thread of its own it leaves signals alone; in the main one it would re-raise them."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


class WebServer:
    """Serves the ASGI application on a socket that already listens."""

    def __init__(self, listening: socket.socket) -> None:
        _accept_synchronous_files()
        application = import_string(settings.ASGI_APPLICATION)
        self._server = _Server(
            uvicorn.Config(application, lifespan="off", log_config=None, timeout_graceful_shutdown=GRACE)
        )
        self._socket = listening
        self._thread = threading.Thread(target=self._run, name="web-server", daemon=True)

    def start(self) -> None:
        """Return when requests are answered."""
        self._thread.start()
        if not self._server.listening.wait(START_TIMEOUT):
            raise RuntimeError(f"The web server does not answer after {START_TIMEOUT:.0f} s.")

    def stop(self) -> None:
        """Finish open requests, or give them up after GRACE seconds."""
        self._server.should_exit = True
        self._thread.join(GRACE + 1)

    @property
    def is_stuck(self) -> bool:
        """Whether a request was given up whose thread still runs: the interpreter would wait for it."""
        return self._server.should_exit and self._thread.is_alive()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))


def _accept_synchronous_files() -> None:
    """WhiteNoise's files are synchronous iterators: each is read whole into memory, which is fine for their size."""
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
