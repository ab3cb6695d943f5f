"""When a made-up review entered its stages: derived from its record, its debriefs and its ratings."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.demo.records import Review

_FORWARD = ("opened", "listening", "in_analysis", "draft", "with_division", "concluded")
_HOUR = timedelta(hours=1)


def course_of(
    review: Review, debriefed: Sequence[datetime], rated: Sequence[datetime]
) -> tuple[tuple[str, datetime], ...]:
    """The stages in the order in which the review entered them, with the instants.

    `debriefed` and `rated` are the instants of its debriefs and ratings. A review that pauses does so from `opened`.
    """
    if review.stage not in _FORWARD:
        return ("opened", review.opened_at), (review.stage, review.opened_at + timedelta(days=6))
    meant = {
        "opened": review.opened_at,
        "listening": review.opened_at + timedelta(days=1),
        "in_analysis": max(debriefed, default=review.opened_at) + timedelta(days=1),
        "draft": max(rated, default=review.opened_at) + timedelta(days=1),
        "with_division": max(rated, default=review.opened_at) + timedelta(days=3),
        "concluded": review.concluded_at or review.opened_at,
    }
    course: list[tuple[str, datetime]] = []
    for stage in _FORWARD[: _FORWARD.index(review.stage) + 1]:
        at = meant[stage] if stage == "concluded" else min(meant[stage], review.concluded_at or meant[stage])
        course.append((stage, max(at, course[-1][1] + _HOUR) if course else at))
    return tuple(course)
