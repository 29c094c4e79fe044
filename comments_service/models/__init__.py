"""The tables: one class a file, with their constraints and indexes, and no behaviour.

Imported by `services` and `app` alone. `base.py` owns `db`. Start reading at `comment.py`.
"""

from comments_service.models.appeal import Appeal
from comments_service.models.article import Article, ArticleStatus
from comments_service.models.article_alias import ArticleAlias
from comments_service.models.audit_entry import AuditEntry
from comments_service.models.audit_head import AuditHead
from comments_service.models.authorization_code import AuthorizationCode
from comments_service.models.avatar import Avatar
from comments_service.models.base import Base, db
from comments_service.models.blind import Blind, BlindOutcome
from comments_service.models.comment import Comment, Status
from comments_service.models.comment_edit import CommentEdit
from comments_service.models.data_deletion import DataDeletion
from comments_service.models.decision import Decision, DecisionKind
from comments_service.models.delivery import Delivery, DeliveryStatus
from comments_service.models.delivery_attempt import DeliveryAttempt
from comments_service.models.erased_identity import ErasedIdentity
from comments_service.models.event import Event
from comments_service.models.former_name import FormerName
from comments_service.models.glance import Glance
from comments_service.models.identity import Identity
from comments_service.models.import_entry import ImportedKind, ImportEntry
from comments_service.models.job import Job, JobStatus
from comments_service.models.kept_answer import KeptAnswer
from comments_service.models.mute import Mute
from comments_service.models.notification import Notification, NotificationKind
from comments_service.models.pending_login import PendingLogin, Purpose
from comments_service.models.policy_version import PolicyStatus, PolicyVersion
from comments_service.models.rejudgement import Rejudgement
from comments_service.models.report import Report, ReportReason
from comments_service.models.service_client import ServiceClient
from comments_service.models.session import Session
from comments_service.models.site import Site
from comments_service.models.staff_invitation import StaffInvitation
from comments_service.models.staff_preference import StaffPreference
from comments_service.models.staff_role import Role, StaffRole
from comments_service.models.staff_session import StaffSession
from comments_service.models.staff_totp import StaffTotp
from comments_service.models.suspension import Suspension
from comments_service.models.token import AccessToken, RefreshToken
from comments_service.models.used_assertion import UsedAssertion
from comments_service.models.user import User
from comments_service.models.user_note import UserNote
from comments_service.models.verdict import Verdict
from comments_service.models.vote import Vote
from comments_service.models.webhook import Webhook

__all__ = [
    "AccessToken",
    "Appeal",
    "Article",
    "ArticleAlias",
    "ArticleStatus",
    "AuditEntry",
    "AuditHead",
    "AuthorizationCode",
    "Avatar",
    "Base",
    "Blind",
    "BlindOutcome",
    "Comment",
    "CommentEdit",
    "DataDeletion",
    "Decision",
    "DecisionKind",
    "Delivery",
    "DeliveryAttempt",
    "DeliveryStatus",
    "ErasedIdentity",
    "Event",
    "FormerName",
    "Glance",
    "Identity",
    "ImportEntry",
    "ImportedKind",
    "Job",
    "JobStatus",
    "KeptAnswer",
    "Mute",
    "Notification",
    "NotificationKind",
    "PendingLogin",
    "PolicyStatus",
    "PolicyVersion",
    "Purpose",
    "RefreshToken",
    "Rejudgement",
    "Report",
    "ReportReason",
    "Role",
    "ServiceClient",
    "Session",
    "Site",
    "StaffInvitation",
    "StaffPreference",
    "StaffRole",
    "StaffSession",
    "StaffTotp",
    "Status",
    "Suspension",
    "UsedAssertion",
    "User",
    "UserNote",
    "Verdict",
    "Vote",
    "Webhook",
    "db",
]
