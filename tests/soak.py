"""How much of the long runs to do: `make test` does a hundredth of what `make soak` does.

A test that is one of them is marked `soak` and multiplies its size by `TIMES`.
"""

from __future__ import annotations

import os

TIMES = int(os.environ.get("SOAK", "1"))
