// <motion-player query="label=walking&seed=0&count=3">: asks the studio for clips and plays them.
// It owns the address of the page: what it shows and how, so that a copied link shows the same.

import { Bodies, keptFrames } from "./bodies.js";

const GONE = "The studio does not answer. Is it still running? Start it again, then choose again.";
const CONTROLS = `
  <p class="status" role="status"></p>
  <div class="stage">
    <canvas tabindex="0" role="img" aria-label="No clips yet"></canvas>
    <p class="message" role="alert" hidden></p>
  </div>
  <div class="timeline">
    <canvas class="strip" aria-hidden="true"></canvas>
    <input type="range" class="frame" min="0" max="1" value="0" step="1" aria-label="Frame">
    <output class="count"></output>
  </div>
  <div class="buttons">
    <button type="button" class="play" title="Space"><span aria-hidden="true"></span><b>Play</b></button>
    <label class="choice">Speed
      <select class="speed">
        <option value="1">1×</option><option value="0.5">½×</option>
        <option value="0.25">¼×</option><option value="0.1">⅒×</option>
      </select>
    </label>
    <label class="choice"><input type="checkbox" class="loop" checked> Loop</label>
    <label class="choice attention"><input type="checkbox" class="trail"> Attended frames</label>
    <button type="button" class="front" hidden title="Drag the figures, or Shift and an arrow key">
      Front view</button>
  </div>`;

class MotionPlayer extends HTMLElement {
  static observedAttributes = ["query"];

  connectedCallback() {
    if (this.bodies) return;
    this.innerHTML = CONTROLS;
    const find = (name) => this.querySelector(name);
    [this.canvas, this.strip] = [find(".stage canvas"), find(".strip")];
    [this.slider, this.count, this.button] = [find(".frame"), find(".count"), find(".play")];
    [this.speed, this.loop, this.trail] = [find(".speed"), find(".loop"), find(".trail")];
    [this.front, this.message, this.status] = [find(".front"), find(".message"), find(".status")];
    this.bodies = new Bodies(this.canvas);
    this.seconds = 0;
    this.drawn = 0; // pictures drawn so far, to measure
    this.readAddress();
    this.listen();
    requestAnimationFrame((now) => this.tick(now));
    this.load();
  }

  attributeChangedCallback() {
    if (this.bodies) this.load();
  }

  listen() {
    this.button.onclick = () => this.play(!this.playing);
    this.slider.oninput = () => this.seek(Number(this.slider.value));
    for (const control of [this.speed, this.loop, this.trail]) control.onchange = () => this.changed();
    this.front.onclick = () => this.turnTo(0, 0);
    this.onkeydown = (event) => this.key(event);
    this.canvas.onpointerdown = (event) => this.canvas.setPointerCapture(event.pointerId);
    this.canvas.onpointermove = (event) => {
      if (!event.buttons || !this.bodies.turns) return;
      this.turnTo(this.bodies.turn + event.movementX * 0.5, this.bodies.tilt + event.movementY * 0.5);
    };
  }

  key(event) {
    const onCanvas = event.target === this.canvas;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const tilt = { ArrowUp: -5, ArrowDown: 5 }[event.key];
    if (event.key === " " && (onCanvas || event.target === this.slider)) this.play(!this.playing);
    else if (onCanvas && event.shiftKey && (step || tilt))
      this.turnTo(this.bodies.turn + 5 * (step ?? 0), this.bodies.tilt + (tilt ?? 0));
    else if (onCanvas && step) this.seek(this.frame + step);
    else return;
    event.preventDefault();
  }

  // Asks for the clips of `query`. Only the newest answer counts.
  async load() {
    const query = this.getAttribute("query");
    if (!query) return;
    const asked = (this.asked = query);
    this.setAttribute("aria-busy", "true");
    const late = setTimeout(() => (this.status.textContent = "Generating…"), 500);
    try {
      const response = await fetch(`motion?${query}`);
      const answer = await response.json();
      if (asked !== this.asked) return;
      if (!response.ok) throw new Error(answer.message);
      this.show(answer);
    } catch (error) {
      if (asked !== this.asked) return;
      this.status.textContent = "These clips could not be generated";
      this.say(error.name === "Error" ? error.message : GONE); // others are failures to connect
    } finally {
      clearTimeout(late);
      if (asked === this.asked) this.removeAttribute("aria-busy");
    }
  }

  show(answer) {
    this.bodies.show(answer.groups.map(decoded));
    this.first = this.bodies.panels[0];
    const { frames } = this.first;
    this.length = Math.max(...this.bodies.panels.map((panel) => (panel.frames - 1) / panel.rate));
    this.slider.max = frames - 1;
    this.querySelector(".attention").hidden = !this.first.kept;
    this.front.hidden = !this.bodies.turns;
    this.canvas.classList.toggle("turns", this.bodies.turns);
    this.say(answer.note);
    const clips = this.bodies.panels.length;
    const text = `${clips} clip${clips === 1 ? "" : "s"} of ${answer.title}`;
    this.canvas.setAttribute("aria-label", `${text}, moving skeletons`);
    this.status.textContent = text;
    if (this.wanted !== undefined) this.seek(this.wanted);
    else {
      this.seconds = 0;
      this.play(!matchMedia("(prefers-reduced-motion: reduce)").matches);
    }
    delete this.wanted;
  }

  say(text) {
    this.message.textContent = text ?? "";
    this.message.hidden = !text;
  }

  play(playing) {
    if (playing && !this.loop.checked && this.seconds >= this.length) this.seconds = 0;
    this.playing = playing && Boolean(this.first);
    this.button.querySelector("b").textContent = this.playing ? "Pause" : "Play";
    this.button.classList.toggle("playing", this.playing);
    this.changed();
  }

  seek(frame) {
    if (!this.first) return;
    const last = this.first.frames - 1;
    this.seconds = Math.min(Math.max(frame, 0), last) / this.first.rate;
    this.play(false);
  }

  turnTo(turn, tilt) {
    this.bodies.turn = ((turn % 360) + 360) % 360;
    this.bodies.tilt = Math.min(Math.max(tilt, -80), 80);
    this.changed();
  }

  get frame() {
    return Math.min(Math.floor(this.seconds * this.first.rate + 1e-6), this.first.frames - 1);
  }

  tick(now) {
    const passed = Math.min((now - (this.last ?? now)) / 1000, 0.1);
    this.last = now;
    if (this.playing) {
      this.seconds += passed * Number(this.speed.value);
      if (this.seconds > this.length) {
        if (this.loop.checked) this.seconds %= this.length || 1;
        else { this.seconds = this.length; this.play(false); }
      }
    }
    if (this.first) this.draw();
    if (this.isConnected) requestAnimationFrame((next) => this.tick(next));
  }

  draw() {
    this.bodies.draw(this.seconds, this.trail.checked);
    this.drawStrip();
    const last = this.first.frames - 1;
    this.slider.value = this.frame;
    this.count.textContent = `${String(this.frame).padStart(String(last).length, "\u2007")} / ${last}`;
    this.drawn++;
  }

  // The attention of this frame over the timeline: weights as shades, kept frames as marks.
  drawStrip() {
    const { clientWidth: width, clientHeight: height } = this.strip;
    if (this.strip.width !== width || this.strip.height !== height)
      [this.strip.width, this.strip.height] = [width, height];
    const pen = this.strip.getContext("2d");
    pen.clearRect(0, 0, width, height);
    const { attention, kept, frames } = this.first;
    if (!kept || !this.trail.checked) return;
    const cell = width / frames, frame = this.frame;
    const row = attention.subarray(frame * frames, (frame + 1) * frames);
    const most = Math.max(...row) || 1;
    pen.fillStyle = this.bodies.colors.accent;
    row.forEach((weight, past) => {
      pen.globalAlpha = 0.6 * Math.cbrt(weight / most);
      pen.fillRect(past * cell, 0, cell + 0.5, height - 6);
    });
    pen.globalAlpha = 1;
    for (const past of keptFrames(this.first, frame)) pen.fillRect(past * cell, height - 4, cell - 1, 4);
  }

  readAddress() {
    const given = new URLSearchParams(location.search);
    if (/^\d+$/.test(given.get("frame") ?? "")) this.wanted = Number(given.get("frame"));
    if ([...this.speed.options].some((option) => option.value === given.get("speed")))
      this.speed.value = given.get("speed");
    this.loop.checked = given.get("loop") !== "0";
    this.trail.checked = given.get("trail") === "1";
    const degrees = (name) => (/^-?\d{1,3}$/.test(given.get(name) ?? "") ? Number(given.get(name)) : 0);
    this.turnTo(degrees("turn"), degrees("tilt"));
  }

  // Keeps the address up to date; browsers refuse more than some hundred changes per minute.
  changed() {
    clearTimeout(this.writing);
    this.writing = setTimeout(() => {
      const address = new URLSearchParams(this.getAttribute("query") ?? "");
      const { turn, tilt } = this.bodies;
      if (this.first && !this.playing) address.set("frame", this.frame);
      if (this.speed.value !== "1") address.set("speed", this.speed.value);
      if (!this.loop.checked) address.set("loop", "0");
      if (this.trail.checked) address.set("trail", "1");
      if (turn) address.set("turn", Math.round(turn));
      if (tilt) address.set("tilt", Math.round(tilt));
      history.replaceState(null, "", `?${address}`);
    }, 150);
  }
}

function decoded(group) {
  const panels = group.panels.map((panel) => ({
    ...panel,
    motion: numbers(panel.motion, Float32Array),
    attention: panel.attention && numbers(panel.attention, Float32Array),
    kept: panel.kept && numbers(panel.kept, Int32Array),
  }));
  return { ...group, panels };
}

function numbers(base64, Type) {
  return new Type(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer);
}

customElements.define("motion-player", MotionPlayer);
