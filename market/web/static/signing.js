// Signs a shown statement with an organisation's key file, in this page alone: the key is read into
// memory for one signature and goes nowhere. Without this script the statement can be signed by a
// program of one's own and pasted.
"use strict";

(() => {
  const box = document.querySelector("[data-sign]");
  if (!box || !window.crypto?.subtle) return;
  const said = box.querySelector("[data-sign-said]");
  const target = document.querySelector(`textarea[name=${box.dataset.target}]`);
  const PKCS8 = "302e020100300506032b657004220420"; // RFC 8410: a bare Ed25519 seed follows
  box.hidden = false;

  const bytesOf = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const hex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const b64u = (bytes) =>
    btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  async function keyOf(file) {
    const held = JSON.parse(await file.text());
    if (held.kind !== "organisation-secret") throw new TypeError(held.kind);
    const seed = bytesOf(held.secret);
    const whole = new Uint8Array([...hex(PKCS8), ...seed]);
    return crypto.subtle.importKey("pkcs8", whole, "Ed25519", false, ["sign"]);
  }

  box.querySelector("input[type=file]").addEventListener("change", async ({ target: chosen }) => {
    if (!chosen.files.length) return;
    try {
      const key = await keyOf(chosen.files[0]);
      const signature = await crypto.subtle.sign("Ed25519", key, bytesOf(box.dataset.message));
      target.value = box.dataset.statement.replace(
        '"signature":"@"',
        () => `"signature":"${b64u(new Uint8Array(signature))}"`,
      );
      said.textContent = box.dataset.done;
    } catch {
      said.textContent = box.dataset.wrong;
    }
    chosen.value = "";
  });
})();
