"""Collects the records of the county while it is drawn."""

from dataclasses import dataclass, field

from app.demo import county
from app.demo.records import (
    MADE_UP,
    County,
    DebriefNote,
    DebriefSession,
    Episode,
    FactorLink,
    Finding,
    Incident,
    MapCondition,
    MapInfluence,
    OpenCases,
    Rating,
    Review,
    TimelineEvent,
    TriageDecision,
)


@dataclass(slots=True)
class Ledger:
    incidents: list[Incident] = field(default_factory=list)
    triage_decisions: list[TriageDecision] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    timeline: list[TimelineEvent] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    factor_links: list[FactorLink] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    debriefs: list[DebriefSession] = field(default_factory=list)
    debrief_notes: list[DebriefNote] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    map_conditions: list[MapCondition] = field(default_factory=list)
    map_influences: list[MapInfluence] = field(default_factory=list)
    open_cases: list[OpenCases] = field(default_factory=list)

    def closed(self) -> County:
        """Everything collected, as it will stay."""
        return County(
            name=county.COUNTY_NAME,
            department=county.DEPARTMENT_NAME,
            made_up=MADE_UP,
            divisions=county.DIVISIONS,
            offices=county.OFFICES,
            people=county.PEOPLE,
            incidents=tuple(self.incidents),
            triage_decisions=tuple(self.triage_decisions),
            reviews=tuple(self.reviews),
            timeline=tuple(self.timeline),
            episodes=tuple(self.episodes),
            factor_links=tuple(self.factor_links),
            ratings=tuple(self.ratings),
            debriefs=tuple(self.debriefs),
            debrief_notes=tuple(self.debrief_notes),
            findings=tuple(self.findings),
            map_conditions=tuple(self.map_conditions),
            map_influences=tuple(self.map_influences),
            open_cases=tuple(self.open_cases),
        )
