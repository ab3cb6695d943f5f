"""What the proofs rest on: the disk, the account, the rule of the batch, and why the box is not on PostgreSQL."""

import os
import secrets
import sqlite3
import subprocess
import sys
from datetime import date

import pytest
import sqlalchemy as sa
from scipy.stats import kendalltau

from app.reflections.box import release
from app.reflections.box.release import daily_job
from app.reflections.box.storage import reflection, spool
from tests.conftest import ROOT

STORY = "The list of contacts was out of date at night, {}."
NOBODY = 65534


class TestWhatIsAcknowledged:
    def test_is_forced_to_the_disk_and_what_is_deleted_is_overwritten(self, box):
        wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
        with box.engine.connect() as connection:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
        assert found == wanted

    def test_leaves_nothing_in_the_log_beside_the_file(self, box, writer):
        writer.write(STORY)
        log = box.settings.database.with_name("box.db-wal")
        assert not log.exists() or log.stat().st_size == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another account")
class TestAnotherAccount:
    """A6: the box and the main site have different accounts on the machine."""

    def can_read(self, path):
        looked = subprocess.run(
            ["/usr/bin/head", "-c", "1", path], user=NOBODY, capture_output=True, env={"LC_ALL": "C"}, check=False
        )
        assert looked.returncode == 0 or b"Permission denied" in looked.stderr
        return looked.returncode == 0

    @pytest.fixture
    def open_folder(self, tmp_path):
        for folder in (tmp_path, *tmp_path.parents):
            if folder.stat().st_uid == os.geteuid() and folder != folder.parent and "pytest" in str(folder):
                folder.chmod(0o755)
        return tmp_path

    def test_reads_neither_the_file_of_the_box_nor_the_pepper(self, open_folder, box, writer):
        writer.write(STORY)
        box.settings.pepper()
        files = [path for path in open_folder.iterdir() if path.is_file()]
        assert {"box.db", "pepper"} <= {path.name for path in files}
        assert [path.name for path in files if self.can_read(path)] == []

    def test_reads_the_file_of_the_naive_one(self, open_folder):
        with sqlite3.connect(open_folder / "naive.db") as database:
            database.execute("CREATE TABLE reflection (text TEXT)")
        assert self.can_read(open_folder / "naive.db")


class TestARuleThatIsTooWeak:
    """A7 in a naive form: what the proofs of the batch would see."""

    def test_without_a_least_number_releases_four(self, box, writer, monkeypatch):
        monkeypatch.setattr(release, "AT_LEAST", 1)
        for number in range(4):
            writer.write(STORY.format(number), region="1")
        assert daily_job(box.engine, date(2031, 1, 1)) == 4
        assert {row.region for row in box.rows(reflection)} == {"1"}


class TestAReleaseInTwoSteps:
    """A8 in a naive form: copied in one transaction and deleted in the next, a kill in between doubles."""

    NAIVE = (
        "import sqlite3, sys, time; database = sqlite3.connect(sys.argv[1])\n"
        "database.execute('CREATE TABLE copied AS SELECT lookup FROM spool'); database.commit()\n"
        "print('between', flush=True); time.sleep(30); database.execute('DELETE FROM spool'); database.commit()"
    )

    def test_doubles_what_waits(self, box, writer):
        for number in range(6):
            writer.write(STORY.format(number))
        command = [sys.executable, "-c", self.NAIVE, str(box.settings.database)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as running:
            assert running.stdout.readline() == b"between\n"
            running.kill()
        with sqlite3.connect(box.settings.database) as database:
            copied = {row[0] for row in database.execute("SELECT lookup FROM copied")}
        assert len(copied & {row.lookup for row in box.rows(spool)}) == 6


class TestOnPostgreSQL:
    """Why the box is not there: a table built like the spool gives the order of sending away."""

    @pytest.fixture
    def kept(self, engine):
        if engine.dialect.name != "postgresql":
            pytest.skip("This is about PostgreSQL.")
        metadata = sa.MetaData()
        table = sa.Table("naive_spool", metadata, sa.Column("k", sa.LargeBinary, primary_key=True))
        keys = [secrets.token_bytes(16) for _message in range(60)]
        metadata.create_all(engine)
        for key in keys:
            with engine.begin() as connection:
                connection.execute(table.insert().values(k=key))
        yield keys
        metadata.drop_all(engine)

    def test_rows_without_a_time_still_come_in_the_order_of_sending(self, engine, kept):
        with engine.connect() as connection:
            order = connection.exec_driver_sql("SELECT k FROM naive_spool ORDER BY xmin::text::bigint").scalars().all()
        found = [bytes(key) for key in order]
        assert kendalltau(range(60), [found.index(key) for key in kept]).statistic == 1
