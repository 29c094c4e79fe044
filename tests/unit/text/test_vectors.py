"""The server's side of `text_vectors.json`; `tests/browser/test_text_vectors.py` is the other."""

from __future__ import annotations

import pytest

from comments_service.text.body import check
from comments_service.text.graphemes import count
from comments_service.text.normalise import normalise
from tests.data.make_text_vectors import VECTORS, Vector, render, vectors


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector.id)
def test_a_text_is_judged_as_its_vector_says(vector: Vector) -> None:
    checked = check(vector.raw)

    assert (checked.body, checked.length, checked.fault) == (
        vector.body,
        vector.length,
        vector.fault,
    )


@pytest.mark.parametrize(
    "vector",
    [vector for vector in vectors() if vector.fault != "malformed"],
    ids=lambda vector: vector.id,
)
def test_the_body_and_its_length_are_those_of_the_functions_underneath(vector: Vector) -> None:
    assert normalise(vector.raw) == vector.body
    assert count(vector.body) == vector.length


def test_the_file_the_browser_reads_is_the_one_the_script_writes() -> None:
    assert VECTORS.read_text(encoding="ascii") == render(), (
        "run: python -m tests.data.make_text_vectors"
    )


def test_every_vector_has_a_name_of_its_own() -> None:
    ids = [vector.id for vector in vectors()]

    assert len(ids) == len(set(ids))
