"""What an installation of the box may set, read from the environment (THROUGHLINE_BOX_...)."""

import secrets
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from app.reflections import durable


class BoxSettings(BaseSettings):
    """The box reads nothing else: neither the settings of the main site nor its database."""

    model_config = SettingsConfigDict(env_prefix="THROUGHLINE_BOX_", extra="ignore")

    database: Path = Path("var/reflections.db")
    """A SQLite file of its own. On PostgreSQL the log would keep the instant of every sending."""
    pepper_file: Path = Path("var/reflections.pepper")
    """The key under which receipts are hashed, outside the database; made at the first start. Back it up apart."""
    exchange: Path | None = None
    """The folder through which the box and the desk of the main site hand each other sealed files."""
    reflection_days: int = 365
    """For how many days the desk keeps texts and answers (THROUGHLINE_REFLECTION_DAYS there); said before writing."""
    agency: str = "the agency"
    made_up: bool = False
    poster_word: str = ""
    """A word printed on the poster, for people without script; change it every quarter. Empty: script is needed."""
    regions: list[str] = []
    """Large parts of the county that a writer may name; at most nine. Never teams or offices."""
    hotline: str = "(800) 540-4000"
    """The child protection hotline, as it is shown and called."""
    emergency: str = "911"
    lifeline: str = "988"
    """Whom to call when somebody is in danger, and when the writer needs somebody to talk with."""
    kiosk_minutes: int = 5
    """Under the address `/kiosk`, so many minutes without a touch clear the page; a minute before it says so."""
    leave_to: str = "https://www.weather.gov/"
    policy_address: str = ""
    """Where the agency's policy against retaliation stands, once counsel has approved that it is named here."""
    most_waiting: int = 5000
    """With so many waiting the box takes no more until the next release, so that a flood cannot fill the disk."""
    release_hour: int = 3
    """The hour (server's clock) of the daily release."""
    beat_seconds: int = 60
    """How often the box writes and takes away a dummy, so that the file's time tells nothing."""

    def pepper(self) -> bytes:
        """The 32 bytes of the pepper file, made when it is not there."""
        if not self.pepper_file.exists():
            durable.make_folder(self.pepper_file.parent)
            durable.write(self.pepper_file, secrets.token_bytes(32), 0o600)
        return self.pepper_file.read_bytes()
