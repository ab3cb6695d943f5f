"""The lists of systemic factors, and the ratings of a review."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, File, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from app.core.database import Look, Transaction
from app.core.errors import Refused
from app.core.forms import Submission, blank, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import FactorManager, ThePage, User, tell
from app.identity.viewers import Viewer
from app.reviews.values import VALUES
from app.systemic_factors import actions, agreement_routes, consensus_routes, queries, sheet_routes, showing
from app.systemic_factors.domains import domain_name
from app.systemic_factors.forms import PackForm, ShareForm
from app.systemic_factors.models import Factor, TaxonomyPack
from app.systemic_factors.packs import LARGEST_PACK, Pack, PackRefused, read_pack

lists = router("/factors")


@dataclass(frozen=True, slots=True)
class Preview:
    """What loading a list would change, compared with the latest version the agency has."""

    pack: Pack
    before: str
    """The version compared with; empty where the list is new."""
    added: list[str]
    renamed: list[tuple[str, str]]
    gone: list[str]


@lists.get("")
def factors(viewer: User, look: Look, page: ThePage, list: str = "") -> HTMLResponse:
    """Every list of the agency, and the factors of one of them."""
    return _lists_page(look, viewer, page, list, blank(share=round(viewer.agency.second_rater_share * 100)))


@lists.post("/second-raters")
def set_share(
    viewer: FactorManager,
    session: Transaction,
    page: ThePage,
    request: Request,
    submission: Annotated[Submission[ShareForm], Depends(submitted(ShareForm))],
) -> Any:
    if submission.form is None:
        return _lists_page(session, viewer, page, "", submission, status_code=422)
    actions.set_second_rater_share(session, submission.form.share / 100, by=viewer)
    share = submission.form.share
    tell(session, request, _("From now on, a second person rates %(share)s%% of the reviews.") % {"share": share})
    return RedirectResponse("/factors", 303)


@lists.get("/new")
def ask_for_list(viewer: FactorManager, page: ThePage) -> HTMLResponse:
    return _load_page(page, blank())


@lists.post("/new")
def load_list(
    viewer: FactorManager,
    session: Transaction,
    page: ThePage,
    request: Request,
    submission: Annotated[Submission[PackForm], Depends(submitted(PackForm))],
    file: Annotated[UploadFile | None, File()] = None,
) -> Any:
    """Check a list, or load it; a file counts instead of the text."""
    if submission.form is None:
        return _load_page(page, submission, status_code=422)
    text = _text_of(submission, file)
    pack = _read(submission, text) if submission.form else None
    if pack is None:
        return _load_page(page, submission, status_code=422)
    if submission.form is None or submission.form.then == "check":
        return _load_page(page, submission, preview=_preview(session, viewer, pack))
    try:
        held = actions.load_pack(session, viewer.agency_id, pack, by=viewer)
    except Refused as refusal:
        submission.refuse("text", refusal.sentence)
        return _load_page(page, submission, status_code=422)
    undo = f"/factors/{held.code}/retire" if _others(session, viewer, held) else ""
    tell(session, request, _("%(name)s is loaded. New reviews use it.") % {"name": held.name}, undo=undo)
    return RedirectResponse(f"/factors?list={held.code}", 303)


@lists.post("/{pack_code}/retire")
def retire(viewer: FactorManager, session: Transaction, request: Request, pack_code: str) -> RedirectResponse:
    held = queries.pack_of(session, viewer.agency_id, pack_code)
    actions.retire_pack(session, held, by=viewer)
    told = _("%(name)s is retired. Reviews that use it keep it.") % {"name": held.name}
    tell(session, request, told, undo=f"/factors/{held.code}/restore")
    return RedirectResponse("/factors", 303)


@lists.post("/{pack_code}/restore")
def restore(viewer: FactorManager, session: Transaction, request: Request, pack_code: str) -> RedirectResponse:
    held = queries.pack_of(session, viewer.agency_id, pack_code)
    actions.restore_pack(session, held, by=viewer)
    tell(session, request, _("%(name)s can be used again.") % {"name": held.name})
    return RedirectResponse(f"/factors?list={held.code}", 303)


@lists.get("/{pack_code}/{factor_key}")
def one_factor(viewer: User, look: Look, page: ThePage, pack_code: str, factor_key: str) -> HTMLResponse:
    """A factor with its definition, and what fits and what does not."""
    held = queries.pack_of(look, viewer.agency_id, pack_code)
    factor = queries.factor_of(look, held, factor_key)
    return page(
        "factors/factor.html",
        held=held,
        factor=factor,
        domain=domain_name(factor.domain),
        partner=VALUES.words("agency_interface", factor.agency_interface),
    )


def _lists_page(
    session: Session, viewer: Viewer, page: Page, code: str, submission: Submission[ShareForm], status_code: int = 200
) -> HTMLResponse:
    held = queries.packs_of(session, viewer.agency_id)
    in_use = next((pack for pack in held if pack.retired_at is None), None)
    chosen = queries.pack_of(session, viewer.agency_id, code) if code else in_use
    numbers = queries.numbers_of_factors(session, viewer.agency_id)
    return page(
        "factors/lists.html",
        lists=[(pack, numbers.get(pack.id or 0, 0)) for pack in held],
        chosen=chosen,
        in_use=in_use,
        groups=_by_domain(queries.factors_in(session, chosen) if chosen else []),
        may_retire=chosen is not None and chosen.retired_at is None and _others(session, viewer, chosen) > 0,
        share=round(viewer.agency.second_rater_share * 100),
        submission=submission,
        status_code=status_code,
    )


def _by_domain(held: list[Factor]) -> list[showing.Group]:
    return showing.grouped(showing.RowShown(factor) for factor in held)


def _others(session: Session, viewer: Viewer, held: TaxonomyPack) -> int:
    """How many other lists new reviews could use."""
    return sum(pack.retired_at is None and pack.id != held.id for pack in queries.packs_of(session, viewer.agency_id))


def _load_page(
    page: Page, submission: Submission[PackForm], preview: Preview | None = None, status_code: int = 200
) -> HTMLResponse:
    return page("factors/load.html", submission=submission, preview=preview, status_code=status_code)


def _text_of(submission: Submission[PackForm], file: UploadFile | None) -> str:
    """The text of the file, or else what was pasted; it stands in the text field from then on."""
    if file is None or not file.filename:
        return submission.form.text if submission.form else ""
    try:
        text = file.file.read(4 * LARGEST_PACK + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        submission.refuse("file", _("This file is not text. Choose the YAML file of the list."))
        return ""
    submission.typed["text"] = [text]
    return text


def _read(submission: Submission[PackForm], text: str) -> Pack | None:
    if not text.strip():
        submission.refuse("text", _("Paste a list of factors here, or choose a file."))
        return None
    try:
        return read_pack(text)
    except PackRefused as refusal:
        for sentence in refusal.sentences:
            submission.refuse("text", sentence)
        return None


def _preview(session: Session, viewer: Viewer, pack: Pack) -> Preview:
    before = next((held for held in queries.packs_of(session, viewer.agency_id) if held.key == pack.code), None)
    old = {factor.key: factor.name for factor in queries.factors_in(session, before)} if before else {}
    new = {factor.code: factor.name for factor in pack.factors}
    return Preview(
        pack=pack,
        before=before.version if before else "",
        added=[name for key, name in new.items() if key not in old],
        renamed=[(old[key], name) for key, name in new.items() if key in old and old[key] != name],
        gone=[name for key, name in old.items() if key not in new],
    )


routes = router()
routes.include_router(sheet_routes.routes)
routes.include_router(consensus_routes.routes)
routes.include_router(agreement_routes.routes)
routes.include_router(lists)
