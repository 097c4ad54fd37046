// A visit over the JSON servlet: one request carries several commands, and has an answer for each.

"use strict";

const DEAD = "Request received an invalid session id";

class Visit {
  constructor(visitor, heard, servlet = "/servlet/RestServlet") {
    this.visitor = visitor;
    this.heard = heard; // told of each command with its answer
    this.servlet = servlet;
    this.session = null;
    this.last = Promise.resolve();
  }

  // Calls of a session come one after the other.
  call(...commands) {
    this.last = this.last.catch(() => {}).then(() => this.#send(commands));
    return this.last;
  }

  async #send(commands, isAgain = false) {
    const isNew = this.session === null;
    const all = isNew ? [this.#start(), ...commands] : commands;
    const answer = await fetch(this.servlet, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sessionId: this.session, commands: all }),
    });
    const { responses } = await answer.json();
    const isDead = responses.some((r) => r.messages.some((m) => m.msg.includes(DEAD)));
    if (isDead && !isAgain) {
      this.session = null;
      return this.#send(commands, true);
    }
    responses.forEach((response, number) => this.heard(all[number], response));
    if (!answer.ok) throw new Error(responses[0].messages[0].msg);
    this.session = responses[0].sessionId;
    return isNew ? responses.slice(1) : responses;
  }

  #start() {
    const id = { n: "visitor_id", v: this.visitor, t: "numeric" };
    return { action: "startSession", ic: "Shop", audienceLevel: "Visitor", audienceID: [id] };
  }
}

const event = (name, values = {}) => ({
  action: "postEvent",
  event: name,
  parameters: Object.entries(values).map(([n, v]) => ({
    n, v, t: typeof v === "number" ? "numeric" : "string",
  })),
});

// Both points at once: an offer comes at one of them.
const offers = (points) => ({
  action: "getOffersForMultipleInteractionPoints",
  getOfferRequests: Object.entries(points).map(([ip, numberRequested]) => ({
    ip, numberRequested, duplicationPolicy: 1,
  })),
});
