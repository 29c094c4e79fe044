"""From a host name to IP addresses, and which of those belong to the public internet."""

import ipaddress
import socket
import threading
from concurrent.futures import Future

from comments_service.outbound.deadline import Deadline
from comments_service.outbound.errors import Failure, OutboundError

# https://www.iana.org/assignments/ipv6-unicast-address-assignments: nothing outside is a public
# host; loopback, ULA, link-local, IPv4-mapped and NAT64 (64:ff9b::/96) all lie outside.
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")

# Inside it, what is not a host or carries an IPv4 address within: Teredo and other protocol
# assignments, documentation, 6to4.
NOT_HOSTS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "192.0.0.0/24",
        "192.88.99.0/24",
    )
)


def is_public(address: str) -> bool:
    """Whether an IP address can be a host of the public internet.

    See https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 sister.
    """
    ip = ipaddress.ip_address(address)
    if any(ip in network for network in NOT_HOSTS):
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        return ip in GLOBAL_UNICAST
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def stays_here(host: str) -> bool:
    """Whether a host's name alone says that it never leaves this machine or its network, whatever
    a resolver makes of it: `localhost` and what is under it (RFC 6761 section 6.3), and an address
    with a zone (RFC 4007 section 11)."""
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost") or "%" in name


def resolve(host: str, port: int, deadline: Deadline) -> list[str]:
    """The IP addresses of `host`, as the system orders them.

    The system's resolver cannot be interrupted, so it works in a thread that a passed deadline
    leaves behind. Raises `OutboundError`.
    """
    found: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            found.set_exception(error)
        else:
            found.set_result([str(address[0]) for *_, address in answers])

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        return found.result(timeout=deadline.remaining())
    except TimeoutError:
        raise OutboundError(Failure.TIMEOUT) from None
    except (OSError, UnicodeError):
        raise OutboundError(Failure.UNREACHABLE) from None
