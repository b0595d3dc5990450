// Strokes that several pictures share.

function path(context, corners) {
  context.beginPath();
  corners.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
}

function circle(context, x, y, r) {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
}

function ring(context, spot, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  circle(context, spot.x, spot.y, spot.r + 4);
  context.stroke();
}

function polygon(context, corners) {
  corners.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
}

function hatch(context, x, y, size, colour) {
  context.save();
  context.beginPath();
  context.rect(x, y, size, size);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  for (let step = 0; step < size * 2; step += 4)
    path(context, [
      [x + step - size, y + size],
      [x + step, y],
    ]);
  context.restore();
}

/** A name cut in the middle where it does not fit, so that both of its ends can be told apart. */
function fitted(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let keep = Math.max(4, Math.floor((text.length * room) / context.measureText(text).width) - 1);
  while (keep > 4 && context.measureText(`${text.slice(0, keep / 2)}…${text.slice(-keep / 2)}`).width > room)
    keep -= 1;
  return `${text.slice(0, keep / 2)}…${text.slice(-keep / 2)}`;
}

export default { path, circle, ring, polygon, hatch, fitted };
