"""The 0/1 table of reviews by factors with its codebook, for analysis in other programs."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from app.core.spreadsheets import safe_cell
from app.core.translation import N_, Words
from app.core.translation import gettext as _
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import About, Layer, Unit

# A file in an archive carries a time; with always the same one, the same reviews give the same bytes.
ALWAYS = (1980, 1, 1, 0, 0, 0)
PRESENT: Words[int] = Words(
    {
        1: N_("Present: rated 1, 2 or 3 and said to have %(layer)s, or imported so without a strength."),
        2: N_("Present: rated 2 or 3 and said to have %(layer)s, or imported so without a strength."),
        3: N_("Present: rated 3 and said to have %(layer)s, or imported so without a strength."),
    }
)
ABSENT: Words[int] = Words(
    {
        1: N_("Asked and answered, and not present: rated 0, or only in the other direction."),
        2: N_("Asked and answered, and not present: rated 0 or 1, or only in the other direction."),
        3: N_("Asked and answered, and not present: rated 0, 1 or 2, or only in the other direction."),
    }
)
DIRECTIONS: Words[Layer] = Words(
    {
        Layer.HINDERED: N_("made the work harder"),
        Layer.HELPED: N_("helped the work"),
        Layer.LATENT: N_("made the work harder"),
    }
)


def review_factor_archive(
    incidence: Incidence, layer: Layer, about: Mapping[str, About], head: Sequence[tuple[str, str]]
) -> bytes:
    """A ZIP archive with reviews.csv, codebook.csv and README.txt. `head` says what was chosen and when."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("README.txt", _readme(head)),
            ("reviews.csv", _marked(head) + _reviews(incidence, layer)),
            ("codebook.csv", _codebook(incidence, layer, about)),
        ):
            archive.writestr(zipfile.ZipInfo(name, ALWAYS), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _reviews(incidence: Incidence, layer: Layer) -> str:
    """One line for each review, by its public code, or for each key episode where these are counted.

    One column for each factor, by its code.
    """
    answered, present = incidence.answered_and_present(layer)
    rows = [
        [code, *("" if not asked else int(there) for asked, there in zip(some, which, strict=True))]
        for code, some, which in zip(incidence.codes.tolist(), answered.tolist(), present.tolist(), strict=True)
    ]
    return _csv([["review", *(factor.code for factor in incidence.factors)], *rows])


def _marked(head: Iterable[tuple[str, str]]) -> str:
    """The head as lines that begin with #, which programs for analysis leave out when they are told to."""
    return "".join("# " + " ".join(f"{name}: {words}".split()) + "\r\n" for name, words in head)


def meanings(incidence: Incidence, layer: Layer) -> list[tuple[str, str]]:
    """What each value means, by what is counted, from which rating on, and in which direction."""
    told = {"layer": DIRECTIONS[layer]}
    if incidence.unit is Unit.EPISODE:
        return [
            ("1", _("Linked in this key episode as one that %(layer)s, whatever its rating.") % told),
            ("0", _("Not linked in this key episode as one that %(layer)s.") % told),
        ]
    empty = _("Not asked, not rated, or not enough information. These reviews are not in the base of the factor.")
    if layer is Layer.LATENT:
        return [
            ("1", _("Only in the background: rated 1 and said to have %(layer)s.") % told),
            ("0", _("Asked and answered, and not rated 1, or only in the other direction.")),
            ("", empty),
        ]
    return [("1", PRESENT[incidence.threshold] % told), ("0", ABSENT[incidence.threshold]), ("", empty)]


def _codebook(incidence: Incidence, layer: Layer, about: Mapping[str, About]) -> str:
    names = ["column", "label", "domain", "agency_interface", "definition", "value", "meaning"]
    rows = [
        [
            factor.code,
            factor.label,
            factor.domain,
            about[factor.code].agency,
            about[factor.code].definition,
            value,
            meaning,
        ]
        for factor in incidence.factors
        for value, meaning in meanings(incidence, layer)
    ]
    first = _("Public code of the review; a review has a line for each of its key episodes")
    if incidence.unit is Unit.REVIEW:
        first = _("Public code of the review")
    return _csv([names, ["review", first, "", "", "", "", ""], *rows])


def _readme(head: Iterable[tuple[str, str]]) -> str:
    told = _("Appearing together does not mean that one factor brought about the other.")
    how = _("Lines of reviews.csv that begin with # say what the file is; programs leave them out as comments.")
    return "".join(f"{name}: {words}\r\n" for name, words in head) + f"{told}\r\n{how}\r\n"


def _csv(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([safe_cell(value) if isinstance(value, str) else value for value in row] for row in rows)
    return out.getvalue()
