"""Connections that end with their deadline, whatever the other side does."""

import http.client
import io
import socket
from functools import partial
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from comments_service.outbound.addresses import is_public, resolve
from comments_service.outbound.deadline import Deadline
from comments_service.outbound.errors import Failure, OutboundError

CONNECT_SECONDS = 3.0
"""For one of a host's addresses, so that the next one has its turn too."""


class DeadlineReader(io.RawIOBase):
    """Reads a socket, and gives each read no more than the time left for all.

    A plain socket timeout starts anew with every byte: one byte a second, in the headers or in
    the body, would hold us for as long as the sender likes.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._raw = raw
        self._socket = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        self._socket.settimeout(self._deadline.remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class DeadlineResponse(http.client.HTTPResponse):
    """An answer whose headers and body are read by a `DeadlineReader`."""

    def __init__(self, sock: socket.socket, *args: Any, deadline: Deadline, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(DeadlineReader(self.fp.detach(), sock, deadline))


class DeadlineConnection(HTTPConnection):
    """Connects to an address it has checked, under the name it was given.

    Name and address are looked up once and used at once: a host that resolves to something else
    a moment later gains nothing. With TLS the certificate is the name's.
    """

    def __init__(self, *args: Any, deadline: Deadline, allow_private: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self._deadline = deadline
        self._allow_private = allow_private
        # http.client only calls it; that it is typed as a class is no matter.
        self.response_class = partial(DeadlineResponse, deadline=deadline)  # type: ignore[assignment]

    def _new_conn(self) -> socket.socket:
        addresses = resolve(self._dns_host, self.port, self._deadline)
        if not self._allow_private and not all(is_public(address) for address in addresses):
            raise OutboundError(Failure.ADDRESS_REFUSED)
        for address in addresses:
            try:
                return self._connect_to(address)
            except OSError:
                continue
        raise OutboundError(Failure.UNREACHABLE)

    def _connect_to(self, address: str) -> socket.socket:
        patience = min(self._deadline.remaining(), CONNECT_SECONDS)
        sock = socket.create_connection((address, self.port), timeout=patience)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(self._deadline.remaining())
        return sock


class DeadlineTLSConnection(DeadlineConnection, HTTPSConnection):
    pass
