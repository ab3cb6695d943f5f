"""kill -9 while box and desk hand each other files: nothing lost and nothing doubled, in either direction."""

import multiprocessing
import random
import time
from collections import Counter
from datetime import date

import pytest
from sqlmodel import Session, select

from app.reflections import exchange
from app.reflections.box import receipt
from app.reflections.box.answers import Told, sealed_answer, told_to
from app.reflections.box.sealing import unseal
from app.reflections.box.storage import reflection as boxed
from app.reflections.desk.models import Outgoing
from tests.conftest import on_one_database
from tests.reflections.conftest import STORY
from tests.reflections.desk import one_side
from tests.reflections.desk.conftest import released

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.reflections.desk.one_side"])
A_BATCH = 5


class Side:
    """A process that stands ready to do its part once."""

    def __init__(self, work, database, folder):
        self.pipe, other = FORKED.Pipe()
        self.process = FORKED.Process(target=work, args=(other, database, folder))
        self.process.start()
        other.close()
        assert self.pipe.recv() == "ready"

    def begin(self):
        self.pipe.send("go")

    def kill(self):
        """Whether it was killed before it was done."""
        self.process.kill()
        self.process.join()
        try:
            return not (self.pipe.poll() and self.pipe.recv() == "done")
        except (EOFError, ConnectionResetError):
            return True
        finally:
            self.pipe.close()


class Exchange:
    """Messages that go one way and answers that go the other, and what should arrive of them."""

    def __init__(self, between, engine, box, desk):
        self.between, self.engine = between, engine
        url = engine.url.render_as_string(hide_password=False)
        self.sides = [(box, str(between.box.settings.database)), (desk, url)]
        self.codes, self.answered, self.longest = [], {}, []

    def write(self):
        """A batch, released and not handed over."""
        for _message in range(A_BATCH):
            self.codes.append(self.between.writer.receipt(STORY.format(len(self.codes))))
        self.between.job()

    def answer(self):
        """One more answer to some of what has arrived; each says everything that was answered, as the desk's do."""
        here = released(self.engine)
        with Session(self.engine) as session:
            told = {
                one.key: (self.answered.get(one.key, 0) + 1, one.reply_key)
                for one in random.sample(here, min(4, len(here)))
            }
            for key, (number, reply_key) in told.items():
                answers = [("read", f"Answer {count}.") for count in range(1, number + 1)]
                session.add(Outgoing(key=key, sealed=sealed_answer(Told(answers, date(2032, 1, 31)), reply_key)))
            session.commit()
        self.answered |= {key: number for key, (number, _reply_key) in told.items()}

    def cycle(self):
        """Both sides at work, each killed at an instant of its own. Answers how many were not done."""
        self.write()
        self.answer()
        sides = [Side(work, database, self.between.folder) for work, database in self.sides]
        began = time.monotonic()
        for side in sides:
            side.begin()
        if not self.longest:  # Once without a kill, to know how long each takes.
            for side in sides:
                assert side.pipe.poll(60)
                self.longest.append(time.monotonic() - began)
            return sum(side.kill() for side in sides)
        cut = [False, False]
        for instant, place in sorted((random.uniform(0, longest), place) for place, longest in enumerate(self.longest)):
            time.sleep(max(0, began + instant - time.monotonic()))
            cut[place] = sides[place].kill()
            # So that about half of the kills come while something is being done, however busy the machine is.
            self.longest[place] *= 1.1 if cut[place] else 0.9
        return sum(cut)

    def lost_or_doubled(self):
        """After a calm while: messages and answers that are not there exactly once, and files that are left."""
        for _round in range(3):
            self.between.carry()
        texts = [unseal(one.sealed, bytes(self.between.box.recovery)) for one in released(self.engine)]
        arrived = Counter(text.split("number ")[1].split(".")[0] for text in texts)
        wrong = [number for number in range(len(self.codes)) if arrived[str(number)] != 1]
        keys = {one.lookup: (one.k, one.answer) for one in self.between.box.rows(boxed)}
        for code in self.codes:
            held = receipt.read_receipt(code)
            key, answer = keys[receipt.lookup_of(held, self.between.box.settings.pepper())]
            there = [text for told in told_to(held, [answer] if answer else []) for _status, text in told.answers]
            if there != [f"Answer {count}." for count in range(1, self.answered.get(key, 0) + 1)]:
                wrong.append(code)
        left = [path.name for path in self.between.folder.rglob("*") if path.is_file() and path.name != exchange.KEYS]
        with Session(self.engine) as look:
            return wrong + left + list(look.exec(select(Outgoing)))


@pytest.mark.timeout(1200)
class TestAKill:
    @pytest.mark.parametrize("cycles", [pytest.param(8), pytest.param(200, marks=pytest.mark.assurance)])
    def test_during_the_hand_over_loses_and_doubles_nothing(self, engine, open_box, cycles):
        exchanged = Exchange(open_box, engine, one_side.box, one_side.desk)
        cut = sum(exchanged.cycle() for _cycle in range(cycles))
        assert exchanged.lost_or_doubled() == []
        assert len(exchanged.codes) == A_BATCH * cycles
        assert cut, "No kill came while something was being done."

    @on_one_database
    @pytest.mark.parametrize(
        ("box", "desk"), [(one_side.naive_box, one_side.desk), (one_side.box, one_side.naive_desk)], ids=["box", "desk"]
    )
    def test_loses_something_where_one_side_is_naive(self, engine, open_box, box, desk):
        exchanged = Exchange(open_box, engine, box, desk)
        for _look in range(12):
            # What one cycle leaves in the folder is there when the next begins, so that a side has something to lose.
            for _cycle in range(5):
                exchanged.cycle()
            if exchanged.lost_or_doubled():
                return
        raise AssertionError("The test finds nothing where something must be lost.")
