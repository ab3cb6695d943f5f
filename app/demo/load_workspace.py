"""Writes what the reviews of the made-up county found: episodes, timeline, factor links, findings, system maps."""

from app.core.codes import new_code
from app.demo.loading import Loading
from app.demo.store import Row, insert_coded, insert_rows
from app.reviews.models import (
    EpisodeEvent,
    EpisodeKind,
    Finding,
    KeyEpisode,
    TimelineEvent,
)
from app.system_maps.models import Level, MapCondition, MapInfluence
from app.systemic_factors.models import Direction, FactorLink


def write_episodes(to: Loading) -> None:
    rows: dict[str, Row] = {}
    for episode in to.county.episodes:
        helped = episode.polarity == "successful_practice"
        row: Row = {
            "review_id": to.reviews[episode.review],
            "code": new_code("E"),
            "kind": EpisodeKind(episode.polarity),
            "title": episode.title,
            "service_area": episode.service_area,
            "what_happened": episode.what_happened,
            "how_it_made_sense": "" if helped else episode.how_it_made_sense,
            "known_then": episode.known_then,
            "what_made_it_possible": episode.how_it_made_sense if helped else "",
            "position": episode.place,
        }
        rows[episode.key] = row
        to.remember_in(KeyEpisode, row, episode.review)
    to.episodes = insert_coded(to.session, KeyEpisode, rows)


def write_timeline(to: Loading) -> None:
    rows: dict[str, Row] = {}
    grounds: dict[str, tuple[str, ...]] = {}
    for event in to.county.timeline:
        title, _, rest = event.text.partition(". ")
        code = new_code("T")
        rows[code] = {
            "review_id": to.reviews[event.review],
            "code": code,
            "occurred_on": event.at.date(),
            "occurred_at": event.at.time() if event.precision == "minute" else None,
            "date_precision": "month" if event.precision == "month" else "day",
            "title": title.removesuffix("."),
            "description": rest,
            "kind": event.kind,
            "source": event.source,
            "certainty": event.certainty,
            "learned_later": event.learned_later,
            "actor_role": event.actor_role,
            "service_area": event.service_area,
        }
        grounds[code] = event.episodes
        to.remember_in(TimelineEvent, rows[code], event.review)
    ids = insert_coded(to.session, TimelineEvent, rows)
    joined = [{"episode_id": to.episodes[key], "event_id": ids[code]} for code in ids for key in grounds[code]]
    insert_rows(to.session, EpisodeEvent, joined)


def write_links(to: Loading) -> None:
    rows: list[Row] = []
    for link in to.county.factor_links:
        row: Row = {
            "episode_id": to.episodes[link.episode],
            "factor_id": to.factors[link.factor],
            "code": new_code("L"),
            "direction": Direction(link.direction),
            "agency_interface": link.partner,
            "evidence": link.evidence,
        }
        rows.append(row)
        to.remember_in(FactorLink, row, link.episode.rpartition("-")[0])
    insert_rows(to.session, FactorLink, rows)


def write_findings(to: Loading) -> None:
    rows: list[Row] = []
    for finding in to.county.findings:
        row: Row = {
            "review_id": to.reviews[finding.review],
            "code": new_code("F"),
            "kind": finding.kind,
            "statement": finding.text,
            "position": finding.place,
        }
        rows.append(row)
        to.remember_in(Finding, row, finding.review)
    insert_rows(to.session, Finding, rows)


def write_map(to: Loading) -> None:
    rows: dict[str, Row] = {}
    for condition in to.county.map_conditions:
        row: Row = {
            "review_id": to.reviews[condition.review],
            "code": new_code("C"),
            "level": Level(condition.level),
            "label": condition.text,
            "factor_id": to.factors[condition.factor] if condition.factor else None,
            "episode_id": to.episodes[condition.episode] if condition.episode else None,
        }
        rows[condition.key] = row
        to.remember_in(MapCondition, row, condition.review)
    ids = insert_coded(to.session, MapCondition, rows)
    influences: list[Row] = []
    for influence in to.county.map_influences:
        row = {
            "condition_id": ids[influence.condition],
            "shaped_id": ids[influence.shaped],
            "code": new_code("U"),
            "direction": Direction(influence.direction),
            "evidence": influence.evidence,
            "episode_id": to.episodes[influence.episode] if influence.episode else None,
        }
        influences.append(row)
        to.remember_in(MapInfluence, row, influence.condition.rpartition("-")[0])
    insert_rows(to.session, MapInfluence, influences)
