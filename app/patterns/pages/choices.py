"""What can be chosen on the pages of patterns, and the words for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.dates import period
from app.core.translation import N_, Words
from app.patterns.counting.records import QUARTERS, THRESHOLDS, Dimension, Layer, Unit
from app.patterns.heatmap.table import ColumnOrder, RowOrder
from app.patterns.snapshot import Snapshot
from app.reviews.models import EpisodeKind
from app.reviews.values import VALUES
from app.systemic_factors.packs import AgencyInterface

FILTERS: dict[str, str] = {
    "division": "Division",
    "office": "Office",
    "type": "Incident",
    "maltreatment": "Maltreatment",
    "age": "Age of the child",
    "method": "Method of the review",
    "level": "Level of the review",
    "area": "Service area",
    "episode": "Key episode",
    "interface": "Work met with",
    "from": "From",
    "to": "Until",
    "with": "With",
    "without": "Without",
    "domain": "Domain",
    "rating": "Present from",
    "unit": "Count",
}
"""The filters by their name in the address, in the order they stand on the page."""
ASKED_OF_INCIDENTS = ("division", "office", "type", "from", "to")
"""The filters that an incident can answer, reviewed or not."""
WAYS_OF_COUNTING = ("domain", "rating", "unit")
"""These leave no review out."""
ASKED_OF_REVIEWS = tuple(name for name in FILTERS if name not in WAYS_OF_COUNTING)
ASKED_OF_ANSWERS = (*ASKED_OF_REVIEWS, "domain")
"""The filters that leave answers out, however these are counted."""
DIMENSIONS = {
    "division": Dimension.DIVISION,
    "office": Dimension.OFFICE,
    "area": Dimension.SERVICE_AREA,
    "type": Dimension.INCIDENT_TYPE,
    "maltreatment": Dimension.MALTREATMENT_TYPE,
    "age": Dimension.AGE_BAND,
    "method": Dimension.METHOD,
    "level": Dimension.LEVEL,
    "from": Dimension.QUARTER,
    "to": Dimension.QUARTER,
}
LISTS = {
    Dimension.SERVICE_AREA: "service_area",
    Dimension.INCIDENT_TYPE: "incident_type",
    Dimension.MALTREATMENT_TYPE: "maltreatment_types",
    Dimension.AGE_BAND: "child_age_band",
    Dimension.METHOD: "method",
    Dimension.LEVEL: "level",
}
UNITS = {Unit.REVIEW: N_("Reviews"), Unit.EPISODE: N_("Key episodes")}
STRENGTHS = {1: N_("Rating 1 and above"), 2: N_("Rating 2 and above, the rule"), 3: N_("Rating 3")}
KINDS = {
    EpisodeKind.IMPROVEMENT_OPPORTUNITY: N_("Improvement opportunity"),
    EpisodeKind.SUCCESSFUL_PRACTICE: N_("Successful practice"),
}
FIXED: dict[str, Words[str]] = {
    "episode": Words({kind.value: words for kind, words in KINDS.items()}),
    "interface": Words({met.value: VALUES.lists["agency_interface"][met.value] for met in AgencyInterface}),
    "rating": Words({str(least): STRENGTHS[least] for least in THRESHOLDS}),
    "unit": Words({unit.value: words for unit, words in UNITS.items()}),
}
"""Filters whose values are the same everywhere, with their words."""
COMPARED_BY = {
    Dimension.DIVISION: "Division",
    Dimension.OFFICE: "Office",
    Dimension.SERVICE_AREA: "Service area",
    Dimension.INCIDENT_TYPE: "Incident type",
    Dimension.MALTREATMENT_TYPE: "Maltreatment type",
    Dimension.AGE_BAND: "Age of the child",
    Dimension.METHOD: "Method of the review",
    Dimension.LEVEL: "Level of the review",
    Dimension.QUARTER: "Quarter",
    Dimension.OCCURRED_QUARTER: "Quarter of the incident",
}
ROW_ORDERS = {
    RowOrder.SIMILAR: "Similarity",
    RowOrder.FREQUENT: "Most frequent first",
    RowOrder.DOMAIN: "Domain",
    RowOrder.NAME: "A to Z",
}
COLUMN_ORDERS = {ColumnOrder.SIMILAR: "Similarity", ColumnOrder.NAME: "A to Z"}
LAYERS = {
    Layer.HINDERED: "Made the work harder",
    Layer.HELPED: "Helped the work",
    Layer.LATENT: "Lay in the background (rated 1)",
}


@dataclass(frozen=True)
class Filter:
    """One filter as the page shows it: what can be chosen as (value, words), and what is."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: tuple[str, ...]

    @property
    def chosen_words(self) -> str:
        words = dict(self.options)
        return ", ".join(words.get(value, value) for value in self.chosen)


def is_known(name: str, value: str, snapshot: Snapshot) -> bool:
    """Whether a value can be chosen under a filter, in the reviews of this viewer or in a list of values."""
    if name in FIXED:
        return value in FIXED[name]
    if name == "domain":
        return value in names_of_domains(snapshot)
    if name not in DIMENSIONS:
        return snapshot.factor(value) is not None
    dimension = DIMENSIONS[name]
    if dimension in (Dimension.DIVISION, Dimension.OFFICE):
        return value in snapshot.units
    if dimension in LISTS and value in VALUES.lists[LISTS[dimension]]:
        return True
    return value in snapshot.incidence.groups(dimension)


def names_of_domains(snapshot: Snapshot) -> dict[str, str]:
    """What factors call their domain, by its code, in the order of the list."""
    return {snapshot.about[factor.code].domain: factor.domain for factor in snapshot.incidence.factors}


def quarter_words(code: str) -> str:
    """Q3 2026, of the quarter 2026-Q3."""
    return period(code)


def label_of(snapshot: Snapshot, dimension: Dimension, value: str) -> str:
    """The words of one value of a dimension, such as "Harbor" or "Q3 2026"."""
    if dimension in LISTS:
        return VALUES.words(LISTS[dimension], value)
    if dimension in QUARTERS:
        return quarter_words(value)
    return snapshot.units.get(value, value)


def labels_of(snapshot: Snapshot, dimension: Dimension) -> dict[str, str]:
    """The words of every value that occurs, in the order in which they are told."""
    return dict(_options(snapshot, dimension, ()))


def filters(sent: Mapping[str, tuple[str, ...]], snapshot: Snapshot) -> list[Filter]:
    """Every filter with the values that occur in the reviews of this viewer, and those that were sent."""
    made = []
    for name, label in FILTERS.items():
        chosen = sent.get(name, ())
        if name in FIXED:
            options = list(FIXED[name].items())
        elif name == "domain":
            options = list(names_of_domains(snapshot).items())
        elif name in DIMENSIONS:
            options = _options(snapshot, DIMENSIONS[name], chosen)
        else:
            options = [(factor.code, factor.label) for factor in snapshot.incidence.factors]
            options.sort(key=lambda option: option[1].casefold())
        made.append(Filter(name, label, options, chosen))
    return made


def _options(snapshot: Snapshot, dimension: Dimension, chosen: tuple[str, ...]) -> list[tuple[str, str]]:
    values = dict.fromkeys((*snapshot.incidence.groups(dimension), *chosen))
    options = [(value, label_of(snapshot, dimension, value)) for value in values]
    if dimension in QUARTERS:
        return sorted(options)
    if dimension in LISTS:
        order = list(VALUES.lists[LISTS[dimension]])
        return sorted(options, key=lambda option: order.index(option[0]) if option[0] in order else len(order))
    return sorted(options, key=lambda option: option[1].casefold())
