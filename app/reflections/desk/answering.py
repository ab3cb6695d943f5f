"""What everyone may know: how many reflections were answered, how long it took, and what the last batch was about."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from sqlmodel import Session, col, select

from app.identity.viewers import Viewer
from app.reflections.box.words import TOPICS
from app.reflections.desk.models import Reflection, Remainder
from app.reflections.desk.rules import SHARED_BY


@dataclass(frozen=True, slots=True)
class Answered:
    """A month, or a quarter: first messages that arrived, how many are answered, and the median days it took."""

    period: str
    arrived: int
    answered: int
    median_days: float | None

    @property
    def few(self) -> bool:
        """Whether the number itself is not told, nor a share that would tell it."""
        return self.arrived < SHARED_BY


def summed(days_by_period: dict[str, list[int | None]]) -> list[Answered]:
    """One line for each period, the latest first. `None` stands for a message without an answer."""
    lines = []
    for period, days in sorted(days_by_period.items(), reverse=True):
        given = [one for one in days if one is not None]
        lines.append(Answered(period, len(days), len(given), median(given) if given else None))
    return lines


def months(reflections: Sequence[Reflection]) -> list[Answered]:
    """The months in which first messages arrived; a reply under a receipt is no new reflection."""
    days: dict[str, list[int | None]] = defaultdict(list)
    for one in reflections:
        if one.turn == 1:
            days[f"{one.received_on:%Y-%m}"].append(_days(one.received_on, one.answered_on))
    return summed(days)


def _days(received_on: date, answered_on: date | None) -> int | None:
    return (answered_on - received_on).days if answered_on else None


def earlier(session: Session, viewer: Viewer) -> list[Answered]:
    """The quarters of messages whose texts have ended."""
    days: dict[str, list[int | None]] = defaultdict(list)
    for one in session.exec(select(Remainder).where(Remainder.agency_id == viewer.agency_id)):
        days[one.quarter].append(one.days_to_answer)
    return summed(days)


def all_of(session: Session, viewer: Viewer) -> list[Reflection]:
    """Every reflection of the agency whose texts have not ended, in the order of arrival."""
    query = select(Reflection).where(Reflection.agency_id == viewer.agency_id)
    return list(session.exec(query.order_by(col(Reflection.received_on), col(Reflection.id))))


def shared_topics(reflections: Sequence[Reflection]) -> tuple[str, list[str]]:
    """Week and topics of the latest batch in which at least five messages share one; nothing is said of the others."""
    batches: dict[str, list[Reflection]] = defaultdict(list)
    for one in reflections:
        batches[one.batch].append(one)
    for batch in reversed(batches.values()):
        counted = Counter(one.topic for one in batch if one.topic and one.topic != "other")
        shared = [TOPICS[topic] for topic, count in sorted(counted.items()) if count >= SHARED_BY]
        if shared:
            return batch[0].week, shared
    return "", []
