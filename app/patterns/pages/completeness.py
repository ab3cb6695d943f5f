"""How complete the counted answers, fields and steps are: what the page, its file and a brief of it tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.core.dates import percent
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.viewers import Viewer
from app.patterns.context.completeness import (
    Answers,
    Field,
    answers_by_factor,
    answers_by_quarter,
    answers_in,
    waiting_by_quarter,
)
from app.patterns.context.fields import fields_of_incidents, steps_of_reviews
from app.patterns.context.selection import Waiting
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Factor, Selection
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.pages import choices
from app.patterns.pages.choices import quarter_words
from app.patterns.pages.dependencies import Asked, following, of_incidents
from app.patterns.trends import queries as trend_queries
from app.patterns.trends.columns import WIDTH, Columns, Group, Series, drawn_columns


@dataclass(frozen=True)
class Completeness:
    """Everything that is told; of fewer than 5 reviews or incidents no share is, and of such incidents nothing."""

    reviews: int
    """Rated, of which the answers are."""
    whole: Answers
    factors: Sequence[tuple[Factor, Answers]]
    """That with the largest share of answers that could not be given first."""
    quarters: Sequence[tuple[str, int, Answers]]
    """Each with the number of its reviews, the earliest first."""
    number_of_incidents: int
    incidents: Sequence[Field]
    """Empty where the incidents are too few to be told of: not all of them may be read by whoever asks."""
    number_of_reviews: int
    """Within sight and not withdrawn, also those that nobody rated."""
    steps: Sequence[Field]
    waiting: Sequence[tuple[str, Waiting]]

    @property
    def finding(self) -> str:
        """In one sentence."""
        if not self.reviews:
            return _("No rated review is counted here.")
        if self.reviews < SMALLEST_BASE:
            told = ngettext(
                "%(num)s rated review is too few: a share is told of %(least)s or more.",
                "%(num)s rated reviews are too few: a share is told of %(least)s or more.",
                self.reviews,
            )
            return told % {"num": self.reviews, "least": SMALLEST_BASE}
        whole = self.whole
        if not whole.asked:
            return _("No answer is counted here: these reviews were asked about no factor that is on the list.")
        answered, not_enough, not_rated = (
            percent(number / whole.asked) for number in (whole.answered, whole.not_enough_information, whole.not_rated)
        )
        return _(
            "Of %(asked)s answers asked for, %(answered)s say something, %(not_enough)s say that there is not enough "
            "information, and %(not_rated)s are missing."
        ) % {"asked": f"{whole.asked:,}", "answered": answered, "not_enough": not_enough, "not_rated": not_rated}

    def drawn(self, size: tuple[int, int] = (WIDTH, 240)) -> Columns:
        """Not enough information, by quarter; a quarter with too few reviews has no bar."""
        groups = [
            Group(quarter_words(code), (one.share(one.not_enough_information) if told(reviews) else None,))
            for code, reviews, one in self.quarters
        ]
        return drawn_columns(groups, [Series(_("Not enough information"), "#2d789f")], in_percent=True, size=size)


def told(base: int) -> bool:
    """Whether a share of so many is told."""
    return base >= SMALLEST_BASE


def completeness_of(session: Session, viewer: Viewer, asked: Asked | None) -> Completeness:
    """Of the reviews and incidents asked for; of all within sight where `asked` is None, because none is rated."""
    selection = asked.question.selection if asked else Selection()
    incidence = asked.snapshot.selected(selection.of_answers) if asked else Incidence.of([], [])
    incidents = fields_of_incidents(session, viewer, selection)
    steps = steps_of_reviews(session, viewer, selection)
    return Completeness(
        reviews=incidence.n_reviews,
        whole=answers_in(incidence),
        factors=answers_by_factor(incidence) if incidence.n_reviews else [],
        quarters=answers_by_quarter(incidence) if incidence.n_reviews else [],
        number_of_incidents=incidents[0].of,
        incidents=incidents if told(incidents[0].of) else [],
        number_of_reviews=steps[0].of,
        steps=steps,
        waiting=waiting_by_quarter(trend_queries.paths_of_incidents(session, viewer, selection)),
    )


def not_narrowing(asked: Asked) -> dict[str, str]:
    """For each part that is counted from something else than rated reviews: the filters that do not narrow it."""
    steps = [one.label for one in asked.filters if one.chosen and one.name in ("with", "without", "domain")]
    of_answers = {one.name for one in following(asked, choices.ASKED_OF_ANSWERS)["filters"] if one.chosen}
    followed = {one.name for one in of_incidents(asked)["filters"]}
    incidents = [choices.FILTERS[name] for name in choices.FILTERS if name in of_answers - followed]
    return {"steps": ", ".join(map(_, steps)), "incidents": ", ".join(map(_, incidents))}


NAMES = ("Part", "Of", "Asked", "Answered", "Not enough information or unknown", "Not rated or empty")


def rows_of(found: Completeness) -> Iterable[list[str | int | float | None]]:
    """Everything the page shows, one line for each number of what."""
    answers = [("Factor", factor.label, one) for factor, one in found.factors]
    answers += [("Quarter of the review", code, one) for code, _reviews, one in found.quarters]
    for part, name, one in answers:
        yield [part, name, one.asked, one.answered, one.not_enough_information, one.not_rated]
    if not found.incidents:
        yield ["Field of incidents", f"Not told: fewer than {SMALLEST_BASE} incidents", None, None, None, None]
    for part, fields in (("Field of incidents", found.incidents), ("Step of reviews", found.steps)):
        for field in fields:
            yield [part, field.name, field.of, field.answered, field.unknown, field.empty]
    for code, waiting in found.waiting:
        few = f"{', '.join(map(str, waiting.days))} days, too few for a median,"
        words = f"Median {waiting.median:g} days" if told(waiting.number) else few
        yield [f"{words} to the first debrief", code, waiting.number, None, None, None]
