"""For operators: health, readiness, metrics."""

from comments_service.web.ops import metrics
from comments_service.web.ops.routes import blueprint

__all__ = ["blueprint", "metrics"]
