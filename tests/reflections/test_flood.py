"""A flood without valid proof: honest messages get through, the disk does not fill, nothing is learned of anybody.

A few here; 10,000 posts with 200 honest ones between them, at up to 10,000 a minute, by `make assurance`. How many a
minute the machine really manages depends on the machine; nothing leaves it.
"""

import http.client
import threading
import time
from urllib.parse import urlencode

import pytest

from app.reflections.box.storage import open_box, spool
from tests.reflections.conftest import Writer, code_of
from tests.reflections.test_anonymity import holding_marks

PER_MINUTE = 10_000
BOGUS = [
    {"challenge": "0" * 32 + "-1-" + "0" * 32, "sum": "1", "text": "kingfisher " * 700, "looked": "yes"},
    {"challenge": "", "sum": "", "text": "kingfisher 203.0.113.7 " * 300},
    {"word": "kingfisher", "challenge": "x", "text": "Maria kingfisher 19-334455 " * 250},
]


def flood(port, posts, counts):
    """Posts without proof, at a quarter of the rate; four of these run at once."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    bodies = [urlencode(fields) for fields in BOGUS]
    began = time.monotonic()
    for number in range(posts):
        headers = {"X-Forwarded-For": f"203.0.113.{number % 250}", "User-Agent": "kingfisher"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        client.request("POST", "/en/write", bodies[number % 3], headers)
        answer = client.getresponse()
        answer.read()
        counts.append(answer.status)
        time.sleep(max(0, began + number * 4 * 60 / PER_MINUTE - time.monotonic()))
    client.close()


def memory(process):
    """Megabytes that a process holds."""
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("posts", "honest"), [(200, 8), pytest.param(10_000, 200, marks=pytest.mark.assurance)], ids=["some", "whole"]
)
def test_a_flood_keeps_nobody_out_and_leaves_nothing(process, posts, honest):
    running = process()
    writer, counts = Writer(running.client), []
    writer.receipt()
    before = memory(running.process)
    began = time.monotonic()
    floods = [threading.Thread(target=flood, args=(running.port, posts // 4, counts)) for _client in range(4)]
    for one in floods:
        one.start()
    codes = []
    for number in range(honest):
        # Between the others from the first to the last.
        while len(counts) < posts * number / honest * 0.9:
            time.sleep(0.01)
        codes.append(code_of(writer.write(f"The list was out of date, {number}.").text))
    for one in floods:
        one.join()
    print(f"{posts / (time.monotonic() - began) * 60:,.0f} posts a minute")  # Told with `-s`.
    database = running.folder / "box.db"
    assert all(codes)
    assert set(counts) == {422}
    assert len(counts) == posts
    with open_box(database).connect() as connection:
        assert len(connection.execute(spool.select()).all()) == honest + 1
    assert database.stat().st_size < (honest + 5) * 64 * 1024
    assert memory(running.process) < before + 100
    assert holding_marks(running.folder) == []


def test_a_flood_with_proof_stops_at_the_most_that_may_wait(box, writer):
    box.settings.most_waiting = 2
    answers = [writer.write(f"The list was out of date, {number}.") for number in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 503, 503]
    assert "More messages wait" in answers[2].text
    assert len(box.rows(spool)) == 2
