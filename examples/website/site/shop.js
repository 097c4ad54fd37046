// The page: products that can be looked at, and offers that follow from it.

"use strict";

const PRODUCTS = [
  ["Larch 2", "tents", 389, "Two people, 1.9 kg"],
  ["Tarn 1", "tents", 279, "One person, 1.2 kg"],
  ["Ridge GTX", "boots", 219, "Stiff, waterproof"],
  ["Moor Low", "boots", 129, "For long days"],
  ["Squall", "jackets", 249, "Three layers"],
  ["Drizzle", "jackets", 119, "Packs into its pocket"],
  ["Ember", "stoves", 64, "Boils in three minutes"],
  ["Kettle Set", "stoves", 89, "Stove, pot, two cups"],
];
const POINTS = { hero: 1, picks: 3 };
const GUEST = 1_000_000;

const $ = (id) => document.getElementById(id);
let visit = null;
let cart = 0;

function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function picture(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

// -- offers --------------------------------------------------------------------------------------

const attribute = (offer, name) => offer.attributes.find((a) => a.n === name)?.v ?? "";
const about = (offer) => ({ UACIOfferTrackingCode: offer.treatmentCode });

function offerCard(offer) {
  const price = Number(attribute(offer, "button").match(/Add for (\d+)/)?.[1] ?? 0);
  return make("article", { class: "offer", "data-offer": offer.n, "data-score": offer.score },
    make("div", { class: "picture" }, picture(attribute(offer, "picture"))),
    make("div", { class: "words" },
      make("h3", {}, attribute(offer, "headline")),
      make("p", {}, attribute(offer, "line")),
      make("div", { class: "acts" },
        make("button", { class: "accept", onclick: () => accept(offer, price) }, attribute(offer, "button")),
        make("button", { class: "dismiss", onclick: () => dismiss(offer) }, "Not for me"))));
}

function fallback(name) {
  const words = { collection: ["Fellside", "Goods for going out, since the rain began."],
                  bestsellers: ["Bestsellers", "What others took along."] }[name] ?? ["", ""];
  return make("article", { class: "offer plain", "data-default": name },
    make("div", { class: "words" }, make("h3", {}, words[0]), make("p", {}, words[1])));
}

function show(lists) {
  for (const list of lists) {
    const shown = list.offers.map(offerCard);
    $(list.ip).replaceChildren(...(shown.length ? shown : [fallback(list.defaultString)]));
  }
}

// Tell what happened, ask what to show now, and that it was shown.
async function tell(...happened) {
  const asked = [...happened, offers(POINTS), event("Contact")];
  const mine = visit;
  try {
    const answers = await mine.call(...asked);
    if (visit === mine) show(answers[happened.length].offerLists);
  } catch (error) {
    toast(`The shop does not answer: ${error.message}`);
  }
}

function accept(offer, price) {
  const events = [event("accepted", about(offer))];
  if (price) events.push(added(offer.n, price));
  toast(price ? `${attribute(offer, "headline")} is in your cart` : "Good choice");
  return tell(...events);
}

function dismiss(offer) {
  toast("You will not see that again this week");
  return tell(event("dismissed", about(offer)));
}

// -- products ------------------------------------------------------------------------------------

function added(product, price) {
  cart += price;
  $("cart").querySelector("b").textContent = cart;
  return event("added_to_cart", { product, price });
}

function productCard([name, category, price, line]) {
  const view = () => tell(event("viewed_product", { product: name, category, price }));
  const add = () => tell(added(name, price));
  return make("article", { class: "product", "data-product": name },
    make("button", { class: "view", onclick: view, "aria-label": `View ${name}` }, picture(category)),
    make("div", { class: "label" },
      make("h3", {}, name), make("p", {}, line),
      make("div", { class: "buy" }, make("b", {}, `$${price}`),
        make("button", { class: "add", onclick: add }, "Add"))));
}

// -- what happens behind -------------------------------------------------------------------------

function heard(command, answer) {
  const words = { startSession: "a visit begins", postEvent: command.event }[command.action] ?? "offers?";
  const values = (command.parameters ?? []).filter((p) => !p.n.startsWith("UACI")).map((p) => p.v);
  const told = [...values, ...answer.messages.map((m) => m.msg)].join(", ");
  const line = make("li", { class: `level${answer.statusCode}` }, make("b", {}, words));
  if (told) line.append(make("span", {}, told));
  for (const list of answer.offerLists ?? []) {
    const scores = list.offers.map((o) => `${o.n} ${Math.round(o.score)}`);
    line.append(make("span", { class: "decided" }, `${list.ip}: ${scores.join(", ") || list.defaultString}`));
  }
  $("log").prepend(line);
}

function toast(words) {
  $("toast").textContent = words;
  $("toast").classList.remove("on");
  void $("toast").offsetWidth; // so that it begins again
  $("toast").classList.add("on");
}

function begin(visitor) {
  const id = visitor === "guest" ? GUEST + Math.floor(Math.random() * GUEST) : Number(visitor);
  for (const button of document.querySelectorAll("[data-visitor]")) {
    button.setAttribute("aria-pressed", String(button.dataset.visitor === visitor));
  }
  const mine = new Visit(id, (command, answer) => {
    if (visit === mine) heard(command, answer); // late answers to a former visitor are nobody's
  });
  visit = mine;
  cart = 0;
  $("cart").querySelector("b").textContent = cart;
  $("log").replaceChildren();
  return tell();
}

$("products").append(...PRODUCTS.map(productCard));
for (const button of document.querySelectorAll("[data-visitor]")) {
  button.addEventListener("click", () => begin(button.dataset.visitor));
}
begin(new URLSearchParams(location.search).get("visitor") ?? "1");
