"""What an installation of the box may set, read from the environment (THROUGHLINE_BOX_...)."""

import os
import secrets
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class BoxSettings(BaseSettings):
    """The box reads nothing else: neither the settings of the main site nor its database."""

    model_config = SettingsConfigDict(env_prefix="THROUGHLINE_BOX_", extra="ignore")

    database: Path = Path("var/reflections.db")
    """A SQLite file of its own. On PostgreSQL the log would keep the instant of every sending."""
    pepper_file: Path = Path("var/reflections.pepper")
    """The key under which receipts are hashed, outside the database; made at the first start. Back it up apart."""
    agency: str = "the agency"
    made_up: bool = False
    poster_word: str = ""
    """A word printed on the poster, for people without script; change it every quarter. Empty: script is needed."""
    regions: list[str] = []
    """Large parts of the county that a writer may name; at most nine. Never teams or offices."""
    hotline: str = "(800) 540-4000"
    leave_to: str = "https://www.weather.gov/"
    policy_address: str = ""
    """Where the agency's policy against retaliation stands, once counsel has approved that it is named here."""
    release_hour: int = 3
    """The hour (server's clock) of the daily release."""
    beat_seconds: int = 60
    """How often the box writes and takes away a dummy, so that the file's time tells nothing."""

    def pepper(self) -> bytes:
        """The 32 bytes of the pepper file, made when it is not there."""
        if not self.pepper_file.exists():
            self.pepper_file.parent.mkdir(parents=True, exist_ok=True)
            opened = os.open(self.pepper_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(opened, "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
        return self.pepper_file.read_bytes()
