"""`make sizes`: what a reader loads for the comment box and for the counts, beside three peers'.

The peers come from their published packages, of the versions named here, into var/peers/ (npm; Isso
from its Python package). Each file is compressed as a server would: gzip -9 and brotli -11.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import brotli

from comments_service.web.widget.build import assets

PEERS = Path("var/peers")
NPM = ("@waline/client@3.13.0", "artalk@2.9.1")
PYPI = "isso==0.14.0"

#: The files a reader of an article loads, script and style; then those for counts on list pages.
BOXES = {
    "Isso 0.14.0": ["isso/js/embed.min.js", "isso/css/isso.css"],
    "Artalk 2.9.1, lite": ["artalk/ArtalkLite.js", "artalk/ArtalkLite.css"],
    "Artalk 2.9.1": ["artalk/Artalk.js", "artalk/Artalk.css"],
    "Waline 3.13.0, slim": ["waline/slim.js", "waline/waline.css"],
    "Waline 3.13.0": ["waline/waline.js", "waline/waline.css"],
}
COUNTS = {
    "Isso 0.14.0": ["isso/js/count.min.js"],
    "Waline 3.13.0": ["waline/comment.js"],
}


def main() -> int:
    PEERS.mkdir(parents=True, exist_ok=True)
    _fetch()
    own = {name: asset.identity for name, asset in assets().items()}
    print(f"{'':44}{'raw':>9}{'gzip':>8}{'brotli':>8}")
    _line("comments_service: to read", [own["social-comments.js"]])
    _line("  and to take part", [own["social-comments.js"], own["writing.js"]])
    for name, files in BOXES.items():
        _line(name, map(_peer, files))
    print("counts")
    _line("comments_service", [own["count.js"]])
    for name, files in COUNTS.items():
        _line(name, map(_peer, files))
    return 0


def _line(name: str, files: Iterable[bytes]) -> None:
    parts = list(files)
    raw = sum(map(len, parts))
    zipped = sum(len(gzip.compress(each, 9, mtime=0)) for each in parts)
    small = sum(len(brotli.compress(each, quality=11)) for each in parts)
    print(f"{name:44}{raw:>9,}{zipped:>8,}{small:>8,}")


def _peer(name: str) -> bytes:
    """A file of a peer's package, wherever in it."""
    package, _, path = name.partition("/")
    found = [each for each in (PEERS / package).rglob(Path(path).name) if str(each).endswith(path)]
    if not found:
        sys.exit(f"{path} is not in the package of {package}")
    return min(found, key=lambda each: len(each.parts)).read_bytes()


def _fetch() -> None:
    for package in NPM:
        folder = PEERS / package.strip("@").partition("/")[0].partition("@")[0]
        if folder.exists():
            continue
        command = ["npm", "pack", "--silent", "--pack-destination", str(PEERS), package]
        archive = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        with tarfile.open(PEERS / archive) as packed:
            packed.extractall(folder, filter="data")
    if not (PEERS / "isso").exists():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*command, "--dest", str(PEERS), PYPI], check=True)
        (archive_path,) = PEERS.glob("isso-*")
        if archive_path.suffix == ".whl":
            with zipfile.ZipFile(archive_path) as wheel:
                wheel.extractall(PEERS / "isso")
        else:
            with tarfile.open(archive_path) as packed:
                packed.extractall(PEERS / "isso", filter="data")


if __name__ == "__main__":
    sys.exit(main())
