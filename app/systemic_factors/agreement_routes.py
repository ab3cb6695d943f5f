"""How far two raters agree: by factor and by two raters, either table narrowed to one of the other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from app.core.database import Look
from app.core.errors import NotFound
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.systemic_factors import queries
from app.systemic_factors.agreement import FEW_PAIRS, Agreement, agreement
from app.systemic_factors.queries import RatedByTwo

routes = router("/factors/agreement")


@dataclass(frozen=True, slots=True)
class AgreementShown:
    """The numbers of one factor or of two raters; `value` stands for them in an address."""

    value: str
    name: str
    numbers: Agreement


@routes.get("")
def how_far_raters_agree(
    viewer: PatternReader, look: Look, page: ThePage, factor: str = "", raters: str = ""
) -> HTMLResponse:
    """Over the reviews within sight: each factor by all raters or by two; each two raters over all factors or one."""
    found = queries.rated_by_two(look, viewer)
    numbers = queries.numbers_of_raters(found)
    names = {".".join(key): name for key, name in queries.factor_names(look, viewer.agency_id).items()}

    def factor_of(one: RatedByTwo) -> str:
        return ".".join(one.factor)

    def raters_of(one: RatedByTwo) -> str:
        return numbers[one.raters]

    factors = {value: names.get(value, value) for value in map(factor_of, found)}
    two = {number: _("Two raters, %(number)s") % {"number": number} for number in numbers.values()}
    if (factor and factor not in factors) or (raters and raters not in two):
        raise NotFound
    of_raters = [one for one in found if raters in ("", raters_of(one))]
    of_factor = [one for one in found if factor in ("", factor_of(one))]
    return page(
        "factors/agreement.html",
        factors=factors,
        two=two,
        factor=factor,
        raters=raters,
        rows=sorted(_shown(of_raters, factor_of, factors), key=lambda row: row.name),
        together=agreement(one.answers for one in of_raters),
        by_raters=sorted(_shown(of_factor, raters_of, two), key=lambda row: int(row.value)),
        pairs=len(found),
        few=FEW_PAIRS,
    )


def _shown(
    found: Iterable[RatedByTwo], value_of: Callable[[RatedByTwo], str], names: dict[str, str]
) -> list[AgreementShown]:
    held: dict[str, list[tuple[int, int]]] = {}
    for one in found:
        held.setdefault(value_of(one), []).append(one.answers)
    return [AgreementShown(value, names[value], agreement(pairs)) for value, pairs in held.items()]
