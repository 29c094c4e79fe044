"""What an import made of which thing elsewhere, so that it is made once and can be unmade."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comments_service.models.base import Base, BigInt


class ImportedKind(StrEnum):
    ARTICLE = "article"
    USER = "user"
    COMMENT = "comment"
    VOTE = "vote"


class ImportEntry(Base):
    """`source` is a digest of what the thing is called where it came from. An article that an
    import found here already has none: it is not the import's to unmake."""

    __tablename__ = "import_entry"

    site_id: Mapped[int] = mapped_column(BigInt, ForeignKey("site.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    source: Mapped[str] = mapped_column(String(32), primary_key=True)
    target_id: Mapped[int] = mapped_column(BigInt)
    job_id: Mapped[int] = mapped_column(BigInt, ForeignKey("job.id"))

    __table_args__ = (
        Index("import_entry_job", "job_id", "kind", "target_id"),
        {"sqlite_with_rowid": False},
    )
