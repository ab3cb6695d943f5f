"""The private half of a key: what opens it, what it costs, and for how long it is held."""

import time

from nacl.public import PrivateKey

from app.reflections.desk import passphrase
from app.reflections.desk.keyring import KeyRing
from app.reflections.desk.rules import UNLOCKED_SECONDS
from tests.reflections.desk.conftest import PASSPHRASE


class TestAKeyUnderAPassphrase:
    def test_opens_with_it_and_with_nothing_else(self):
        made = passphrase.make_key(PASSPHRASE)
        opened = passphrase.open_key(PASSPHRASE, made.salt, made.sealed_private_key)
        assert bytes(PrivateKey(opened).public_key) == made.public_key
        assert opened not in made.sealed_private_key
        assert passphrase.open_key(PASSPHRASE + " ", made.salt, made.sealed_private_key) is None
        assert passphrase.open_key(PASSPHRASE, bytes(16), made.sealed_private_key) is None

    def test_costs_a_thief_64_mib_and_three_passes(self, monkeypatch):
        monkeypatch.undo()
        assert (passphrase.PASSES, passphrase.MEMORY) == (3, 64 * 1024 * 1024)
        made = passphrase.make_key(PASSPHRASE)
        began = time.process_time()
        assert passphrase.open_key(PASSPHRASE, made.salt, made.sealed_private_key)
        assert time.process_time() - began > 0.02

    def test_shows_nothing_when_printed(self):
        assert "sealed_private_key" not in repr(passphrase.make_key(PASSPHRASE))


class TestTheKeyRing:
    def test_forgets_by_itself_after_its_time(self):
        ring = KeyRing(seconds=0.2)
        ring.unlock("session", b"k" * 32)
        held = ring._held["session"][0]
        assert ring.key("session") == b"k" * 32
        time.sleep(0.6)
        assert ring._held == {}
        assert held == bytes(32)

    def test_is_no_longer_than_a_quarter_of_an_hour(self):
        assert UNLOCKED_SECONDS == 900

    def test_opens_for_one_session_only_and_locks(self):
        ring = KeyRing()
        ring.unlock("one", b"k" * 32)
        assert (ring.key("another"), ring.minutes("another"), ring.minutes("one")) == (None, 0, 15)
        ring.lock("one")
        ring.lock("one")
        assert (ring.key("one"), ring.minutes("one")) == (None, 0)
