// The picture: dropped, pasted, chosen or an example.

/** Shows the picture and tells when there is another one: { file, name, bitmap, url }. */
export class PictureBox extends EventTarget {
  #image = document.querySelector('#picture');
  #name = document.querySelector('#picture-name');

  /** The picture; undefined before the first one. Its bitmap is null where this browser cannot decode it. */
  current;

  constructor() {
    super();
    document.querySelector('#file').addEventListener('change', (e) => this.#takeFrom(e.target.files));
    document.addEventListener('paste', (e) => this.#takeFrom(e.clipboardData.files));
    const drop = document.querySelector('#drop');
    document.addEventListener('dragover', (e) => { e.preventDefault(); drop.classList.add('over'); });
    document.addEventListener('dragleave', () => drop.classList.remove('over'));
    document.addEventListener('drop', (e) => {
      e.preventDefault();
      drop.classList.remove('over');
      this.#takeFrom(e.dataTransfer.files);
    });
  }

  /** Takes one of the server's example pictures. */
  async takeExample(name) {
    const blob = await (await fetch(`/playground/${name}`)).blob();
    await this.take(new File([blob], name, { type: blob.type }));
  }

  /** Takes a file. */
  async take(file) {
    const bitmap = await createImageBitmap(file).catch(() => null);
    URL.revokeObjectURL(this.current?.url);
    this.current = { file, name: file.name, bitmap, url: URL.createObjectURL(file) };
    this.#image.src = this.current.url;
    this.#image.alt = `Your picture: ${file.name}`;
    this.#image.hidden = bitmap === null;
    this.#name.textContent = bitmap ? `${file.name}, ${bitmap.width} × ${bitmap.height}` : file.name;
    this.dispatchEvent(new Event('change'));
  }

  #takeFrom(files) {
    if (files.length > 0) {
      this.take(files[0]);
    }
  }
}

/** A small copy as a data URL, for the history; '' without a bitmap. */
export function thumbnail(picture, side = 72) {
  if (!picture?.bitmap) {
    return '';
  }
  const { width, height } = picture.bitmap;
  const scale = side / Math.max(width, height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  canvas.getContext('2d').drawImage(picture.bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/jpeg', 0.7);
}
