"""The proofs: what somebody finds who holds every file of the box. Each must find fault with the naive one.

Run with 100 reflections here and with 500 by `make assurance`.
"""

import logging
import random
import sqlite3
import struct
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime

import httpx
import pytest
from scipy.stats import kendalltau
from sqlmodel import Session
from starlette.testclient import TestClient

from app.models import metadata
from app.reflections import exchange
from app.reflections.box import receipt
from app.reflections.box.handing import hand_over
from app.reflections.box.release import daily_job
from app.reflections.box.storage import open_box, reflection, rhythm, spool
from tests.conftest import ROOT
from tests.reflections.conftest import Process, Writer, a_box, code_of

MANY = [pytest.param(100), pytest.param(500, marks=pytest.mark.assurance)]


def marked_requests(process, count):
    """Send reflections that carry a mark in every place; answers marks, receipts, sizes and instants."""
    writer, sent = Writer(process.client), []
    for number in range(count):
        mark = f"kingfisher{number:04}"
        headers = {
            "X-Forwarded-For": f"203.0.113.{number % 250}, {mark}",
            "Forwarded": f"for={mark}",
            "X-Real-IP": mark,
            "User-Agent": mark,
            "Cookie": f"session={mark}",
            "Referer": f"http://{mark}.example/",
            "Accept-Language": mark,
        }
        text = f"The {mark} list was out of date. " + "It took long. " * (number % 40)
        answer = writer.write(text, headers=headers, query=f"?from={mark}")
        sent.append((mark, code_of(answer.text), len(answer.content), time.time()))
        if number % 10 == 0:
            process.client.post("/en/write", data={"text": mark}, headers=headers)
            process.client.post("/en/write", content=mark.encode() * 9000, headers=headers)
            process.client.post("/en/write", content=mark.encode(), headers=headers | {"Content-Type": "multipart/x"})
            process.client.get(f"/{mark}?{mark}", headers=headers)
    return sent


def files(folder):
    found = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found
    return found


def wait_until_kept(path, sent):
    """The naive one answers before it has kept anything."""
    codes, deadline = {code for _mark, code, *_rest in sent}, time.monotonic() + 60
    while time.monotonic() < deadline:
        with sqlite3.connect(path, timeout=30) as database:
            if codes <= {row[0] for row in database.execute("SELECT code FROM reflection")}:
                return
        time.sleep(0.1)


def holding_marks(folder):
    """A1: the files in which a mark stands."""
    return [name for name, content in files(folder).items() if b"kingfisher" in content or b"203.0.113." in content]


def holding_times(folder, instants):
    """A2: the files in which the second or minute of a sending stands, in one of the usual ways of writing it."""
    wanted = set()
    for second in {int(instant) for instant in instants}:
        told = datetime.fromtimestamp(second, UTC)
        for at in (told, told.astimezone()):
            wanted |= {f"{at:%Y-%m-%d %H:%M}".encode(), f"{at:%Y-%m-%dT%H:%M}".encode(), f"{at:%H:%M:%S}".encode()}
        wanted |= {str(second).encode(), struct.pack(">q", second), struct.pack("<q", second)}
    for instant in instants:  # The beginning of a UUIDv7, to a quarter of a second.
        wanted |= {struct.pack(">q", (int(instant * 1000) >> 8 << 8))[2:7]}
    return [name for name, content in files(folder).items() if any(one in content for one in wanted)]


def order_kept(path, codes, *, by):
    """A3: how many standard deviations of chance the stored order is like the order of sending."""
    with sqlite3.connect(path) as database:
        stored = [row[0] for row in database.execute(f"SELECT {by} FROM reflection")]
        stored_by_key = [row[0] for row in database.execute(f"SELECT {by} FROM reflection ORDER BY 1")]
    content = path.read_bytes()
    raw = [one if isinstance(one, bytes) else one.encode() for one in codes]
    count = len(codes)
    spread = (2 * (2 * count + 5) / (9 * count * (count - 1))) ** 0.5
    orders = [[stored.index(code) for code in codes], [content.rindex(code) for code in raw]]
    assert len(stored_by_key) >= count
    return max(abs(kendalltau(range(count), order).statistic) / spread for order in orders)


def order_handed_over(folder, codes):
    """A3 for the file that the desk gets: as above. It holds the keys of answers, which a receipt leads to."""
    (path,) = exchange.waiting(folder / exchange.RELEASED)
    handed = [exchange.as_bytes(one["reply_key"]) for one in exchange.read(path)]
    sent = [bytes(receipt.reply_key_of(receipt.read_receipt(code)).public_key) for code in codes]
    count = len(codes)
    spread = (2 * (2 * count + 5) / (9 * count * (count - 1))) ** 0.5
    return abs(kendalltau(range(count), [handed.index(key) for key in sent]).statistic) / spread


def sizes(path):
    """A4: the distinct lengths of what is stored."""
    with sqlite3.connect(path) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(reflection)")]
        column = "box" if "box" in columns else "text"
        return {row[0] for row in database.execute(f"SELECT length({column}) FROM reflection")}


@pytest.mark.timeout(600)
class TestWhoeverHoldsEveryFile:
    @pytest.mark.parametrize("count", MANY)
    def test_finds_no_mark_no_time_no_order_and_no_size(self, process, count):
        running = process()
        sent = marked_requests(running, count)
        path = running.folder / "box.db"
        assert holding_marks(running.folder) == []
        assert holding_times(running.folder, [at for *_rest, at in sent]) == []
        running.kill()
        assert daily_job(open_box(path), date(2031, 5, 6)) == count
        pepper = (running.folder / "pepper").read_bytes()
        codes = [receipt.lookup_of(receipt.read_receipt(code), pepper) for _mark, code, *_rest in sent]
        assert order_kept(path, codes, by="lookup") < 5
        assert len(sizes(path)) == 1
        assert len({size for _mark, _code, size, _at in sent}) == 1
        assert hand_over(open_box(path), running.folder / "exchange", ["North", "South"]) == count
        assert order_handed_over(running.folder / "exchange", [code for _mark, code, *_rest in sent]) < 5
        assert holding_marks(running.folder) == []
        assert holding_times(running.folder, [at for *_rest, at in sent]) == []

    def test_finds_them_all_in_the_naive_one(self, process):
        running = process(naive=True)
        sent = marked_requests(running, 100)
        path = running.folder / "box.db"
        wait_until_kept(path, sent)
        running.kill()
        assert {"box.db", "box.log", "said"} <= set(holding_marks(running.folder))
        assert "box.db" in holding_times(running.folder, [at for *_rest, at in sent])
        assert order_kept(path, [code for _mark, code, *_rest in sent], by="code") > 5
        assert len(sizes(path)) > 2
        assert len({size for _mark, _code, size, _at in sent}) > 2

    def test_finds_no_time_in_a_column(self, box, writer):
        began = int(time.time())
        for number in range(5):
            writer.write(f"The list was out of date, {number}.")
        daily_job(box.engine, date(2031, 5, 6))
        seconds = [
            struct.pack(order, second) for second in range(began, int(time.time()) + 1) for order in (">I", "<I")
        ]
        for row in box.rows(reflection):
            small = b"|".join(v if isinstance(v, bytes) else str(v).encode() for v in row if v and len(v) < 100)
            assert not any(second in small for second in seconds)
            assert row.week == "2031-W19"


class TestSomebodySignedIn:
    """A5"""

    def test_leaves_nothing_in_the_main_site(self, engine, cast, browse, box, writer):
        def everything():
            with Session(engine) as session:
                return {table.name: session.execute(table.select()).all() for table in metadata.sorted_tables}

        browser = browse(cast.facilitator)
        browser.get("/")
        before = everything()
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
        answer = writer.write("The list of contacts was out of date.", headers=cookies)
        assert code_of(answer.text)
        assert "set-cookie" not in answer.headers
        assert everything() == before
        assert before["sign_in"]
        browser.get("/account")
        browser.submit("/sign-out")
        assert everything() != before, "The comparison sees nothing."


class TestTheProcess:
    """A6"""

    LOADED = "import sys, app.{module}; print(*sys.modules)"

    def loaded(self, module):
        run = subprocess.run(
            [sys.executable, "-c", self.LOADED.format(module=module)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        return {name for name in run.stdout.split() if name.startswith("app.")}

    def test_loads_nothing_of_the_main_site(self):
        core = {"app.core", *(f"app.core.{name}" for name in ("translation", "errors", "forms", "codes", "clock"))}
        loaded = self.loaded("reflections.box.app")
        assert "app.reflections.box.release" in loaded
        rest = {name for name in loaded - core if not name.startswith(("app.reflections", "app.language"))}
        assert rest == set()

    def test_would_be_seen_loading_it(self):
        assert "app.identity.models" in self.loaded("identity.models")


class TestTheBatch:
    """A7"""

    def test_waits_for_five(self, box, writer):
        for number in range(4):
            writer.write(f"The list was out of date, {number}.")
        assert daily_job(box.engine, date(2031, 1, 1)) == 0
        assert box.rows(reflection) == []
        writer.write("The list was out of date again.")
        assert daily_job(box.engine, date(2031, 1, 1)) == 0, "The job of a day runs once."
        assert daily_job(box.engine, date(2031, 1, 2)) == 5
        assert (len(box.rows(reflection)), box.rows(spool)) == (5, [])

    def test_waits_for_fourteen_days_at_most(self, box, writer):
        writer.write("The list was out of date.")
        released = [daily_job(box.engine, date(2031, 1, day)) for day in range(1, 17)]
        assert released == [0] * 13 + [1, 0, 0]

    @pytest.mark.parametrize("came_on", [1, 9, 14])
    def test_that_is_small_keeps_to_days_that_no_message_sets(self, box, writer, came_on):
        released = {}
        for day in range(1, 29):
            if day == came_on + 1:
                writer.write("The list was out of date.")
            released[day] = daily_job(box.engine, date(2031, 1, day))
        assert released == dict.fromkeys(range(1, 29), 0) | {14 if came_on < 14 else 28: 1}
        assert box.rows(rhythm) == [("2031-01-28", 14)]

    @pytest.mark.parametrize(("north", "shown"), [(4, {"0"}), (5, {"0", "1"})])
    def test_shows_a_region_that_five_share(self, box, writer, north, shown):
        for number in range(north + 2):
            writer.write(f"The list was out of date, {number}.", region="1" if number < north else "2")
        daily_job(box.engine, date(2031, 1, 1))
        assert {row.region for row in box.rows(reflection)} == shown


def acknowledged_under_fire(process, cycles):
    """A8: kill the process again and again while four people write; answers the receipts they were shown."""
    shown = []

    def write_on(client, stop):
        writer = Writer(client)
        while not stop.is_set():
            try:
                shown.extend(filter(None, [writer.receipt("The list of contacts was out of date.")]))
            except (httpx.HTTPError, TypeError, RuntimeError):
                return

    for _cycle in range(cycles):
        process.start()
        stop = threading.Event()
        people = [threading.Thread(target=write_on, args=(process.client, stop)) for _ in range(4)]
        for person in people:
            person.start()
        enough, deadline = len(shown) + 3, time.monotonic() + 20
        while len(shown) < enough and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.2))
        process.process.kill()
        stop.set()
        for person in people:
            person.join()
        process.kill()
    return shown


@pytest.mark.timeout(1200)
class TestAKill:
    @pytest.mark.parametrize("cycles", [pytest.param(2), pytest.param(40, marks=pytest.mark.assurance)])
    def test_loses_nothing_that_was_acknowledged(self, tmp_path, cycles):
        process = Process(tmp_path / "box")
        shown = acknowledged_under_fire(process, cycles)
        pepper = (tmp_path / "box" / "pepper").read_bytes()
        with open_box(tmp_path / "box" / "box.db").connect() as connection:
            kept = [row.lookup for row in connection.execute(spool.select())]
        assert len(shown) > 3
        assert len(kept) == len(set(kept))
        assert {receipt.lookup_of(receipt.read_receipt(code), pepper) for code in shown} <= set(kept)

    def test_loses_some_in_the_naive_one(self, tmp_path):
        process = Process(tmp_path / "naive", naive=True)
        shown = acknowledged_under_fire(process, 1)
        with sqlite3.connect(tmp_path / "naive" / "box.db") as database:
            kept = {row[0] for row in database.execute("SELECT code FROM reflection")}
        assert set(shown) - kept

    @pytest.mark.parametrize("cycles", [pytest.param(3), pytest.param(60, marks=pytest.mark.assurance)])
    def test_in_the_middle_of_a_release_loses_and_doubles_nothing(self, tmp_path, cycles):
        box = a_box(tmp_path)
        writer = Writer(box.client())
        job = (
            "import sys, datetime as d; from pathlib import Path; from app.reflections.box import release, storage\n"
            "engine = storage.open_box(Path(sys.argv[1])); print('ready', flush=True)\n"
            "release.daily_job(engine, d.date.fromisoformat(sys.argv[2])); print('done', flush=True)"
        )
        for cycle in range(cycles):
            for number in range(6):
                writer.write(f"The list was out of date, {number}.")
            command = [sys.executable, "-c", job, str(box.settings.database), f"20{31 + cycle}-01-01"]
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as running:
                running.stdout.readline()
                time.sleep(random.uniform(0, 0.02))
                running.kill()
            waiting, released = box.rows(spool), box.rows(reflection)
            assert len({row.lookup for row in [*waiting, *released]}) == len(waiting) + len(released) == 6 * (cycle + 1)


class TestSomethingBroken:
    """A10"""

    def broken(self, client, caplog, capfd):
        caplog.set_level(logging.DEBUG)
        writer = Writer(client)
        answer = client.post(
            "/en/write",
            data={"challenge": writer.challenge(), "word": "heron", "text": "A kingfisher sat on the third pier."},
            headers={"User-Agent": "kingfisher"},
        )
        said = capfd.readouterr()
        return answer, f"{answer.text}{caplog.text}{said.out}{said.err}"

    def test_repeats_nothing(self, box, caplog, capfd):
        client = box.client()
        with box.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE spool")
        answer, said = self.broken(client, caplog, capfd)
        assert answer.status_code == 500
        assert "kingfisher" not in said

    def test_repeats_it_in_the_naive_one(self, tmp_path, monkeypatch, caplog, capfd):
        monkeypatch.setenv("THROUGHLINE_BOX_DATABASE", str(tmp_path / "naive.db"))
        from tests.reflections.naive import create_naive

        _answer, said = self.broken(TestClient(create_naive()), caplog, capfd)
        assert "kingfisher" in said
