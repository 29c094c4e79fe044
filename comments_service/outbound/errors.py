"""Why a request to the outside brought no answer."""

from enum import StrEnum


class Failure(StrEnum):
    TIMEOUT = "timeout"
    """The deadline passed: before the answer, or between two of its bytes."""

    UNREACHABLE = "unreachable"
    """No such host, nobody listening, no TLS we trust, or hung up on us."""

    MALFORMED = "malformed"
    """Not HTTP, not the encoding it says, or shorter than it says."""

    TOO_LARGE = "too-large"
    """More bytes, after decompression, than the caller wants."""

    REDIRECT = "redirect"
    """An answer that points elsewhere; we never go there."""

    ADDRESS_REFUSED = "address-refused"
    """A host, port, scheme or IP address that the guard does not allow."""


class OutboundError(Exception):
    """No usable answer; `failure` says why. Its text never holds the address asked for."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure
