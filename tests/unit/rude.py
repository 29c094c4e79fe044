"""A server that answers with any bytes at any pace, for what no polite server would do."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PAUSE_SECONDS = 0.05
"""Between two pieces of a dripping answer; far below the deadlines of the tests that use it."""


@dataclass
class RudeServer:
    """Reads one request from each connection and sends the next answer, piece by piece."""

    listener: socket.socket
    port: int
    answers: Iterator[Iterable[bytes]]
    tls: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def run(self) -> None:
        with suppress(OSError):
            while not self.stopped.is_set():
                connection, _ = self.listener.accept()
                pieces = next(self.answers)
                threading.Thread(target=self.serve, args=(connection, pieces), daemon=True).start()

    def serve(self, connection: socket.socket, pieces: Iterable[bytes]) -> None:
        with suppress(OSError), connection as plain:
            stream = plain if self.tls is None else self.tls.wrap_socket(plain, server_side=True)
            with stream:
                self.requests.append(read_request(stream))
                for piece in pieces:
                    stream.sendall(piece)
                    if not piece and self.stopped.wait(PAUSE_SECONDS):
                        return


def read_request(connection: socket.socket) -> bytes:
    """The head of a request, and as much body as it announces."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += received(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].partition(b":")[2]) if lengths else 0
    while len(body) < length:
        body += received(connection)
    return head + b"\r\n\r\n" + body


def received(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionAbortedError
    return data


@contextmanager
def rude_server(
    *answers: Iterable[bytes] | bytes, tls: ssl.SSLContext | None = None
) -> Iterator[RudeServer]:
    """A server on loopback. Each connection gets the next of `answers`, the last one for ever.

    An empty piece in an answer is a pause.
    """

    def one_by_one() -> Iterator[Iterable[bytes]]:
        for answer in answers:
            yield (answer,) if isinstance(answer, bytes) else answer
        while True:
            yield (answers[-1],) if isinstance(answers[-1], bytes) else answers[-1]

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RudeServer(listener, listener.getsockname()[1], one_by_one(), tls)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def http(body: bytes = b"{}", *, status: str = "200 OK", headers: tuple[str, ...] = ()) -> bytes:
    """A well-formed answer."""
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def dripping(data: bytes) -> list[bytes]:
    """`data` one byte at a time, with a pause after each."""
    return [piece for byte in data for piece in (bytes([byte]), b"")]
