"""`python -m comments_service.web.widget`: the files, their bytes and their integrity values."""

from __future__ import annotations

from comments_service.web.widget.build import assets

for asset in assets().values():
    sizes = f"{len(asset.identity)} br {len(asset.brotli)} gz {len(asset.gzip)}"
    print(asset.name, sizes, asset.integrity)  # noqa: T201 - the command's answer
