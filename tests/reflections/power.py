"""Power cuts: what a program asks of the disk is written down by strace, and the disk is left as a cut could leave it.

The model is unkind, after ALICE (Pillai et al., OSDI 2014): what was written since the last sync of a file is there in
any part, by sectors of 512 bytes, and a name is there for sure only once its folder was synced. Names come in order, as
a journal writes them.
"""

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

STRACE = shutil.which("strace") or "strace"
SECTOR = 512
CALLS = "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,unlink"
FILE = r"(\d+)<([^>]*)>"
PATTERNS = {
    "create": re.compile(r'openat\(.*, "([^"]*)", [^,]*O_CREAT.*\) = \d+'),
    "said": re.compile(r'write\(1<[^>]*>, "([^"]*)"'),
    "append": re.compile(rf'write\({FILE}, "([^"]*)"'),
    "write": re.compile(rf'pwrite64\({FILE}, "([^"]*)", \d+, (\d+)\)'),
    "truncate": re.compile(rf"ftruncate\({FILE}, (\d+)\)"),
    "sync": re.compile(rf"f(?:data)?sync\({FILE}\) *= 0"),
    "rename": re.compile(r'rename\("([^"]*)", "([^"]*)"\) *= 0'),
    "unlink": re.compile(r'unlink\("([^"]*)"\) *= 0'),
}


def may_trace() -> bool:
    """Whether strace is installed, and allowed here."""
    return (
        bool(shutil.which(STRACE)) and not subprocess.run([STRACE, "-o", "/dev/null", "true"], check=False).returncode
    )


def _bytes(told: str) -> bytes:
    return bytes.fromhex(told.replace("\\x", "")) if told.startswith("\\x") else told.encode()


def calls_of(folder: Path, *command: str) -> list[tuple[str, ...]]:
    """Run a Python program and answer what it asked of the files below a folder, and said, in order."""
    told = folder.with_name("strace")
    options = ["-qq", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(told)]
    subprocess.run([STRACE, *options, sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    found = []
    for line in told.read_text().splitlines():
        for kind, pattern in PATTERNS.items():
            if match := pattern.match(line):
                found.append((kind, *match.groups()))
                break
    return found


@dataclass
class File:
    safe: bytearray = field(default_factory=bytearray)
    now: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    """What was asked since the last sync: bytes at an offset, or with None a new length."""

    def ask(self, offset: int, content: bytes | None) -> None:
        _apply(self.now, offset, content)
        self.pending.append((offset, content))

    def sync(self) -> None:
        self.safe, self.pending = bytearray(self.now), []

    def after_a_cut(self) -> bytes:
        left = bytearray(self.safe)
        for offset, content in self.pending:
            if content is None:
                if random.random() < 0.5:
                    _apply(left, offset, None)
                continue
            whole = random.random() < 0.5
            for start in range(0, len(content), SECTOR):
                if whole or random.random() < 0.5:
                    _apply(left, offset + start, content[start : start + SECTOR])
        return bytes(left)


def _apply(to: bytearray, offset: int, content: bytes | None) -> None:
    if content is None:
        del to[offset:]
        to.extend(bytes(offset - len(to)))
        return
    to.extend(bytes(max(0, offset - len(to))))
    to[offset : offset + len(content)] = content


class Disk:
    """The files below a folder; everything that is there at the beginning is safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.names = {str(path): File() for path in folder.rglob("*") if path.is_file()}
        for path, file in self.names.items():
            file.now = bytearray(Path(path).read_bytes())
            file.sync()
        self.safe_names = dict(self.names)
        self.changes: list[tuple[str, File | None]] = []
        """Names that came or went and are not safe yet, in order."""

    def _name(self, path: str, file: File | None) -> None:
        self.changes.append((path, file))
        if file:
            self.names[path] = file
        else:
            del self.names[path]

    def do(self, kind: str, *told: str) -> None:
        where = _bytes(told[0] if kind in {"create", "rename", "unlink", "said"} else told[1]).decode()
        if kind == "said":
            self.said.append(where.strip())
        elif not where.startswith(str(self.folder)):
            return
        elif kind == "create":
            if where not in self.names:
                self._name(where, File())
        elif kind == "rename":
            self._name(_bytes(told[1]).decode(), self.names[where])
            self._name(where, None)
        elif kind == "unlink":
            self._name(where, None)
        elif kind == "sync" and where not in self.names:
            self._settle(where)
        elif where in self.names:
            self._write(kind, self.names[where], *told[2:])

    def _settle(self, folder: str) -> None:
        for path, file in [one for one in self.changes if str(Path(one[0]).parent) == folder]:
            self.changes.remove((path, file))
            _put(self.safe_names, path, file)

    def _write(self, kind: str, file: File, *told: str) -> None:
        if kind == "sync":
            file.sync()
        elif kind == "truncate":
            file.ask(int(told[0]), None)
        else:
            file.ask(int(told[1]) if kind == "write" else len(file.now), _bytes(told[0]))

    def cut(self, into: Path) -> None:
        """Leave in another folder what a cut could leave of this one."""
        names = dict(self.safe_names)
        for path, file in self.changes[: random.randint(0, len(self.changes))]:
            _put(names, path, file)
        for path, file in names.items():
            left = into / Path(path).relative_to(self.folder)
            left.parent.mkdir(parents=True, exist_ok=True)
            left.write_bytes(file.after_a_cut())


def _put(names: dict[str, File], path: str, file: File | None) -> None:
    if file:
        names[path] = file
    else:
        names.pop(path, None)


def cuts(folder: Path, calls: list[tuple[str, ...]], disk: Disk, times: int) -> Iterator[tuple[Path, list[str]]]:
    """What is left by cuts at random calls, and what had been said by then."""
    at = sorted(random.randrange(len(calls)) for _cut in range(times))
    done = 0
    for number, call in enumerate(at):
        while done <= call:
            disk.do(*calls[done])
            done += 1
        left = folder / str(number)
        disk.cut(left)
        yield left, list(disk.said)
        shutil.rmtree(left)
