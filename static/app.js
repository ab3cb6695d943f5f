// Small helpers for pages that work without them: the phone menu, drafts, the warning before sign-out,
// the map of factors with its slider, and where the focus goes after a part of the page was replaced.

(function () {
  "use strict";

  const words = document.getElementById("words-for-script")?.dataset ?? {};
  const fill = (sentence, values) => (sentence ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

  // ---------------------------------------------------------------- menu and filters on phones

  function setUpMenu() {
    const button = document.querySelector(".menu-button");
    if (!button) return;
    button.hidden = false;
    const open = (isOpen) => button.setAttribute("aria-expanded", String(isOpen));
    button.addEventListener("click", () => open(button.getAttribute("aria-expanded") !== "true"));
    document.getElementById("site-menu").addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      open(false);
      if (button.offsetParent) button.focus();
    });
  }

  // On phones the tabs scroll sideways: the one of this page is in sight.
  function showCurrentTab() {
    for (const tab of document.querySelectorAll(".section-nav a[aria-current]")) {
      const row = tab.parentElement;
      row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
    }
  }

  function foldFiltersOnPhones() {
    if (!matchMedia("(max-width: 760px)").matches) return;
    for (const filters of document.querySelectorAll("details.filter-card")) filters.open = false;
  }

  // ---------------------------------------------------------------- drafts

  const SAVE_AFTER = 1000; // milliseconds without typing
  const SAVE_AFTER_CHOICE = 300; // leaves time for the press of a button that ended the typing
  const WAIT_AT_MOST = 3000;
  const RETRY_AFTER = 15000;
  const drafts = new Set();

  class Draft {
    constructor(form) {
      this.form = form;
      this.key = form.dataset.draft;
      this.status = document.querySelector(`[data-draft-status="${CSS.escape(this.key)}"]`) ?? this.addStatus();
      this.savedAt = null;
      this.isChanged = false;
      this.sending = null;
      this.timer = 0;
      form.addEventListener("input", () => this.changed(SAVE_AFTER));
      form.addEventListener("change", () => this.changed(SAVE_AFTER_CHOICE));
      form.addEventListener("submit", () => this.leave());
    }

    addStatus() {
      const status = document.createElement("p");
      status.className = "save-status";
      status.setAttribute("role", "status");
      this.form.append(status);
      return status;
    }

    changed(delay) {
      this.isChanged = true;
      this.later(delay);
    }

    later(delay) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), delay);
    }

    // The page is being left on purpose: what was typed travels with the form.
    leave() {
      clearTimeout(this.timer);
      this.isChanged = false;
    }

    // A refused submit keeps the page, and with it the duty to save.
    stay() {
      this.changed(SAVE_AFTER);
    }

    save() {
      if (!this.isChanged) return;
      if (this.sending) return this.later(SAVE_AFTER);
      this.sending = this.send().finally(() => (this.sending = null));
    }

    async send() {
      this.isChanged = false;
      if (!this.status.dataset.state) this.say("saving", words.saving);
      try {
        const answer = await fetch("/drafts", { method: "POST", body: this.fields(), headers: { Accept: "application/json" }, redirect: "error" });
        if (!answer.ok) throw new Refusal(answer.status);
        this.savedAt = (await answer.json()).saved_at;
        this.say("saved", fill(words.saved, { time: this.savedAt }));
        session.isActive();
      } catch (problem) {
        this.isChanged = true;
        this.say("not-saved", problem.status === 401 ? words.signedOut : fill(this.savedAt ? words.notSaved : words.neverSaved, { time: this.savedAt }));
        this.later(RETRY_AFTER);
        if (problem.status === 401 || problem.status === 403) await this.takeNewToken();
      }
    }

    fields() {
      const fields = new URLSearchParams();
      for (const [name, value] of new FormData(this.form)) if (typeof value === "string") fields.append(name, value);
      fields.set("draft_key", this.key);
      return fields;
    }

    // Signed in again in another tab: the old form needs the new session's token.
    async takeNewToken() {
      const token = await session.token();
      const field = this.form.elements.form_token;
      if (token && field) field.value = token;
    }

    say(state, sentence) {
      this.status.dataset.state = state;
      this.status.textContent = sentence ?? "";
    }
  }

  class Refusal extends Error {
    constructor(status) {
      super(`The answer was ${status}`);
      this.status = status;
    }
  }

  function setUpDrafts(root) {
    for (const draft of drafts) if (!draft.form.isConnected) drafts.delete(draft);
    const known = new Set([...drafts].map((draft) => draft.form));
    for (const form of root.querySelectorAll("form[data-draft]")) if (!known.has(form)) drafts.add(new Draft(form));
  }

  // A draft that is on its way arrives before its form, or it would be there again after the form was saved.
  document.addEventListener(
    "submit",
    async (event) => {
      const draft = [...drafts].find(({ form }) => form === event.target);
      if (!draft?.sending) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (draft.isWaiting) return;
      draft.isWaiting = true;
      await Promise.race([draft.sending, new Promise((resolve) => setTimeout(resolve, WAIT_AT_MOST))]);
      draft.isWaiting = false;
      draft.sending = null;
      draft.form.requestSubmit(event.submitter);
    },
    { capture: true },
  );

  const hasUnsavedText = () => [...drafts].some((draft) => draft.isChanged || draft.sending);

  window.addEventListener("beforeunload", (event) => {
    if (hasUnsavedText()) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") for (const draft of drafts) draft.save();
  });

  // ---------------------------------------------------------------- the warning before automatic sign-out

  const WARN_BEFORE = 120; // seconds
  const session = {
    dialog: document.getElementById("sign-out-warning"),
    channel: "BroadcastChannel" in window ? new BroadcastChannel("signed-in") : null,
    timer: 0,

    setUp() {
      if (!this.dialog?.showModal) return;
      this.seconds = Number(this.dialog.dataset.sessionSeconds);
      this.stayButton = this.dialog.querySelector("[data-stay-signed-in]");
      this.stayButton.addEventListener("click", () => this.stay());
      this.dialog.addEventListener("cancel", () => this.stay());
      this.channel?.addEventListener("message", () => this.start());
      this.isActive();
    },

    // The server has just heard from us, in this tab or another.
    isActive() {
      this.start();
      this.channel?.postMessage("active");
    },

    start() {
      if (!this.seconds) return;
      clearTimeout(this.timer);
      if (this.dialog.open) this.dialog.close();
      this.timer = setTimeout(() => this.warn(), Math.max(0, this.seconds - WARN_BEFORE) * 1000);
    },

    warn() {
      for (const draft of drafts) draft.save();
      this.dialog.showModal();
      this.timer = setTimeout(() => this.end(), Math.min(WARN_BEFORE, this.seconds) * 1000);
    },

    async stay() {
      const token = this.dialog.querySelector("input[name=form_token]").value;
      const answer = await fetch(this.stayButton.dataset.staySignedIn, { method: "POST", headers: { "X-Form-Token": token }, redirect: "error" }).catch(() => null);
      if (answer?.ok) this.isActive();
      else this.end();
    },

    // Nobody answered: leave the page, unless that would lose what was typed.
    end() {
      this.dialog.close();
      if (!hasUnsavedText()) this.dialog.querySelector("form").submit();
    },

    // Every page of a signed-in person carries the token of their session.
    async token() {
      const answer = await fetch("/help", { headers: { Accept: "text/html" } }).catch(() => null);
      if (!answer?.ok) return null;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      return page.querySelector("input[name=form_token]")?.value;
    },
  };

  // ---------------------------------------------------------------- the map of factors

  // <svg data-network> holds .node[data-key] and .edge[data-a][data-b][data-strength][data-certain="1"].
  function setUpNetwork(drawing) {
    const nodes = [...drawing.querySelectorAll(".node")];
    const edges = [...drawing.querySelectorAll(".edge")];
    if (!nodes.length) return;
    let kept = null;

    function showOnly(key) {
      const near = new Set([key]);
      for (const edge of edges) {
        const touches = edge.dataset.a === key || edge.dataset.b === key;
        edge.classList.toggle("is-dim", key !== null && !touches);
        if (touches && edge.getAttribute("display") !== "none") near.add(edge.dataset.a).add(edge.dataset.b);
      }
      for (const node of nodes) {
        node.classList.toggle("is-dim", key !== null && !near.has(node.dataset.key));
        if (node.getAttribute("role") === "button") node.setAttribute("aria-pressed", String(node.dataset.key === key));
      }
    }

    function keep(key) {
      kept = key;
      showOnly(key);
    }

    function place(node) {
      const circle = node.querySelector("circle");
      return [Number(circle.getAttribute("cx")), Number(circle.getAttribute("cy"))];
    }

    // The nearest node in a direction; what lies off the line counts double.
    function neighbor(from, [right, down]) {
      const [x, y] = place(from);
      let nearest = null;
      let least = Infinity;
      for (const node of nodes) {
        const [dx, dy] = place(node).map((value, axis) => value - [x, y][axis]);
        const along = dx * right + dy * down;
        const distance = along + 2 * Math.abs(dx * down - dy * right);
        if (node !== from && along > 4 && distance < least) [nearest, least] = [node, distance];
      }
      return nearest;
    }

    const directions = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

    nodes.forEach((node, index) => {
      const isLink = node.hasAttribute("href");
      const toggle = () => keep(kept === node.dataset.key ? null : node.dataset.key);
      node.setAttribute("tabindex", index === 0 ? "0" : "-1");
      node.addEventListener("focus", () => kept === null && showOnly(node.dataset.key));
      node.addEventListener("blur", () => kept === null && showOnly(null));
      if (!isLink) node.addEventListener("click", toggle);
      node.addEventListener("keydown", (event) => {
        const next = directions[event.key] && neighbor(node, directions[event.key]);
        if (directions[event.key]) event.preventDefault();
        if (next) {
          for (const other of nodes) other.setAttribute("tabindex", other === next ? "0" : "-1");
          next.focus();
        } else if (event.key === "Escape") {
          keep(null);
        } else if (!isLink && (event.key === "Enter" || event.key === " ")) {
          event.preventDefault();
          toggle();
        }
      });
    });

    setUpSlider(drawing, edges);
  }

  // <input type="range" data-least-strength>, a number box with the same attribute, <input type="checkbox"
  // data-only-certain>, and <p role="status" data-links-shown>.
  function setUpSlider(drawing, edges) {
    const sliders = [...document.querySelectorAll("[data-least-strength]")];
    const certain = document.querySelector("[data-only-certain]");
    const status = document.querySelector("[data-links-shown]");
    if (!sliders.length) return;

    function update(changed) {
      for (const slider of sliders) slider.value = changed.value;
      let shown = 0;
      for (const edge of edges) {
        const isShown = Number(edge.dataset.strength) >= Number(changed.value) && (!certain?.checked || edge.dataset.certain === "1");
        if (isShown) edge.removeAttribute("display");
        else edge.setAttribute("display", "none");
        shown += isShown;
      }
      if (status) status.textContent = fill(words.linksShown, { shown: shown.toLocaleString("en-US"), total: status.dataset.linksShown || edges.length });
    }

    for (const slider of sliders) slider.addEventListener("input", () => update(slider));
    certain?.addEventListener("change", () => update(sliders[0]));
  }

  // ---------------------------------------------------------------- printing, and parts of a page that htmx replaced

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  function setUp(root) {
    setUpDrafts(root);
    for (const drawing of root.querySelectorAll("svg[data-network]:not([data-ready])")) {
      drawing.dataset.ready = "yes";
      setUpNetwork(drawing);
    }
  }

  document.addEventListener("htmx:after:swap", () => {
    setUp(document);
    session.isActive();
    const target = document.querySelector("#problems:not([data-seen])") ?? document.querySelector("[data-takes-focus]:not([data-seen])");
    if (!target) return;
    target.dataset.seen = "yes";
    target.focus();
  });

  // A part of a page that should load, but the session has ended: the sign-in page does not belong into a panel.
  document.addEventListener("htmx:before:response", (event) => {
    const answer = event.detail.ctx.response.raw;
    if (!answer.redirected || new URL(answer.url).pathname !== "/sign-in") return;
    event.preventDefault();
    tell(words.signedOut);
  });

  // A refused form comes back as a part of the page. Every other refusal is a page of its own: we say its sentence.
  document.addEventListener("htmx:response:error", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status === 422 || event.target.hasAttribute?.("data-language-check")) return;
    const page = new DOMParser().parseFromString(ctx.text ?? "", "text/html");
    tell(ctx.response.status === 401 ? words.signedOut : page.querySelector(".message-page p")?.textContent ?? words.notDone);
  });
  document.addEventListener("htmx:error", (event) => {
    if (!event.target.hasAttribute?.("data-language-check")) tell(words.notDone);
  });

  function tell(sentence) {
    for (const draft of drafts) draft.stay();
    const box = document.createElement("div");
    box.className = "alert alert-learn";
    box.textContent = sentence;
    const messages = document.getElementById("messages");
    messages.replaceChildren(box);
    messages.scrollIntoView({ block: "nearest" });
  }

  setUpMenu();
  showCurrentTab();
  foldFiltersOnPhones();
  session.setUp();
  setUp(document);
  document.querySelector("#problems")?.focus();
})();
