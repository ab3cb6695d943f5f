"""The site of the box: write a reflection, and come back for the answer. No cookie, no session, no log."""

import hmac
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

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
from app.reflections.box.identifying import identifying_words
from app.reflections.box.pages import STATIC, page, speaking_in
from app.reflections.box.proof import Proofs
from app.reflections.box.release import keep_beating
from app.reflections.box.sealing import unseal
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

    def show(self, language: str, template: str, **context: Any) -> Response:
        return page(self.settings, language, template, **context)

    def before(self, language: str, _typed: dict[str, str]) -> Response:
        """What somebody should know before writing."""
        _keys, responders = storage.public_keys(self.engine)
        return self.show(language, "before.html", responders=responders)

    def form(self, language: str, written: Written, status: int = 200, **context: Any) -> Response:
        around = {
            "challenge": self.proofs.challenge(),
            "kinds": KINDS,
            "topics": TOPICS,
            "identifying": [],
            "proof": "",
        }
        return self.show(language, "write.html", path="/write", status=status, written=written, **around | context)

    def blank_form(self, language: str, _typed: dict[str, str]) -> Response:
        return self.form(language, Written())

    def receive(self, language: str, typed: dict[str, str]) -> Response:
        """Take a reflection: first the rules, then what could identify, then the proof, then the disk."""
        written = Written.from_form(typed)
        written.check(self.settings.regions)
        if written.problems:
            return self.form(language, written, 422)
        found = identifying_words(f"{written.text}\n{written.helped}", language)
        if found and not typed.get("looked"):
            return self.form(language, written, 422, identifying=found)
        if not self.proven(typed):
            sentence = _("We could not check that a person is sending this. Your text is still here.")
            return self.form(language, written, 422, proof=sentence)
        held = send(self.engine, self.pepper, written, language)
        if held is None:
            return self.show(language, "closed.html", status=503)
        return self.show_receipt(language, held)

    def proven(self, typed: dict[str, str]) -> bool:
        """Whether the sum was done or the word from the poster typed, with a challenge that was not used before."""
        challenge, word = typed.get("challenge", ""), self.settings.poster_word.casefold()
        said = typed.get("word", "").strip().casefold()
        by_word = bool(word) and hmac.compare_digest(said.encode(), word.encode())
        return (by_word or self.proofs.solved(challenge, typed.get("sum", ""))) and self.proofs.take(challenge)

    def show_receipt(self, language: str, held: bytes, *, wrong: bool = False) -> Response:
        around = {"groups": receipt.as_groups(held), "words": receipt.as_words(held, language), "wrong": wrong}
        return self.show(language, "sent.html", checked=CHECKED_WORDS, **around)

    def kept(self, language: str, typed: dict[str, str]) -> Response:
        """Two words typed back, or a tick; nothing depends on it."""
        held = receipt.read_receipt(typed.get("code", ""))
        if held is None:
            return RedirectResponse(f"/{language}", 303)
        words = receipt.as_words(held, language)
        right = all(words[n - 1] == typed.get(f"word{n}", "").strip().casefold() for n in CHECKED_WORDS)
        if right or typed.get("kept"):
            return self.show(language, "kept.html")
        return self.show_receipt(language, held, wrong=True)

    def ask(self, language: str, _typed: dict[str, str]) -> Response:
        return self.show(language, "ask.html", path="/answer", asked=False)

    def answer(self, language: str, typed: dict[str, str]) -> Response:
        """The answers under a receipt. A code that nobody has and one without an answer get the same page."""
        held = receipt.read_receipt(typed.get("code", "")) or receipt.new_receipt()
        found = storage.answers(self.engine, receipt.lookup_of(held, self.pepper))
        if not found:
            return self.show(language, "ask.html", path="/answer", asked=True)
        return self.show_answers(language, held, found)

    def show_answers(self, language: str, held: bytes, found: list[tuple[str, bytes]], **context: Any) -> Response:
        key = bytes(receipt.reply_key_of(held))
        told = [(STATUSES[status], unseal(sealed, key) or "") for status, sealed in found]
        code = "-".join(receipt.as_groups(held))
        around = {"problem": "", "text": "", "challenge": self.proofs.challenge()}
        return self.show(language, "answer.html", told=told, code=code, **around | context)

    def reply(self, language: str, typed: dict[str, str]) -> Response:
        """One more message under a receipt that has an answer."""
        held = receipt.read_receipt(typed.get("code", ""))
        found = storage.answers(self.engine, receipt.lookup_of(held, self.pepper)) if held else []
        if held is None or not found:
            return self.ask(language, typed)
        written = Written(text=typed.get("text", ""))
        written.check([], first=False)
        problem = next(iter(written.problems.values()), "")
        if not problem and not self.proofs.take(typed.get("challenge", "")):
            problem = _("This was sent already, or the page was open for too long. Send it again if it is new.")
        if not problem and send(self.engine, self.pepper, written, language, under=held) is None:
            problem = _("A code is good for %(most)s messages. Start a new reflection to go on.") % {"most": MOST_TURNS}
        if problem:
            return self.show_answers(language, held, found, problem=problem, text=written.text)
        return self.show(language, "replied.html")


Step = Callable[[str, dict[str, str]], Response]


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
    ]
    routes = [
        Route(f"/{language}{path}", _in_language(language, step), methods=[method])
        for language in LANGUAGES
        for method, path, step in steps
    ]
    routes += [Route(f"/{name}", _file(name)) for name in ("box.css", "box.js")]
    routes += [Route("/", _to_english), Route("/healthz", _healthy)]

    @asynccontextmanager
    async def beating(_app: Starlette) -> Any:
        stop = keep_beating(box.engine, hour=settings.release_hour, seconds=settings.beat_seconds, now=_local)
        yield
        stop.set()

    refusals: Any = {HTTPException: _refused, Exception: _our_side}
    return Stripped(Starlette(routes=routes, lifespan=beating, exception_handlers=refusals))


def _in_language(language: str, step: Step) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        form = await request.form(max_files=0) if request.method == "POST" else FormData()
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
        return await run_in_threadpool(speak, typed)

    def speak(typed: dict[str, str]) -> Response:
        with speaking_in(language):
            return step(language, typed)

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


async def _to_english(_request: Request) -> Response:
    return RedirectResponse("/en", 303)


async def _healthy(_request: Request) -> Response:
    return Response("ok")


def _local() -> Any:
    return now().astimezone()
