"""A power cut while messages come in, are released and handed over: nothing that was acknowledged is lost."""

import shutil

import pytest

from app.reflections import exchange
from app.reflections.box.sealing import unseal
from app.reflections.box.storage import open_box, reflection, spool
from tests.reflections.conftest import a_box
from tests.reflections.power import Disk, calls_of, cuts, may_trace

PROGRAM = """
import os, sys
from datetime import date
from pathlib import Path
from app.reflections import durable
from app.reflections.box import handing, release, sealing, storage

folder, naive = Path(sys.argv[1]), sys.argv[2]
if naive == "file":
    storage.KEPT_IN_A_POWER_CUT = ("synchronous=OFF",)
if naive == "names":
    durable.settle = lambda folder: None
engine = storage.open_box(folder / "box.db")
keys, _responders = storage.public_keys(engine)
for number in range(12):
    mark = number.to_bytes(32)
    storage.put(engine, lookup=mark, turn="1", region="0", reply_key=mark, box=sealing.seal(f"text {number}", keys))
    os.write(1, f"text {number}".encode())
    if number % 6 == 5:
        release.daily_job(engine, date(2031, 1, number + 1))
        handing.hand_over(engine, folder / "exchange", [])
"""


def found(folder, key):
    """The texts that a key opens after a cut, in the box and in the files for the desk."""
    engine = open_box(folder / "box.db")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        rows = [row.box for table in (spool, reflection) for row in connection.execute(table.select()) if row.box]
    engine.dispose()
    for path in exchange.waiting(folder / "exchange" / exchange.RELEASED):
        rows += [exchange.as_bytes(one["box"]) for one in exchange.read(path)]
    return {unseal(box, key) for box in rows}


def lost(folder, naive, times):
    """How many of so many cuts lose something that was acknowledged, or leave a file that cannot be read."""
    box = a_box(folder / "box")
    box.engine.dispose()
    before = folder / "before"
    shutil.copytree(folder / "box", before)
    disk = Disk(folder / "box")
    calls = calls_of(folder / "box", "-c", PROGRAM, str(folder / "box"), naive)
    assert sum(call[0] == "said" for call in calls) == 12
    return sum(not whole(left, said, bytes(box.recovery)) for left, said in cuts(folder / "left", calls, disk, times))


def whole(left, said, key):
    try:
        return set(said) <= found(left, key)
    except Exception:
        return False


@pytest.mark.skipif(not may_trace(), reason="strace is not installed, or may not trace here")
@pytest.mark.timeout(1200)
class TestAPowerCut:
    @pytest.mark.parametrize("times", [pytest.param(100), pytest.param(3000, marks=pytest.mark.assurance)])
    def test_loses_nothing_that_was_acknowledged(self, tmp_path, times):
        (tmp_path / "box").mkdir()
        assert lost(tmp_path, "", times) == 0

    @pytest.mark.parametrize("naive", ["file", "names"])
    def test_loses_something_where_nothing_is_synced(self, tmp_path, naive):
        (tmp_path / "box").mkdir()
        assert lost(tmp_path, naive, 100) > 0
