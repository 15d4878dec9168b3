// Draws moving skeletons on a canvas: one panel per clip, in rows by group, all at one scale.
// Coordinates are those of the data: x to the right, y down, z away from the viewer.

const TITLE = 20; // height of a panel's title, in CSS pixels
const MARGIN = 0.08; // of a panel, around the motion

export class Bodies {
  constructor(canvas) {
    this.canvas = canvas;
    this.groups = [];
    this.turn = 0; // degrees about the vertical axis
    this.tilt = 0; // degrees, seen from above if positive
  }

  // Takes groups `[{title, panels: [{title, motion, frames, joints, dimensions, rate, skeleton,
  // kept}]}]`; `motion` is a Float32Array [frames, joints, dimensions].
  show(groups) {
    this.groups = groups;
    for (const group of groups) for (const panel of group.panels) measure(panel);
  }

  get panels() {
    return this.groups.flatMap((group) => group.panels);
  }

  get turns() {
    return this.panels.some((panel) => panel.dimensions === 3);
  }

  // Draws the poses at a time in seconds; `trail` also draws the frames that pruning keeps.
  draw(seconds, trail) {
    const pen = this.prepare();
    const places = layout(this.groups, this.width, this.height);
    for (const { panel, title, x, y, width, height, scale } of places) {
      pen.save();
      pen.translate(x, y);
      pen.fillStyle = this.colors.muted;
      pen.fillText(title, width / 2, TITLE / 2, width);
      pen.translate(width / 2, TITLE + (height - TITLE) / 2);
      this.drawPanel(pen, panel, seconds, scale, trail);
      pen.restore();
    }
  }

  drawPanel(pen, panel, seconds, scale, trail) {
    const place = Math.min(seconds * panel.rate, panel.frames - 1);
    this.drawGround(pen, panel, scale);
    if (trail && panel.kept) {
      pen.globalAlpha = 0.3;
      for (const frame of keptFrames(panel, Math.floor(place)))
        this.drawBody(pen, panel, this.project(poseAt(panel, frame), panel, scale), scale, true);
      pen.globalAlpha = 1;
    }
    this.drawBody(pen, panel, this.project(poseAt(panel, place), panel, scale), scale, false);
  }

  drawBody(pen, panel, points, scale, ghost) {
    const { bones, left, right, head } = panel.skeleton;
    const colors = this.colors;
    const depth = (bone) => points.at(bone[0])[2] + points.at(bone[1])[2];
    pen.lineCap = "round";
    pen.lineWidth = Math.max(1.5, panel.bodySize * scale * 0.012) * (ghost ? 0.7 : 1);
    for (const bone of [...bones].sort((a, b) => depth(b) - depth(a))) {
      const side = bone.some((joint) => left.includes(joint))
        ? colors.left
        : bone.some((joint) => right.includes(joint)) ? colors.right : colors.body;
      pen.strokeStyle = ghost ? colors.accent : side;
      pen.beginPath();
      pen.moveTo(...points.at(bone[0]).slice(0, 2)); // -1 is the root, the last point
      pen.lineTo(...points.at(bone[1]).slice(0, 2));
      pen.stroke();
    }
    if (head === null) return;
    pen.fillStyle = ghost ? colors.accent : colors.body;
    pen.beginPath();
    pen.arc(points[head][0], points[head][1], (panel.bodySize * scale) / 46, 0, 2 * Math.PI);
    pen.fill();
  }

  drawGround(pen, panel, scale) {
    const half = panel.across * scale;
    const rise = panel.dimensions === 3 ? Math.sin(radians(this.tilt)) * half : 0;
    pen.strokeStyle = this.colors.line;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.ellipse(0, panel.floor * scale * this.upright(panel), half, Math.abs(rise), 0, 0, 2 * Math.PI);
    pen.stroke();
  }

  upright(panel) {
    return panel.dimensions === 3 ? Math.cos(radians(this.tilt)) : 1;
  }

  // Returns points [x, y, depth] in pixels from the panel's center; the last one is the root.
  project(pose, panel, scale) {
    const flat = panel.dimensions === 2;
    const turn = flat ? 0 : radians(this.turn), tilt = flat ? 0 : radians(this.tilt);
    const [cosTurn, sinTurn] = [Math.cos(turn), Math.sin(turn)];
    const [cosTilt, sinTilt] = [Math.cos(tilt), Math.sin(tilt)];
    return pose.map((point) => {
      const [x, y, z] = point.map((value, axis) => value - panel.center[axis]);
      const side = x * cosTurn + z * sinTurn, away = z * cosTurn - x * sinTurn;
      return [side * scale, (y * cosTilt - away * sinTilt) * scale, away * cosTilt + y * sinTilt];
    });
  }

  // Fits the canvas to its place and the screen's pixels, clears it and reads the theme's colors.
  prepare() {
    const density = window.devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.canvas;
    [this.width, this.height] = [clientWidth, clientHeight];
    const size = [Math.round(clientWidth * density), Math.round(clientHeight * density)];
    if (this.canvas.width !== size[0] || this.canvas.height !== size[1])
      [this.canvas.width, this.canvas.height] = size;
    const style = getComputedStyle(this.canvas);
    const names = ["body", "left", "right", "accent", "muted", "line"];
    this.colors = Object.fromEntries(
      names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
    );
    const pen = this.canvas.getContext("2d");
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, clientWidth, clientHeight);
    pen.font = `13px ${style.fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    return pen;
  }
}

// Frames that row `frame` of the pruned attention keeps, without the frame itself.
export function keptFrames(panel, frame) {
  const width = panel.kept.length / panel.frames;
  const row = panel.kept.subarray(frame * width, (frame + 1) * width);
  return [...row].filter((kept) => kept >= 0 && kept !== frame);
}

// Places panels in a grid that makes them as large as possible. With several groups, each is a row
// or, on a narrow page, a column.
function layout(groups, width, height) {
  const several = groups.length > 1;
  const clips = Math.max(...groups.map((group) => group.panels.length));
  const flat = groups.flatMap((group, row) =>
    group.panels.map((panel, column) => ({
      panel, row, column, title: several ? `${group.title}: ${panel.title}` : panel.title,
    })),
  );
  const shapes = several
    ? [[clips, groups.length, false], [groups.length, clips, true]]
    : Array.from({ length: clips }, (_, i) => [i + 1, Math.ceil(clips / (i + 1)), false]);
  const panels = flat.map(({ panel }) => panel);
  const scaleOf = (panel, [columns, rows]) => (0.5 - MARGIN) * Math.min(
    width / columns / largest(panels, panel, "across"),
    (height / rows - TITLE) / largest(panels, panel, "floor"),
  );
  const best = shapes.reduce((a, b) => (scaleOf(panels[0], b) > scaleOf(panels[0], a) ? b : a));
  const [columns, rows, swapped] = best;
  return flat.map(({ panel, title, row, column }, number) => {
    if (swapped) [row, column] = [column, row];
    if (!several) [row, column] = [Math.floor(number / columns), number % columns];
    const cell = { width: width / columns, height: height / rows };
    const place = { x: column * cell.width, y: row * cell.height };
    return { panel, title, ...cell, ...place, scale: scaleOf(panel, best) };
  });
}

// Finds the middle and the extent of a clip, so that turning it keeps it in its panel.
function measure(panel) {
  const { motion, frames, joints, dimensions, skeleton } = panel;
  const rooted = skeleton.bones.some((bone) => bone.includes(-1));
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  const points = [];
  for (let i = 0; i < frames * joints; i++)
    points.push([...motion.subarray(i * dimensions, (i + 1) * dimensions), 0].slice(0, 3));
  if (rooted) points.push([0, 0, 0]);
  for (const point of points)
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis], point[axis]);
      high[axis] = Math.max(high[axis], point[axis]);
    }
  panel.center = low.map((value, axis) => (value + high[axis]) / 2);
  panel.floor = high[1] - panel.center[1];
  const around = (p) => Math.hypot(p[0] - panel.center[0], p[2] - panel.center[2]);
  panel.across = Math.max(...points.map(around)) || 1;
  const first = poseAt(panel, 0);
  const length = (bone) => Math.hypot(...first.at(bone[0]).map((v, i) => v - first.at(bone[1])[i]));
  panel.bodySize = skeleton.bones.reduce((sum, bone) => sum + length(bone), 0);
}

// The largest extent of the panels that share a scale: those of the same skeleton and unit.
function largest(panels, panel, extent) {
  const alike = panels.filter((other) => other.scale === panel.scale);
  return Math.max(...alike.map((other) => other[extent]));
}

// The pose between two frames, interpolated; points [x, y, z], the last one is the root.
function poseAt({ motion, frames, joints, dimensions }, place) {
  const frame = Math.floor(place), share = place - frame;
  const now = frame * joints * dimensions;
  const next = Math.min(frame + 1, frames - 1) * joints * dimensions;
  const pose = [];
  for (let joint = 0; joint < joints; joint++) {
    const point = [0, 0, 0];
    for (let axis = 0; axis < dimensions; axis++) {
      const offset = joint * dimensions + axis;
      point[axis] = motion[now + offset] * (1 - share) + motion[next + offset] * share;
    }
    pose.push(point);
  }
  return [...pose, [0, 0, 0]];
}

function radians(degrees) {
  return (degrees * Math.PI) / 180;
}
