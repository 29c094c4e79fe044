"""The service with a clock that can be set: by the seconds in the file that FAULTS_CLOCK names."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from comments_service import clock, create_app
from comments_service.app import warm_up

_real, _file = clock.now, Path(os.environ["FAULTS_CLOCK"])


def _now() -> datetime:
    try:
        return _real() + timedelta(seconds=float(_file.read_text("ascii")))
    except (OSError, ValueError):
        return _real()


clock.now = _now
app = create_app()
warm_up(app)
