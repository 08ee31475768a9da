// Shows events as the server tells of them. The browser reconnects by itself, naming the last cursor.
"use strict";

const SHOWN = 200;
const live = document.getElementById("live");
const status = document.getElementById("live-status");
const hold = document.getElementById("live-hold");
const held = [];
let count = 0;

function show(told) {
    const row = document.getElementById("live-row").content.cloneNode(true);
    const [label, at, by, about] = row.querySelectorAll("td");
    label.firstChild.textContent = told.label;
    label.firstChild.href = told.url;
    at.textContent = told.at;
    by.textContent = told.by;
    about.textContent = told.about;
    const rows = live.querySelector("tbody");
    rows.prepend(row);
    while (rows.children.length > SHOWN) rows.lastElementChild.remove();
    live.querySelector("table").hidden = false;
    document.getElementById("live-empty").hidden = true;
}

hold.addEventListener("click", () => {
    const holding = hold.getAttribute("aria-pressed") !== "true";
    hold.setAttribute("aria-pressed", holding);
    hold.textContent = holding ? "Go on" : "Hold";
    if (!holding) held.splice(0).forEach(show);
});

const source = new EventSource(live.dataset.stream);
source.addEventListener("open", () => { status.textContent = "Live"; });
source.addEventListener("error", () => { status.textContent = "Reconnecting …"; });
source.addEventListener("happened", (message) => {
    document.getElementById("live-count").textContent = count += 1;
    const told = JSON.parse(message.data);
    if (hold.getAttribute("aria-pressed") === "true") held.push(told);
    else show(told);
});
