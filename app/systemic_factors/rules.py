"""What may happen with lists of factors and rating sheets: each obstacle is a sentence for a person, or None."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from app.core.translation import N_
from app.core.translation import gettext as _
from app.reviews.models import Stage, TeamRole
from app.systemic_factors.models import Answer

RATERS = frozenset({TeamRole.LEAD, TeamRole.CO_FACILITATOR, TeamRole.REVIEWER, TeamRole.SCORER})
RATING_STAGES = frozenset({Stage.IN_ANALYSIS, Stage.DRAFT, Stage.WITH_DIVISION})
"""A sheet can still be finished while the division reads, because a review is concluded only with its ratings."""
EXPLAINED = frozenset({Answer.INFLUENCED, Answer.STRONG})
"""The answers that need a sentence of evidence."""


# ------------------------------------------------------------------------------------------------ lists of factors


def obstacle_to_loading(name: str, version: str, *, loaded: Collection[str]) -> str | None:
    """Why a list cannot be loaded. `loaded`: the versions of it that the agency has."""
    if version in loaded:
        return _("Version %(version)s of “%(name)s” is loaded already. Give the changed list a new version.") % {
            "version": version,
            "name": name,
        }
    return None


def obstacle_to_retiring(*, others: int) -> str | None:
    """Why a list cannot be retired. `others`: how many other lists new reviews could use."""
    return None if others else _("New reviews need a list of factors. Load another one before you retire this one.")


# --------------------------------------------------------------------------------------------------- rating sheets


def in_sample(share: float, drawn: float) -> bool:
    """Whether a review is rated by a second person: `drawn` is a random number in [0, 1), drawn once."""
    return drawn < share


def is_blind(*, second_rating: bool, sent: int) -> bool:
    """Whether nobody may see another's ratings yet. `sent`: how many of the two sheets are sent."""
    return second_rating and sent < 2


def obstacle_to_rating(stage: Stage) -> str | None:
    """Why nothing can be rated in this stage."""
    if stage in RATING_STAGES:
        return None
    if stage in (Stage.OPENED, Stage.LISTENING):
        return _("Rating begins with the analysis. Its lead can move the review there.")
    if stage is Stage.CONCLUDED:
        return _("This review is concluded. Its lead can take it back to draft.")
    return _("This review is paused. Its lead can take it up again.")


KNOWN = N_("You have worked on the other rating sheet of this review. The second rater is someone who has not seen it.")


def knows_another_sheet(person_id: int, others: Iterable[tuple[int | None, Collection[int]]]) -> bool:
    """Whether someone has worked on another rater's sheet. `others`: the rater and the earlier raters of each.

    It stays so when they leave the team and come back: what was read cannot be unread.
    """
    return any(person_id == rater or person_id in earlier for rater, earlier in others)


def obstacle_to_beginning(
    role: TeamRole | None,
    others: Sequence[TeamRole | None],
    *,
    has_own: bool,
    knows_another: bool = False,
    second_rating: bool,
) -> str | None:
    """Why someone cannot begin a sheet of their own.

    `others`: the team roles of those who have begun one, the first rater first; None for someone who left the team.
    `knows_another`: see `knows_another_sheet`.
    """
    if role not in RATERS:
        return _("The facilitators, reviewers and scorers on this review's team rate.")
    if has_own:
        return _("You have a rating sheet for this review.")
    if others and not second_rating:
        return _("This review has a rating sheet, and is not in the sample for a second rater.")
    if len(others) > 1:
        return _("Two people rate this review already.")
    if knows_another:
        return _(KNOWN)
    if role is TeamRole.LEAD and TeamRole.LEAD in others:
        return _("The second rater is a co-facilitator, reviewer or scorer of this review.")
    return None


def obstacle_to_taking_over(
    role: TeamRole | None,
    *,
    has_own: bool,
    rater_on_team: bool,
    sent: bool,
    knows_another: bool = False,
    second_rating: bool,
) -> str | None:
    """Why someone cannot go on with a sheet that another person began. `knows_another`: a sheet besides this one.

    A sent sheet of two stays its rater's: agreement is counted between the people who rated.
    """
    if role not in RATERS:
        return _("The facilitators, reviewers and scorers on this review's team rate.")
    if has_own:
        return _("You have a rating sheet for this review.")
    if rater_on_team:
        return _("The person who began this sheet is on the team. Only they change it.")
    if sent and second_rating:
        return _("This sheet is sent, to be compared with the other rater's. It stays as it is.")
    if knows_another and second_rating:
        return _(KNOWN)
    return None


def obstacle_to_changing_sheet(*, sent: bool) -> str | None:
    """Why a sheet's answers cannot be changed."""
    return _("This sheet is sent. Reopen it to change an answer.") if sent else None


def obstacle_to_reopening(*, sent: bool, second_rating: bool, all_sent: int, consensus: bool) -> str | None:
    """Why a rater cannot take their sheet back. `all_sent`: how many of the review's own sheets are sent.

    Once two sheets can be compared, each rater has seen the other's: a change would no longer be blind, and agreement
    would be counted from it.
    """
    if not sent:
        return _("This sheet is not sent; it can be changed.")
    if consensus or (second_rating and all_sent > 1):
        return _("Both raters have sent their sheets. Settle what differs in the consensus.")
    return None


def obstacle_to_consensus(role: TeamRole | None, *, sent: int) -> str | None:
    """Why the consensus of two raters cannot be begun or changed. `sent`: how many of the two sheets are sent."""
    if role not in RATERS:
        return _("The facilitators, reviewers and scorers on this review's team rate.")
    if sent < 2:
        return _("Both raters first send their sheets.")
    return None


UNRATED = N_("Choose a rating, or “not enough information”.")


@dataclass(frozen=True, slots=True)
class Given:
    """What is answered for one factor."""

    answer: Answer | None = None
    explained: bool = False


def missing(given: Given) -> str | None:
    """What a factor still needs before its sheet can be sent."""
    if given.answer is None:
        return _(UNRATED)
    if given.answer in EXPLAINED and not given.explained:
        return _("Write why. A rating of 2 or 3 needs a sentence of evidence.")
    return None


def settled(one: Answer | None, other: Answer | None, *, same_direction: bool) -> bool:
    """Whether two raters said the same of a factor. The direction matters only where a factor is evident."""
    if one is None or one is not other:
        return False
    return same_direction or one in (Answer.NOT_EVIDENT, Answer.NOT_ENOUGH_INFORMATION)
