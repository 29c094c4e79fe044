"""`python -m comments_service.demo.identity_provider`, at HOST (127.0.0.1) and PORT (8002)."""

import argparse
import ipaddress
import logging
import os
import sys

from comments_service.demo.identity_provider.app import create_app, create_server


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m comments_service.demo.identity_provider",
        description="A development identity provider: anybody may log in as anybody.",
    )
    parser.add_argument(
        "--i-know",
        action="store_true",
        help="serve on an address that is not loopback, where strangers may log in as anybody too",
    )
    arguments = parser.parse_args()
    host = os.environ.get("HOST", "127.0.0.1")
    if not is_loopback(host) and not arguments.i_know:
        sys.exit(f"HOST={host} is not a loopback address; anybody could log in as anybody.")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line a request is too much
    server = create_server(create_app(), host=host, port=int(os.environ.get("PORT", "8002")))
    print(f"Development identity provider: http://{host}:{server.port}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
