"""Made-up reflections, sent through the real box and answered at the real desk: something to look at."""

from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path

import yaml
from pydantic import BaseModel
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.core.clock import today
from app.core.database import writing
from app.demo.county import PASSPHRASE, PEOPLE
from app.identity.models import Person
from app.identity.queries import viewer_of
from app.identity.viewers import Viewer
from app.reflections.box import receipt
from app.reflections.box.handing import hand_over, take_in
from app.reflections.box.recovery import make_recovery_key
from app.reflections.box.release import daily_job
from app.reflections.box.sending import Written, send
from app.reflections.box.settings import BoxSettings
from app.reflections.box.storage import open_box
from app.reflections.desk import actions, courier, keys
from app.reflections.desk.models import Danger, Reflection, ResponderKey, Status
from app.reflections.desk.passphrase import make_key, open_key
from app.reflections.desk.showing import factors_offered, whole_answer


class Message(BaseModel):
    """One made-up reflection, and what became of it."""

    text: str
    topic: str
    kind: str
    helped: str = ""
    language: str = "en"
    receipt: bool = False
    after: int | None = None
    status: Status = Status.UNANSWERED
    answer: str = ""
    held: bool = False
    retelling: str = ""
    agreed: bool = False
    factors: list[str] = []
    note: str = ""

    @property
    def code(self) -> bytes:
        """A receipt that is the same at every start, so that it can be printed."""
        return blake2b(self.text.encode(), digest_size=receipt.BYTES).digest()


class Batch(BaseModel):
    days_ago: int
    messages: list[Message]


class MadeUp(BaseModel):
    batches: list[Batch]
    waiting: list[Message]


def made_up() -> MadeUp:
    """The reflections of the file beside this one."""
    return MadeUp.model_validate(yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")))


def receipts() -> list[tuple[str, str]]:
    """The codes with which an answer can be read, and the language to read it in."""
    messages = [message for batch in made_up().batches for message in batch.messages if message.receipt]
    return [("-".join(receipt.as_groups(message.code)), message.language) for message in messages]


def is_loaded(engine: Engine) -> bool:
    """Whether somebody has a key already."""
    with Session(engine) as look:
        return look.exec(select(ResponderKey)).first() is not None


def load_reflections(engine: Engine, box: BoxSettings) -> int:
    """Write the reflections into an empty box and answer some of them. Answers how many; 0 without responders."""
    assert box.exchange  # noqa: S101  (the demonstration sets it)
    with Session(engine) as look:
        if len(_responders(look)) < len([person for person in PEOPLE if person.role == "responder"]):
            return 0
    everything = made_up()
    private_key = _make_keys(engine)
    boxed = open_box(box.database)
    make_recovery_key(boxed, box.database.with_suffix(".recovery"))
    courier.carry(engine, box.exchange)
    take_in(boxed, box.exchange)
    for batch in everything.batches:
        _send(boxed, box, batch.messages)
        _release(boxed, box, engine, today() - timedelta(days=batch.days_ago))
    _work(engine, private_key, [message for batch in everything.batches for message in batch.messages])
    courier.carry(engine, box.exchange)
    take_in(boxed, box.exchange)
    _send(boxed, box, everything.waiting)
    boxed.dispose()
    return sum(len(batch.messages) for batch in everything.batches) + len(everything.waiting)


def _responders(session: Session) -> list[Viewer]:
    emails = [person.email for person in PEOPLE if person.role == "responder"]
    found = session.exec(select(Person).where(col(Person.email).in_(emails)).order_by(col(Person.id)))
    viewers = [viewer_of(session, person.id or 0) for person in found]
    return [viewer for viewer in viewers if viewer]


def _make_keys(engine: Engine) -> bytes:
    """A key for each responder; answers the private half of the first."""
    with writing(engine) as session:
        made = [keys.add_key(session, make_key(PASSPHRASE), by=viewer) for viewer in _responders(session)]
        return open_key(PASSPHRASE, made[0].salt or b"", made[0].sealed_private_key or b"") or b""


def _send(boxed: Engine, box: BoxSettings, messages: list[Message]) -> None:
    for message in messages:
        written = Written(kind=message.kind, text=message.text, helped=message.helped, topic=message.topic)
        if send(boxed, box.pepper(), written, message.language, under=message.code) is None:
            raise RuntimeError("The box of the demonstration is closed.")


def _release(boxed: Engine, box: BoxSettings, engine: Engine, day: date) -> None:
    assert box.exchange  # noqa: S101
    daily_job(boxed, day)
    hand_over(boxed, box.exchange, box.regions)
    courier.take_in(engine, box.exchange, received_on=day)


def _work(engine: Engine, private_key: bytes, messages: list[Message]) -> None:
    known = {message.text: message for message in messages}
    with writing(engine) as session:
        first, second = _responders(session)
        for reflection in list(session.exec(select(Reflection))):
            told = actions.read(session, reflection, private_key, by=first)
            message = known[told["text"]] if told else None
            if message and message.after is not None:
                _work_on(session, reflection, message, first, second)
            elif reflection.received_on > today() - timedelta(days=30):
                _not_read_yet(session, reflection)


def _not_read_yet(session: Session, reflection: Reflection) -> None:
    reflection.kind = reflection.topic = reflection.language = ""
    reflection.read_on = None
    session.add(reflection)


def _work_on(session: Session, reflection: Reflection, message: Message, first: Viewer, second: Viewer) -> None:
    actions.decide_danger(session, reflection, Danger.NONE, by=first)
    _pass_on(session, reflection, message, first, second)
    text = whole_answer(message.status, message.answer, message.language)
    actions.answer(session, reflection, message.status, text, by=first)
    reflection.read_on = reflection.answered_on = reflection.received_on + timedelta(days=message.after or 0)
    session.add(reflection)


def _pass_on(session: Session, reflection: Reflection, message: Message, first: Viewer, second: Viewer) -> None:
    if message.held:
        actions.hold(session, reflection, held=True, by=first)
    if message.retelling:
        actions.retell(session, reflection, message.retelling, by=first)
    if message.agreed:
        actions.confirm_retelling(session, reflection, by=second)
    if message.factors:
        factors = [factor for factor in factors_offered(session, first) if factor.key in message.factors]
        actions.tag(session, reflection, factors, by=first)
    if message.note:
        actions.hand_over(session, reflection, message.note, by=first)
