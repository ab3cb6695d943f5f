"""What decides whether a power cut loses something: the order in which files are synced and named, and the pragmas."""

import os

import pytest

from app.reflections import exchange
from app.reflections.box import storage
from app.reflections.box.settings import BoxSettings


@pytest.fixture
def done(monkeypatch):
    """What was synced and renamed, in order; everything is really done as well."""
    seen, sync, rename = [], os.fsync, os.rename

    def fsync(opened):
        sync(opened)
        seen.append(("sync", os.readlink(f"/proc/self/fd/{opened}")))

    def renaming(old, new):
        rename(old, new)
        seen.append(("rename", str(old), str(new)))

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", renaming)
    return seen


def whole(done, path):
    """Whether a file was synced before it got its name, and its folder after."""
    at = next(place for place, one in enumerate(done) if one[0] == "rename" and one[2] == str(path))
    return ("sync", done[at][1]) in done[:at] and ("sync", str(path.parent)) in done[at:]


class TestAFile:
    def test_of_the_exchange_is_synced_named_and_found_again(self, tmp_path, done):
        exchange.put(tmp_path / "exchange" / "released" / "a.json", ["x"])
        assert whole(done, tmp_path / "exchange" / "released" / "a.json")
        assert [("sync", str(tmp_path)), ("sync", str(tmp_path / "exchange"))] == done[:2], "The new folders."

    def test_that_holds_the_pepper_is_too(self, tmp_path, done):
        settings = BoxSettings(pepper_file=tmp_path / "pepper" / "pepper")
        assert settings.pepper() == settings.pepper()
        assert whole(done, settings.pepper_file)
        assert settings.pepper_file.stat().st_mode & 0o777 == 0o600

    def test_that_was_cut_short_is_swept(self, tmp_path):
        (tmp_path / ".0011").write_bytes(b"half")
        exchange.put(tmp_path / "a.json", [])
        exchange.sweep(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


class TestTheFileOfTheBox:
    def test_is_found_again(self, tmp_path, done):
        storage.open_box(tmp_path / "new" / "box.db").dispose()
        assert done == [("sync", str(tmp_path)), ("sync", str(tmp_path / "new"))]

    def test_waits_for_the_disk_on_every_connection(self, box):
        wanted = {"synchronous": 2, "fullfsync": 1, "checkpoint_fullfsync": 1}
        connections = [box.engine.connect() for _ in range(5)]
        try:
            assert len({id(one.connection.dbapi_connection) for one in connections}) == 5
            for one in connections:
                assert {name: one.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
                assert one.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        finally:
            for one in connections:
                one.close()
