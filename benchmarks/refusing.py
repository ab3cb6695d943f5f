"""Posts without proof into the box of reflections, beside a program that reads and answers the same bytes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from app.core.pages import ROOT
from benchmarks.measure import Row

POSTS, ROUNDS = 500, 5
BODY = b"challenge=0-1-0&sum=1&looked=yes&text=" + b"The+list+was+out+of+date.+" * 280
"""About 7 KB of text, near the most that one message may have."""


async def bare(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Read everything and answer as many bytes as a page of the box has."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 422, "headers": [(b"content-length", b"16384")]})
    await send({"type": "http.response.body", "body": b" " * 16384})


@contextmanager
def _server(folder: Path, *command: str) -> Iterator[tuple[int, int]]:
    """A process of its own, by its id and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    files = {"DATABASE": folder / "box.db", "PEPPER_FILE": folder / "pepper"}
    environment = os.environ | {f"THROUGHLINE_BOX_{name}": str(path) for name, path in files.items()}
    with subprocess.Popen([sys.executable, "-m", *command, "--port", str(port)], cwd=ROOT, env=environment) as process:
        try:
            _wait_for(port)
            yield process.pid, port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError


def _post_often(port: int) -> None:
    """Posts one after the other on one connection."""
    head = "POST /en/write HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    sent = f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as answers:
        for _post in range(POSTS):
            connection.sendall(sent)
            assert answers.readline().startswith(b"HTTP/1.1 422")
            length = 0
            while (line := answers.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answers.read(length)


def _seconds(process: int) -> float:
    """Processor time of a process so far."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def compare_refusing(folder: Path) -> Row:
    """Processor time of the server for so many posts, in turns with the bare one."""
    taken: dict[int, list[float]] = {}
    bare_one = ("uvicorn", "benchmarks.refusing:bare", "--no-access-log", "--log-level", "critical")
    with _server(folder, "app.cli", "box") as ours, _server(folder, *bare_one) as theirs:
        for number in range(ROUNDS + 1):
            for process, port in (ours, theirs):
                began = _seconds(process)
                _post_often(port)
                if number:
                    taken.setdefault(process, []).append(_seconds(process) - began)
    name = f"{POSTS} posts of 7 KB without proof, refused by the box"
    return Row(name, median(taken[ours[0]]), "a bare program that answers the same bytes", median(taken[theirs[0]]))
