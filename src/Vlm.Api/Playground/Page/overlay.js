// The picture as the language model gets it: a patch that stays alone keeps its pixels, merged patches get their mean colour.

const pruned = -1;
const colours = { pad: 'rgb(122 116 104)', group: 'rgb(255 255 255 / 75%)', lit: '#ff9d2e' };

/**
 * Draws the square that the vision tower sees.
 * @param canvas Where to.
 * @param bitmap The picture; null draws patches only.
 * @param preview Answer of POST /merge/preview.
 * @param owner Token of each patch, row by row; undefined where tokens are mixtures.
 * @param lit Token to point out; undefined for none.
 */
export function draw(canvas, bitmap, preview, owner, lit) {
  const paper = canvas.getContext('2d', { willReadFrequently: true });
  paper.fillStyle = colours.pad;
  paper.fillRect(0, 0, canvas.width, canvas.height);
  if (bitmap) {
    drawPicture(paper, bitmap, preview.geometry === 'pad');
  }
  if (owner) {
    const patches = { owner, grid: preview.grid, side: canvas.width / preview.grid };
    fill(paper, patches);
    outline(paper, patches, () => true, colours.group, 1);
    outline(paper, patches, (token) => token === lit, colours.lit, 3);
  }
}

/** The token at a point of the square, in shares of its sides. */
export function tokenAt(owner, grid, x, y) {
  return owner?.[Math.floor(y * grid) * grid + Math.floor(x * grid)];
}

/** A padded picture is seen whole, a cropped one in its centre. */
function drawPicture(paper, bitmap, isPadded) {
  const size = paper.canvas.width;
  const scale = size / (isPadded ? Math.max : Math.min)(bitmap.width, bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  paper.drawImage(bitmap, (size - width) / 2, (size - height) / 2, width, height);
}

function fill(paper, { owner, grid, side }) {
  for (const [token, patches] of Map.groupBy(owner.keys(), (patch) => owner[patch])) {
    if (token === pruned || patches.length > 1) {
      paper.fillStyle = token === pruned ? 'rgb(20 20 20 / 85%)' : meanColour(paper, patches, grid, side);
      patches.forEach((patch) => paper.fillRect((patch % grid) * side, Math.floor(patch / grid) * side, side, side));
    }
  }
}

/** Mean over the middle pixels of the patches: close enough to the eye, and fast. */
function meanColour(paper, patches, grid, side) {
  const sum = [0, 0, 0];
  const inner = Math.max(1, Math.floor(side / 2));
  for (const patch of patches) {
    const pixels = paper.getImageData((patch % grid) * side + side / 4, Math.floor(patch / grid) * side + side / 4, inner, inner).data;
    pixels.forEach((value, i) => { if (i % 4 < 3) { sum[i % 4] += value; } });
  }
  const [red, green, blue] = sum.map((value) => value / patches.length / inner / inner);
  return `rgb(${red} ${green} ${blue})`;
}

/** Lines where one token's patches end and another's begin. */
function outline(paper, { owner, grid, side }, isWanted, colour, width) {
  paper.beginPath();
  owner.forEach((token, patch) => {
    const [x, y] = [patch % grid, Math.floor(patch / grid)];
    const differs = (other) => other !== token && (isWanted(token) || isWanted(other));
    if (x + 1 < grid && differs(owner[patch + 1])) {
      paper.moveTo((x + 1) * side, y * side);
      paper.lineTo((x + 1) * side, (y + 1) * side);
    }
    if (y + 1 < grid && differs(owner[patch + grid])) {
      paper.moveTo(x * side, (y + 1) * side);
      paper.lineTo((x + 1) * side, (y + 1) * side);
    }
  });
  paper.strokeStyle = colour;
  paper.lineWidth = width;
  paper.stroke();
}
