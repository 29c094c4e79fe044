"""Imports and exports: all of a site's comments in, and out again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import ParamSpec

from flask import Response, request, stream_with_context
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.datastructures import FileStorage

from comments_service import clock
from comments_service.errors import FieldError, InvalidRequest
from comments_service.services import exports, import_names, imports, sites
from comments_service.services.answers import digest
from comments_service.services.imports import IMPORTERS, NewImport
from comments_service.services.jobs import JobView
from comments_service.services.permissions import Permission
from comments_service.services.sites import SiteView
from comments_service.web.api import present
from comments_service.web.api.fields import SiteKey, path_id
from comments_service.web.api.routes import blueprint
from comments_service.web.http import limits
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.addresses import public_url
from comments_service.web.http.body import UnsupportedMediaType, checked
from comments_service.web.http.idempotency import idempotent, idempotent_by
from comments_service.web.http.ready import ready_json, to_json
from comments_service.web.http.settings import settings

P = ParamSpec("P")

MULTIPART = "multipart/form-data"
# The type has no charset of its own, and clients that guess guess wrong.
NDJSON = "application/x-ndjson; charset=utf-8"
LONGEST_URL_MAP = 16 * 1024 * 1024
PIECE = 64 * 1024


class ImportForm(BaseModel):
    """The fields of the form beside its file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site: SiteKey
    format: str = Field(pattern=f"^({'|'.join(IMPORTERS)})$")
    dry_run: bool = False


def _streamed(view: Callable[P, Response]) -> Callable[P, Response]:
    """Before anything of the body is read: it goes to the disk as it comes."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        request.max_content_length = settings().import_max_bytes
        request.max_form_memory_size = LONGEST_URL_MAP
        if request.mimetype != MULTIPART:
            raise UnsupportedMediaType
        return view(*args, **kwargs)

    return guarded


def _form_digest() -> str:
    """What is in the form, whatever boundary it came with."""
    fields = [
        part.encode("utf-8", "surrogatepass")
        for name, value in sorted(request.form.items(multi=True))
        for part in (name, value)
    ]
    for name, file in sorted(request.files.items(multi=True)):
        hashed = sha256()
        while piece := file.stream.read(PIECE):
            hashed.update(piece)
        file.stream.seek(0)
        fields += [name.encode("utf-8", "surrogatepass"), hashed.digest()]
    return digest(*fields)


@blueprint.post("/imports")
@limits.by_account("writes")
@requires(Permission.TRANSFER)
@_streamed
@idempotent_by(_form_digest)
def create_import() -> Response:
    """Import comments from a file of another system, or of an export"""
    form, site = _form()
    url_map = import_names.parse_url_map(_url_map())
    command = NewImport(_saved(_file()), form.format, url_map, dry_run=form.dry_run)
    try:
        job = imports.request(site, command, actor=current_actor().key, now=clock.now())
    except BaseException:
        command.path.unlink(missing_ok=True)
        raise
    return _accepted(job)


@blueprint.post("/imports/<import_id>/undo")
@limits.by_account("writes")
@requires(Permission.TRANSFER)
@idempotent
def undo_import(import_id: str) -> Response:
    """Unmake an import: what it made goes"""
    actor = current_actor()
    job = imports.request_undo(
        path_id(import_id), site_id=actor.site_id, actor=actor.key, now=clock.now()
    )
    return _accepted(job)


@blueprint.get("/exports/<site_key>")
@limits.by_account("writes")
@requires(Permission.TRANSFER)
def export_site(site_key: str) -> Response:
    """Export a site: articles, users, comments and votes as JSON Lines"""
    actor = current_actor()
    site = sites.run_by(actor, site_key)
    exports.record(site, actor=actor.key, now=clock.now())
    # What a server sends piece by piece is made after the request is over, with its context.
    response = Response(stream_with_context(_pieces(site)), content_type=NDJSON)
    response.headers["Content-Disposition"] = f'attachment; filename="{site.key}.jsonl"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _pieces(site: SiteView) -> Iterator[bytes]:
    """The lines in pieces that are worth a write to the network each."""
    piece = bytearray()
    for line in exports.lines(site):
        piece += to_json(line) + b"\n"
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _form() -> tuple[ImportForm, SiteView]:
    known = request.form.to_dict()
    known.pop("url_map", None)
    form = checked(ImportForm, known, part="body")
    assert isinstance(form, ImportForm)
    return form, sites.run_by(current_actor(), form.site)


def _file() -> FileStorage:
    file = request.files.get("file")
    if file is None:
        raise InvalidRequest(
            errors=(FieldError("/file", "Send the file.", ko="파일을 보내 주세요."),)
        )
    return file


def _url_map() -> str:
    """A field, or a file of its own."""
    file = request.files.get("url_map")
    if file is None:
        return request.form.get("url_map", "")
    raw = file.stream.read(LONGEST_URL_MAP + 1)
    try:
        if len(raw) <= LONGEST_URL_MAP:
            return raw.decode()
    except UnicodeDecodeError:
        pass
    wrong = FieldError(
        "/url_map",
        "Must be UTF-8 and at most 16 MiB.",
        ko="UTF-8이고 16MiB 이하여야 합니다.",
    )
    raise InvalidRequest(errors=(wrong,))


def _saved(file: FileStorage) -> Path:
    """The upload where the workers find it, under a name of our own."""
    directory = Path(settings().import_directory)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = directory / secrets.token_hex(16)
    file.save(path)
    path.chmod(0o600)
    return path


def _accepted(job: JobView) -> Response:
    response = ready_json(present.job(job), status=202)
    response.headers["Location"] = public_url(f"/api/v1/jobs/{job.id}")
    return response
