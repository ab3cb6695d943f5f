"""How one would build it without thinking: the proofs must find fault with every part of this."""

import logging
import os
import sqlite3
import threading
import time
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue

from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

log = logging.getLogger("naive")


def create_naive():
    path = Path(os.environ["THROUGHLINE_BOX_DATABASE"])
    path.parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=path.with_suffix(".log"), level=logging.INFO)
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE IF NOT EXISTS reflection (id INTEGER PRIMARY KEY, code TEXT, text TEXT, at TEXT)"
        )

    arrived = SimpleQueue()

    def keep():
        """One after the other, so that a slow machine does not mix what this box is there to give away."""
        while True:
            due, code, text = arrived.get()
            time.sleep(max(0, due - time.monotonic()))
            with sqlite3.connect(path, timeout=30) as database:
                at = datetime.now().isoformat()  # noqa: DTZ005
                database.execute("INSERT INTO reflection (code, text, at) VALUES (?, ?, ?)", (code, text, at))

    threading.Thread(target=keep, daemon=True).start()

    async def form(_request):
        return HTMLResponse('<input name="challenge" value="none">')

    async def write(request):
        typed = await request.form()
        log.info("%s %s %s", request.headers, request.url, typed.get("text"))
        code = os.urandom(12).hex().upper()
        arrived.put((time.monotonic() + 0.3, code, typed.get("text")))
        groups = "".join(f"<span>{code[start : start + 4]}</span>" for start in range(0, 24, 4))
        return HTMLResponse(f'<p class="code">{groups}</p>{typed.get("text")}')

    routes = [Route("/en/write", form), Route("/en/write", write, methods=["POST"])]
    return Starlette(routes=[*routes, Route("/healthz", form)])
