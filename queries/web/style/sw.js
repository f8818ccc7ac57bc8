// The service worker of a static site: what a server would answer at `sparql`, it answers in the visitor's browser.
import { answer } from "./assets/engine.js";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.pathname === new URL("sparql", self.registration.scope).pathname) event.respondWith(answer(event.request));
});
