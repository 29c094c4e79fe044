"""The `flask` commands: thin, like `web`: parse, call one service, print."""

from comments_service.cli.audit import audit
from comments_service.cli.backups import backup, restore
from comments_service.cli.demo import demo
from comments_service.cli.doctor import doctor
from comments_service.cli.maintenance import maintenance
from comments_service.cli.policy import policy
from comments_service.cli.services import service
from comments_service.cli.sites import site
from comments_service.cli.staff import staff
from comments_service.cli.users import user
from comments_service.cli.worker import worker

commands = [
    audit,
    backup,
    demo,
    doctor,
    maintenance,
    policy,
    restore,
    service,
    site,
    staff,
    user,
    worker,
]

__all__ = ["commands"]
