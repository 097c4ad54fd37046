"""A folder of pages, which everyone may read."""

from __future__ import annotations

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_PUBLIC = ".well-known"


class Pages(StaticFiles):
    """Shows a folder but for what is hidden in it, such as ``.git`` and ``.env``."""

    def __init__(self, folder: str) -> None:
        super().__init__(directory=folder, html=True)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a page; a folder's address ends with a slash, wherever clients reach it."""
        if any(part.startswith(".") and part not in (".", _PUBLIC) for part in path.split("/")):
            raise HTTPException(404)
        found = await super().get_response(path, scope)
        if isinstance(found, RedirectResponse):
            found.headers["location"] = quote(f"/{path.strip('/')}/")
        return found
