"""What an installation may set, read from the environment (THROUGHLINE_...) or a `.env` file."""

from functools import lru_cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting has a default with which one machine can try the program."""

    model_config = SettingsConfigDict(env_prefix="THROUGHLINE_", env_file=".env", extra="ignore")

    database_url: str = "sqlite:///var/throughline.db"
    """`sqlite:///path` or `postgresql+psycopg://user@host/name`."""
    https: bool = False
    """True behind https: cookies are then `__Host-` and Secure."""
    demo: bool = False
    """True for the made-up county: every page says so, and the sign-in page names whom to sign in as."""
    hotline: str = "(800) 540-4000"
    """The child protection hotline shown on every free-text form."""
    idle_minutes: int = 30
    absolute_hours: int = 12
    second_rater_share: float = 0.2
    """The share of reviews that a second rater scores blind, 0 to 1; an agency sets it with its sample."""
    pool_size: int = 10
    """How many requests may hold a database session at once; the others wait without a thread."""
    max_upload_bytes: int = 50 * 1024 * 1024
    exchange: Path | None = None
    """The folder through which the desk and the box of anonymous reflections hand each other sealed files."""
    exchange_seconds: int = 30
    box_address: str = ""
    """Where staff find the box, such as `https://reflect.county.example`. Empty while it is not open."""
    reflection_days: int = 365
    """How long texts and answers of a reflection are kept after its last message arrived, to the end of that month."""
    keep_reflections: bool = False
    """True while counsel holds the texts: nothing of them is deleted, and the desk says so."""
    triage_business_days: int = 5
    first_debrief_days: int = 30
    review_days: int = 90
    """The clocks. They suggest dates; no screen counts what is overdue."""

    @property
    def sqlite_path(self) -> Path | None:
        """The file of the embedded database, or None on PostgreSQL."""
        prefix = "sqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.database_url.startswith(prefix) else None


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
