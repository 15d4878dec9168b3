// One page per judgment: draws both clips, takes a rating from 1 to 5, asks for the next judgment.

import { Bodies } from "./static/bodies.js";

const ANSWERS = ["not at all", "hardly", "partly", "mostly", "fully"];
const byId = (id) => document.getElementById(id);
const bodies = new Bodies(byId("clips"));

let rater = "";
let shown = null; // the judgment on the page
let started = 0; // when it appeared, or was started again
let appeared = 0;
let sending = false;

function say(text) {
  byId("message").textContent = text;
}

async function ask(path, values) {
  const options = values && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(values),
  };
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The server does not answer. Nothing is lost: try again in a moment.");
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function show(section) {
  for (const id of ["start", "rating", "end"]) byId(id).hidden = id !== section;
}

async function next() {
  const judgment = await ask(`api/judgments/${encodeURIComponent(rater)}`);
  byId("bar").max = judgment.total;
  byId("bar").value = judgment.done;
  byId("count").textContent = `${judgment.done} of ${judgment.total}`;
  if (judgment.judgment === null) {
    shown = null;
    return show("end");
  }
  for (const radio of document.getElementsByName("rating")) radio.checked = false;
  byId("next").disabled = true;
  byId("action").textContent = judgment.class_name.replaceAll("_", " ");
  shown = judgment;
  const panels = [
    panel(judgment, "Recorded from a person", judgment.reference),
    panel(judgment, "The clip to rate", judgment.clip),
  ];
  bodies.show([{ title: "", panels }]);
  started = appeared = performance.now();
  show("rating");
}

function chosen() {
  const radio = document.querySelector('input[name="rating"]:checked');
  return radio ? Number(radio.value) : null;
}

function choose(rating) {
  const radio = document.querySelector(`input[name="rating"][value="${rating}"]`);
  radio.checked = true;
  byId("next").disabled = false;
}

async function send() {
  if (!shown || chosen() === null || sending) return;
  sending = true;
  byId("next").disabled = true;
  try {
    const seconds = (performance.now() - appeared) / 1000;
    await ask("api/ratings", { rater, judgment: shown.judgment, rating: chosen(), seconds });
    await next();
    say("");
  } catch (error) {
    say(error.message);
    byId("next").disabled = false;
  }
  sending = false;
}

function panel({ skeleton, rate }, title, motion) {
  const [frames, joints, dimensions] = [motion.length, motion[0].length, motion[0][0].length];
  const values = Float32Array.from(motion.flat(2));
  return { title, motion: values, frames, joints, dimensions, rate, skeleton, scale: "" };
}

function play(now) {
  if (shown) {
    const seconds = Math.max(now - started, 0) / 1000;
    bodies.draw(seconds % (shown.clip.length / shown.rate), false);
  }
  requestAnimationFrame(play);
}

function replay() {
  started = performance.now();
}

async function start(name) {
  try {
    rater = (await ask("api/raters", { rater: name })).rater;
    history.replaceState(null, "", `?rater=${encodeURIComponent(rater)}`);
    await next();
    say("");
  } catch (error) {
    say(error.message);
  }
}

ANSWERS.forEach((answer, number) => {
  const label = document.createElement("label");
  label.innerHTML = `<input type="radio" name="rating" value="${number + 1}"><b>${number + 1}</b>${answer}`;
  label.addEventListener("change", () => choose(number + 1));
  byId("scale").append(label);
});
byId("next").addEventListener("click", send);
byId("replay").addEventListener("click", replay);
byId("start").addEventListener("submit", (event) => {
  event.preventDefault();
  start(byId("rater").value);
});
document.addEventListener("keydown", (event) => {
  const busy = !shown || event.target === byId("replay");
  if (busy || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if ("12345".includes(event.key)) choose(event.key);
  else if (event.key === "Enter") send();
  else if (event.key === " ") replay();
  else return;
  event.preventDefault();
});
requestAnimationFrame(play);
ask("api/study").then(
  (study) => (byId("simulated").hidden = !study.simulated),
  (error) => say(error.message),
);
const link = new URLSearchParams(location.search).get("rater");
if (link) start(link);
