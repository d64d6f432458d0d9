"""Jobs of documents."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.documents import services
from wangge.kernel import clock


@app.task(name=services.PRINT)
def print_documents(document_ids: list[str]) -> int:
    """Make the PDFs of new documents, so that nobody waits for them."""
    return services.print_documents(document_ids, at=clock.now())
