"""What may be wrong with a policy document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentError:
    """One mistake: the `line` of the YAML source (from 1; `None` if it came as a mapping), the
    JSON pointer `path`, and what is wrong there, `ko` in Korean where that is known."""

    line: int | None
    path: str
    message: str
    ko: str | None = None


class InvalidDocument(Exception):
    """A policy document cannot be used; `errors` has every mistake found."""

    def __init__(self, errors: tuple[DocumentError, ...]) -> None:
        super().__init__("; ".join(f"{error.path}: {error.message}" for error in errors))
        self.errors = errors
