"""The made-up reflections: really sent, released and answered, so that the demonstration shows several states."""

from sqlmodel import Session, select

from app.demo import reflections
from app.demo.county import PASSPHRASE, PEOPLE
from app.identity.models import Person, Role
from app.reflections.box import storage
from app.reflections.box.answers import told_to
from app.reflections.box.receipt import lookup_of, read_receipt
from app.reflections.box.settings import BoxSettings
from app.reflections.desk.models import HandOver, Reflection, ResponderKey
from app.reflections.desk.passphrase import open_key
from tests.cast import a_person


def box_in(folder):
    files = {"database": folder / "box.db", "pepper_file": folder / "box.pepper", "exchange": folder / "exchange"}
    return BoxSettings(**files, regions=["North"])


class TestTheDemonstration:
    def test_holds_reflections_in_every_state(self, engine, session, cast, tmp_path):
        box = box_in(tmp_path)
        assert reflections.load_reflections(engine, box) == 0, "This county has no such responders."
        for responder in (person for person in PEOPLE if person.role == "responder"):
            made = a_person(session, cast.agency, responder.display_name, Role.RESPONDER)
            session.get_one(Person, made.id).email = responder.email
        session.commit()
        assert not reflections.is_loaded(engine)
        assert reflections.load_reflections(engine, box) == 19
        assert reflections.is_loaded(engine)
        with Session(engine) as look:
            found = look.exec(select(Reflection)).all()
            key = look.exec(select(ResponderKey)).first()
            assert len(look.exec(select(HandOver)).all()) == 1
        assert len({one.status for one in found}) == 7
        assert [any(one.held for one in found), any(one.read_on is None for one in found)] == [True, True]
        assert open_key(PASSPHRASE, key.salt, key.sealed_private_key)
        boxed = storage.open_box(box.database)
        for code, _language in reflections.receipts():
            held = read_receipt(code)
            assert told_to(held, storage.answers(boxed, lookup_of(held, box.pepper())))
        boxed.dispose()
