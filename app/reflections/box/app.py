"""The site of the box: write a reflection, and come back for the answer. No cookie, no session, no log."""

import hmac
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from babel.dates import format_skeleton
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from app.core.clock import now
from app.core.translation import N_
from app.core.translation import gettext as _
from app.reflections.box import receipt, storage
from app.reflections.box.answers import told_to
from app.reflections.box.handing import hand_over, take_in
from app.reflections.box.identifying import identifying_words
from app.reflections.box.pages import STATIC, Place, page, speaking_in
from app.reflections.box.proof import Proofs
from app.reflections.box.release import keep_beating
from app.reflections.box.sending import MOST_TURNS, Written, send
from app.reflections.box.settings import BoxSettings
from app.reflections.box.storage import open_box
from app.reflections.box.stripping import Stripped
from app.reflections.box.words import KINDS, LANGUAGES, STATUSES, TOPICS

CHECKED_WORDS = (2, 7)
"""The words of the receipt that the sender may type back, counted from 1."""


@dataclass
class Box:
    """The box while it runs."""

    settings: BoxSettings
    engine: Engine
    pepper: bytes
    proofs: Proofs

    def show(self, place: Place, template: str, **context: Any) -> Response:
        return page(self.settings, place, template, **context)

    def before(self, place: Place, _typed: dict[str, str]) -> Response:
        """What somebody should know before writing."""
        keys, responders = storage.public_keys(self.engine)
        is_open = len(keys) > responders  # Without a recovery key nothing is taken, see `send`.
        return self.show(place, "before.html", responders=responders if is_open else 0)

    def form(self, place: Place, written: Written, status: int = 200, **context: Any) -> Response:
        around: dict[str, Any] = {
            "challenge": self.proofs.challenge(),
            "kinds": KINDS,
            "topics": TOPICS,
            "identifying": [],
            "proof": "",
            "paper": None,
        }
        around |= context
        path = "/write" if around["paper"] is None else "/paper/enter"
        return self.show(place, "write.html", path=path, status=status, written=written, **around)

    def blank_form(self, place: Place, _typed: dict[str, str]) -> Response:
        return self.form(place, Written())

    def receive(self, place: Place, typed: dict[str, str]) -> Response:
        """Take a reflection: first the proof, which costs us least, then rules, words and the disk."""
        written, paper = Written.from_form(typed), typed.get("paper")
        if not self.proven(typed):
            return self.form(place, written, 422, proof=self.missing_proof(typed), paper=paper)
        under = self.code_of_paper(written, paper)
        written.check(self.settings.regions)
        if written.problems:
            return self.form(place, written, 422, paper=paper)
        found = identifying_words(f"{written.text}\n{written.helped}")
        if found and not typed.get("looked"):
            return self.form(place, written, 422, identifying=found, paper=paper)
        if storage.waiting(self.engine) >= self.settings.most_waiting:
            return self.show(place, "closed.html", status=503, full=True)
        held = send(self.engine, self.pepper, written, place.language, under=under)
        if held is None:
            return self.show(place, "closed.html", status=503, full=False)
        return self.show(place, "entered.html") if under else self.show_receipt(place, held)

    def code_of_paper(self, written: Written, paper: str | None) -> bytes | None:
        """The code that was printed on a paper form. Each is taken once: a copied form would show answers to two."""
        held = receipt.read_receipt(paper or "")
        if paper and held is None:
            written.problems["paper"] = _("Type the 24 letters of the form, or leave this empty.")
        elif held and storage.turns(self.engine, receipt.lookup_of(held, self.pepper)):
            written.problems["paper"] = _("This code was entered before. Leave it empty, so that nobody reads for two.")
        return held

    def paper(self, place: Place, _typed: dict[str, str], sheets: int = 1) -> Response:
        """The form on paper, with a code of its own on every sheet. Nothing is kept of a code until it is entered."""
        codes = [receipt.as_groups(receipt.new_receipt()) for _sheet in range(sheets)]
        return self.show(place, "paper.html", path="/paper", codes=codes, kinds=KINDS, topics=TOPICS)

    def stack_of_paper(self, place: Place, typed: dict[str, str]) -> Response:
        return self.paper(place, typed, sheets=10)

    def enter_paper(self, place: Place, _typed: dict[str, str]) -> Response:
        return self.form(place, Written(), paper="")

    def proven(self, typed: dict[str, str]) -> bool:
        """Whether the sum was done or the word from the poster typed, with a challenge that was not used before.

        The challenge is used up, also when the text then comes back: with the form comes a new one.
        """
        challenge = typed.get("challenge", "")
        shown = self.knows_the_word(typed) or self.proofs.solved(challenge, typed.get("sum", ""))
        return shown and self.proofs.take(challenge)

    def knows_the_word(self, typed: dict[str, str]) -> bool:
        word, said = self.settings.poster_word.casefold(), typed.get("word", "").strip().casefold()
        return bool(word) and hmac.compare_digest(said.encode(), word.encode())

    def missing_proof(self, typed: dict[str, str]) -> str:
        """What to do about a message without proof. A browser that did no sum ran no script, and needs the word."""
        if self.settings.poster_word and not typed.get("sum") and not self.knows_the_word(typed):
            return _("Type the word on the poster into the last field, then send it again. Your text is still here.")
        return _("We could not check that a person is sending this. Your text is still here: send it again.")

    def show_receipt(self, place: Place, held: bytes, *, wrong: bool = False) -> Response:
        around = {"groups": receipt.as_groups(held), "words": receipt.as_words(held, place.language), "wrong": wrong}
        return self.show(place, "sent.html", checked=CHECKED_WORDS, **around)

    def kept(self, place: Place, typed: dict[str, str]) -> Response:
        """Two words typed back, or a tick; nothing depends on it."""
        held = receipt.read_receipt(typed.get("code", ""))
        if held is None:
            return RedirectResponse(place.home, 303)
        words = receipt.as_words(held, place.language)
        right = all(words[n - 1] == typed.get(f"word{n}", "").strip().casefold() for n in CHECKED_WORDS)
        if right or typed.get("kept"):
            return self.show(place, "kept.html")
        return self.show_receipt(place, held, wrong=True)

    def ask(self, place: Place, _typed: dict[str, str]) -> Response:
        return self.show(place, "ask.html", path="/answer", asked=False)

    def answer(self, place: Place, typed: dict[str, str]) -> Response:
        """The answers under a receipt. A code that nobody has and one without an answer get the same page."""
        held = receipt.read_receipt(typed.get("code", "")) or receipt.new_receipt()
        found = storage.answers(self.engine, receipt.lookup_of(held, self.pepper))
        if not found:
            return self.show(place, "ask.html", path="/answer", asked=True)
        return self.show_answers(place, held, found)

    def show_answers(self, place: Place, held: bytes, found: list[bytes], **context: Any) -> Response:
        told = told_to(held, found)
        until = format_skeleton("yMMMM", max(one.until for one in told), locale=place.language)
        code = "-".join(receipt.as_groups(held))
        around: dict[str, Any] = {"problem": "", "text": "", "identifying": [], "statuses": STATUSES}
        around["challenge"] = self.proofs.challenge()
        return self.show(place, "answer.html", told=told, until=until, code=code, **around | context)

    def exchange(self) -> None:
        """Hand over what was released, and take in what the desk says."""
        folder = self.settings.exchange
        if folder:
            hand_over(self.engine, folder, self.settings.regions)
            take_in(self.engine, folder)

    def reply(self, place: Place, typed: dict[str, str]) -> Response:
        """One more message under a receipt that has an answer."""
        held = receipt.read_receipt(typed.get("code", ""))
        found = storage.answers(self.engine, receipt.lookup_of(held, self.pepper)) if held else []
        if held is None or not found:
            return self.ask(place, typed)
        written = Written(text=typed.get("text", ""))
        written.check([], first=False)
        problem = next(iter(written.problems.values()), "")
        identifying = [] if problem or typed.get("looked") else identifying_words(written.text)
        if identifying:
            return self.show_answers(place, held, found, identifying=identifying, text=written.text)
        if not problem and not self.proofs.take(typed.get("challenge", "")):
            problem = _("This was sent already, or the page was open for too long. Send it again if it is new.")
        if not problem and send(self.engine, self.pepper, written, place.language, under=held) is None:
            problem = _("A code is good for %(most)s messages. Start a new reflection to go on.") % {"most": MOST_TURNS}
        if problem:
            return self.show_answers(place, held, found, problem=problem, text=written.text)
        return self.show(place, "replied.html")


Step = Callable[[Place, dict[str, str]], Response]


def create_box(settings: BoxSettings | None = None, engine: Engine | None = None) -> Stripped:
    """The box on the database of its settings, with everything that identifies a sender stripped off outside."""
    settings = settings or BoxSettings()
    box = Box(settings, engine or open_box(settings.database), settings.pepper(), Proofs())
    steps: list[tuple[str, str, Step]] = [
        ("GET", "", box.before),
        ("GET", "/write", box.blank_form),
        ("POST", "/write", box.receive),
        ("POST", "/kept", box.kept),
        ("GET", "/answer", box.ask),
        ("POST", "/answer", box.answer),
        ("POST", "/reply", box.reply),
        ("GET", "/paper", box.paper),
        ("GET", "/paper/10", box.stack_of_paper),
        ("GET", "/paper/enter", box.enter_paper),
    ]
    routes = [
        Route(f"{place.home}{path}", _at(place, step), methods=[method])
        for place in (Place(language, kiosk) for language in LANGUAGES for kiosk in (False, True))
        for method, path, step in steps
    ]
    routes += [Route(f"/{name}", _file(name)) for name in ("box.css", "box.js")]
    routes += [Route("/", _to_english), Route("/kiosk", _to_english), Route("/healthz", _healthy)]

    @asynccontextmanager
    async def beating(_app: Starlette) -> Any:
        stop = keep_beating(
            box.engine,
            hour=settings.release_hour,
            seconds=settings.beat_seconds,
            now=_local,
            exchange=box.exchange,
            made_up=settings.made_up,
        )
        yield
        stop.set()

    refusals: Any = {HTTPException: _refused, Exception: _our_side}
    return Stripped(Starlette(routes=routes, lifespan=beating, exception_handlers=refusals))


def _at(place: Place, step: Step) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        form = await request.form(max_files=0) if request.method == "POST" else FormData()
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
        return await run_in_threadpool(speak, typed)

    def speak(typed: dict[str, str]) -> Response:
        with speaking_in(place.language):
            return step(place, typed)

    return answer


def _file(name: str) -> Callable[[Request], Any]:
    async def answer(_request: Request) -> Response:
        return FileResponse(STATIC / name)

    return answer


def _in_both(status: int, sentence: str) -> Response:
    """A plain answer where the address may not say which language is wanted."""
    said = []
    for language in LANGUAGES:
        with speaking_in(language):
            said.append(_(sentence))
    return PlainTextResponse("\n".join(said), status)


async def _refused(_request: Request, refusal: Exception) -> Response:
    status = refusal.status_code if isinstance(refusal, HTTPException) else 500
    if status == 413:
        return _in_both(status, N_("This is longer than we can take. Nothing was kept."))
    return _in_both(status, N_("There is no such page here."))


async def _our_side(_request: Request, _problem: Exception) -> Response:
    return _in_both(500, N_("Something went wrong on our side. Nothing was kept."))


async def _to_english(request: Request) -> Response:
    return RedirectResponse(Place("en", kiosk=request.url.path == "/kiosk").home, 303)


async def _healthy(_request: Request) -> Response:
    return Response("ok")


def _local() -> Any:
    return now().astimezone()
