"""Pages of growing lists, in the shape of Relay's connections."""

from __future__ import annotations

from typing import Any

from edusphere.school.pages import Page


def connection(page: Page[Any], **more: Any) -> dict[str, Any]:
    """Return a page as a connection; `more` are the fields that only this kind of list has."""
    return {"nodes": page.nodes, "pageInfo": page_info(page), **more}


def page_info(page: Page[Any]) -> dict[str, Any]:
    return {
        "hasNextPage": page.has_next,
        "hasPreviousPage": page.has_previous,
        "startCursor": page.cursors[0] if page.cursors else None,
        "endCursor": page.cursors[-1] if page.cursors else None,
    }
