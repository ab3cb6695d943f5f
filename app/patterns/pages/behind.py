"""The reviews behind a number: which cell, pair or combination an address names, and the codes of its reviews."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.translation import gettext as _
from app.patterns.combinations.words import joined
from app.patterns.pages import choices
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.dependencies import HEATMAP, Asked


@dataclass(frozen=True)
class Behind:
    """What a list of reviews is about, and the reviews."""

    subject: str
    factors: Sequence[str]
    """The codes of its factors."""
    codes: Sequence[str]
    """Of the reviews, the one opened last first."""


def behind(asked: Asked) -> Behind:
    """What the address names, or NotKnown."""
    q, snapshot = asked.question, asked.snapshot
    if named := q.one("pair"):
        factors = [asked.factor(code) for code in named.split(".")]
        known = [factor for factor in factors if factor]
        if len(known) < 2 or len(set(known)) != len(factors):
            raise NotKnown(_("There is no such pair of factors."), HEATMAP, _("See the factor heatmap"))
        keys = [factor.code for factor in known]
        subject = f"{known[0].label} with {known[1].label}" if len(known) == 2 else joined(known)
        return Behind(subject, keys, asked.incidence.codes_with(keys, q.layer))
    factor, group = asked.factor(q.one("factor")), q.one("group")
    if factor is None:
        raise NotKnown(
            _("Choose a cell of the heatmap or a pair of factors first."), HEATMAP, _("See the factor heatmap")
        )
    if not group:
        return Behind(factor.label, [factor.code], asked.incidence.codes_with([factor.code], q.layer))
    if group not in choices.labels_of(snapshot, q.by):
        raise NotKnown(_("There is no such cell."), HEATMAP, _("See the factor heatmap"))
    words = choices.label_of(snapshot, q.by, group)
    codes = asked.incidence.codes_in(factor.code, q.by, group, q.layer)
    return Behind(f"{factor.label} in {words}", [factor.code], codes)
