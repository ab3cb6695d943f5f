"""Looking again at what is stored, after a client has changed it."""

from sqlmodel import Session


def look_again(session: Session) -> None:
    """End what the session was reading and forget what it read."""
    session.rollback()
    session.expire_all()
