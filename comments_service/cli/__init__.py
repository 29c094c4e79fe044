"""The `flask` commands: thin, like `web`: parse, call one service, print."""

from comments_service.cli.demo import demo
from comments_service.cli.policy import policy
from comments_service.cli.services import service
from comments_service.cli.sites import site

commands = [demo, policy, service, site]

__all__ = ["commands"]
