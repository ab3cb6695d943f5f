// What works better with script: the small sum before sending, Shift three times to leave, copy, print, and a kiosk
// that clears itself.
"use strict";

const form = document.getElementById("send");

if (form) {
  const word = document.getElementById("word-field");
  if (word && window.crypto?.subtle) word.hidden = true;
  let sending = false; // A second press would send the same sum again, and show its refusal in place of the code.
  addEventListener("pageshow", () => (sending = false));
  form.addEventListener("submit", async (event) => {
    if (sending) return event.preventDefault();
    sending = true;
    if (!window.crypto?.subtle) return;
    event.preventDefault();
    document.getElementById("sending").textContent = form.dataset.sending;
    form.elements.sum.value = await solve(form.elements.challenge.value);
    form.submit();
  });
}

// The counter whose PBKDF2 over the challenge begins with a zero byte; app/reflections/box/proof.py checks it.
async function solve(challenge) {
  const bytes = new TextEncoder();
  const salt = bytes.encode(challenge);
  for (let counter = 0; ; counter++) {
    const key = await crypto.subtle.importKey("raw", bytes.encode(String(counter)), "PBKDF2", false, ["deriveBits"]);
    const found = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: 5000 }, key, 256);
    if (new Uint8Array(found)[0] === 0) return String(counter);
  }
}

let shifts = 0;
addEventListener("keyup", (event) => {
  shifts = event.key === "Shift" ? shifts + 1 : 0;
  if (shifts === 3) location.replace(document.body.dataset.leave);
});
document.querySelector(".leave").addEventListener("click", (event) => {
  event.preventDefault();
  location.replace(event.currentTarget.href);
});

for (const tools of document.querySelectorAll(".tools")) tools.hidden = false;
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
  });
}

if (document.body.dataset.minutes) {
  const minute = 60_000;
  const clearing = document.getElementById("clearing");
  let timers = [];
  const stay = () => {
    timers.forEach(clearTimeout);
    clearing.hidden = true;
    timers = [
      setTimeout(() => (clearing.hidden = false), (document.body.dataset.minutes - 1) * minute),
      setTimeout(() => location.replace(document.body.dataset.leave), document.body.dataset.minutes * minute),
    ];
  };
  for (const sign of ["pointerdown", "keydown", "scroll", "touchstart"]) addEventListener(sign, stay, { passive: true });
  stay();
}
