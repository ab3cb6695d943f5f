"""The page that says how complete the counted answers are, and its file."""

from collections.abc import Iterator, Sequence

from fastapi import Request, Response
from sqlmodel import Session

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.dates import thousands
from app.core.downloads import file_of
from app.core.routing import router
from app.core.translation import ngettext
from app.identity.dependencies import PatternReader, ThePage
from app.identity.viewers import Viewer
from app.patterns.briefs.document import data_words
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.pages import choices, files
from app.patterns.pages.completeness import NAMES, completeness_of, not_narrowing, rows_of, told
from app.patterns.pages.dependencies import asked_where_rated, following, head_of
from app.patterns.views.queries import data_day
from app.systemic_factors.agreement import Pair, agreement
from app.systemic_factors.queries import RatedByTwo, factor_names, numbers_of_raters, rated_by_two

routes = router("/patterns/trends")


@routes.get("/quality")
def see_quality(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_where_rated(request, look, viewer)
    context = asked.context | following(asked, choices.ASKED_OF_ANSWERS) if asked else {"chips": [], "not_followed": []}
    found = completeness_of(look, viewer, asked)
    return page(
        "patterns/quality.html",
        fragment="results",
        **context,
        found=found,
        finding=(asked.question.period_backward if asked else None) or found.finding,
        not_narrowing=not_narrowing(asked) if asked else {"steps": "", "incidents": ""},
        told=told,
        least=SMALLEST_BASE,
        quarter_words=choices.quarter_words,
    )


@routes.get("/quality.csv")
def quality_file(request: Request, session: Transaction, viewer: PatternReader) -> Response:
    """Everything the page shows, one line for each number of what."""
    asked = asked_where_rated(request, session, viewer)
    trail.record(session, "download trends/quality.csv", by=viewer)
    chips = following(asked, choices.ASKED_OF_ANSWERS)["chips"] if asked else []
    head = head_of(
        viewer,
        "How complete the answers are",
        [
            ("Filters", "; ".join(words for words, _address in chips) or "none"),
            *(
                (f"These do not narrow the {of}", words)
                for of, words in (not_narrowing(asked) if asked else {}).items()
                if words
            ),
            ("Data", data_words(data_day(session, viewer, asked.snapshot.pack.id if asked else None))),
        ],
    )
    return file_of(files.csv_text(head, NAMES, rows_of(completeness_of(session, viewer, asked))), "how-complete.csv")


AGREEMENT_NAMES = ("By", "Of", "Pairs", "Same rating", "Weighted kappa", "Positive agreement")


@routes.get("/agreement.csv")
def agreement_file(session: Transaction, viewer: PatternReader) -> Response:
    """How far two raters agree, by factor and by two raters; an empty cell where a number is not defined."""
    trail.record(session, "download trends/agreement.csv", by=viewer)
    found = rated_by_two(session, viewer)
    counted = ngettext(
        "%(num)s pair of ratings by two people who did not see each other’s",
        "%(num)s pairs of ratings by two people who did not see each other’s",
        len(found),
    ) % {"num": thousands(len(found))}
    about = [("Counted from", counted), ("Data", data_words(data_day(session, viewer)))]
    head = head_of(viewer, "How far raters agree", about)
    return file_of(
        files.csv_text(head, AGREEMENT_NAMES, _agreement(session, viewer, found)), "how-far-raters-agree.csv"
    )


def _agreement(session: Session, viewer: Viewer, found: Sequence[RatedByTwo]) -> Iterator[list[files.Value]]:
    names, numbers = factor_names(session, viewer.agency_id), numbers_of_raters(found)
    pairs_by: dict[tuple[str, str], list[Pair]] = {("All factors", ""): [one.answers for one in found]}
    for one in sorted(found, key=lambda one: names.get(one.factor, "")):
        pairs_by.setdefault(("Factor", names.get(one.factor, ".".join(one.factor))), []).append(one.answers)
    for one in sorted(found, key=lambda one: int(numbers[one.raters])):
        pairs_by.setdefault(("Two raters", numbers[one.raters]), []).append(one.answers)
    for (by, of), pairs in pairs_by.items():
        one_row = agreement(pairs)
        shares = (one_row.same, one_row.kappa, one_row.positive)
        yield [by, of, one_row.pairs, *(None if value is None else round(value, 4) for value in shares)]
