"""The pages about one debrief, which all show its sections and what was said in them."""

from typing import Any

from fastapi.responses import HTMLResponse

from app.debriefs import rules
from app.debriefs.consent import consent
from app.debriefs.models import DebriefSession
from app.debriefs.rules import PARTS, Part
from app.debriefs.showing import choices_of, present_in_words, working
from app.language.rules import remarks_on, words_we_use
from app.reviews.dependencies import ReadingDesk
from app.reviews.queries import team_role
from app.reviews.rules import obstacle_to_writing
from app.reviews.values import VALUES


def address_of(desk: ReadingDesk, debrief: DebriefSession) -> str:
    """Where a debrief's page is; the addresses of its parts begin with it."""
    return f"{desk.address}/debriefs/{debrief.code}"


def debrief_page(
    desk: ReadingDesk, template: str, debrief: DebriefSession, status_code: int = 200, **more: Any
) -> HTMLResponse:
    """A page about one debrief. Opens everything that was said in it."""
    more = {"part": None, "just_added": "", **more}
    review = desk.review
    return desk.page(
        template,
        fragment="working",
        review=review,
        debrief=debrief,
        working=working(desk.session, review, debrief, by=desk.viewer),
        on_the_team=obstacle_to_writing(team_role(desk.session, desk.viewer, review)) is None,
        obstacle_to_adding=rules.obstacle_to_adding(review.stage, debrief.finished_at),
        obstacle_to_logging=rules.obstacle_to_logging(review.stage),
        obstacle_to_correcting=rules.obstacle_to_correcting(review.stage, "given"),
        address=address_of(desk, debrief),
        role_choices=choices_of(debrief.roles_present, "role"),
        category_choices=choices_of(more["part"].categories, "note_category") if more["part"] else [],
        following=_following(more["part"]),
        consent=consent(),
        present_in_words=present_in_words,
        words_we_use=words_we_use(),
        remarks_on=remarks_on,
        values=VALUES,
        status_code=status_code,
        **more,
    )


def _following(part: Part | None) -> Part | None:
    """The section after this one; None before reading back."""
    if part is None:
        return None
    after = PARTS[PARTS.index(part) + 1 :]
    return after[0] if after and after[0].key != "care" else None
