// Crops a photograph to 3×4: the frame is moved by pointer or keys, and its coordinates are sent; the server crops.
const words = document.getElementById("crop-words")?.dataset ?? {};
const [WIDTH, HEIGHT] = [360, 480];

class Frame {
  constructor(input, picture) {
    this.input = input;
    this.picture = picture;
    this.cover = Math.max(WIDTH / picture.naturalWidth, HEIGHT / picture.naturalHeight);
    this.zoom = 1;
    this.centre = [picture.naturalWidth / 2, picture.naturalHeight / 2];
    this.build();
    this.draw();
  }

  build() {
    this.box = document.createElement("div");
    this.box.className = "crop";
    this.canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT, tabIndex: 0 });
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", words.cropFrame);
    const label = Object.assign(document.createElement("label"), { textContent: words.cropSize });
    this.range = Object.assign(document.createElement("input"), { type: "range", min: 1, max: 4, step: 0.05, value: 1 });
    label.append(this.range);
    const hint = Object.assign(document.createElement("p"), { className: "helptext", textContent: words.cropHint });
    this.box.append(hint, this.canvas, label);
    this.input.closest("[data-upload]").after(this.box);

    this.range.addEventListener("input", () => this.scale(Number(this.range.value)));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.scale(this.zoom * (event.deltaY < 0 ? 1.08 : 1 / 1.08));
    });
    this.canvas.addEventListener("pointerdown", (event) => this.canvas.setPointerCapture(event.pointerId));
    this.canvas.addEventListener("pointermove", (event) => {
      if (!this.canvas.hasPointerCapture(event.pointerId)) return;
      const shown = WIDTH / this.canvas.clientWidth;
      this.move(-event.movementX * shown, -event.movementY * shown);
    });
  }

  key(event) {
    const step = event.shiftKey ? 24 : 6;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key]) this.move(...moves[event.key]);
    else if (["+", "="].includes(event.key)) this.scale(this.zoom * 1.08);
    else if (["-", "_"].includes(event.key)) this.scale(this.zoom / 1.08);
    else return;
    event.preventDefault();
  }

  scale(zoom) {
    this.zoom = Math.min(4, Math.max(1, zoom));
    this.range.value = this.zoom;
    this.draw();
  }

  move(x, y) {
    const ratio = this.cover * this.zoom;
    this.centre = [this.centre[0] + x / ratio, this.centre[1] + y / ratio];
    this.draw();
  }

  draw() {
    const ratio = this.cover * this.zoom;
    const [w, h] = [WIDTH / ratio, HEIGHT / ratio];
    const { naturalWidth, naturalHeight } = this.picture;
    const hold = (value, half, limit) => Math.min(limit - half, Math.max(half, value));
    this.centre = [hold(this.centre[0], w / 2, naturalWidth), hold(this.centre[1], h / 2, naturalHeight)];
    const [x, y] = [this.centre[0] - w / 2, this.centre[1] - h / 2];
    this.canvas.getContext("2d").drawImage(this.picture, x, y, w, h, 0, 0, WIDTH, HEIGHT);
    this.send({ x, y, w, h });
  }

  send(frame) {
    for (const [key, value] of Object.entries(frame)) {
      const field = this.input.form.elements.namedItem(`${this.input.dataset.crop}_${key}`);
      if (field) field.value = Math.round(value);
    }
  }

  remove() {
    this.box.remove();
    for (const key of ["x", "y", "w", "h"]) {
      const field = this.input.form.elements.namedItem(`${this.input.dataset.crop}_${key}`);
      if (field) field.value = "";
    }
  }
}

const frames = new WeakMap();
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches?.("input[type=file][data-crop]")) return;
  frames.get(input)?.remove();
  input.setCustomValidity("");
  const file = input.files[0];
  if (!file) return;
  const address = URL.createObjectURL(file);
  const picture = new Image();
  picture.addEventListener("load", () => {
    frames.set(input, new Frame(input, picture));
    URL.revokeObjectURL(address);
  });
  picture.addEventListener("error", () => {
    URL.revokeObjectURL(address);
    input.setCustomValidity(words.cropBad);
    input.reportValidity();
  });
  picture.src = address;
});
