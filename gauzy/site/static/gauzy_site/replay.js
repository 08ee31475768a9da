// Makes the next events of a replay owed, again and again, until there are no more.
"use strict";

const replay = document.getElementById("replay");
const state = document.getElementById("replay-state");

async function advance() {
    const answer = await fetch(replay.action, { method: "POST", body: new FormData(replay) });
    if (!answer.ok) throw new Error(answer.statusText);
    const told = await answer.json();
    document.getElementById("replay-bar").value = told.percent;
    document.getElementById("replay-owed").textContent = told.owed;
    if (!told.finished) await new Promise((go) => setTimeout(go, told.wait_ms));
    return told.finished;
}

async function run() {
    try {
        while (!(await advance())) state.textContent = "Going on …";
        state.textContent = "That is all of them.";
    } catch (error) {
        state.textContent = "Interrupted: reload this page to go on.";
    }
}

if (!("finished" in replay.dataset)) run();
