import { fileOfBytes, type SentFile } from '../hub/files';

/** Pixels of the longer side that are tried, from what a screen shows to what still is a picture. */
const sides = [2560, 1920, 1440, 1024, 720, 480];
const quality = 0.85;
/** Room for the name, the type and what the protocol says around them. */
const overhead = 2048;

/** How many bytes a file may have that goes out in a frame of so many: base64 says three bytes with four. */
export function mostBytes(frame: number): number {
  return Math.max(0, Math.floor((frame - overhead) / 4) * 3);
}

/** A file as it is sent; a photograph that is larger than the hub takes is made smaller. Undefined for what cannot be. */
export async function prepare(file: File, frame: number): Promise<SentFile | undefined> {
  const most = mostBytes(frame);
  if (file.size <= most) return fileOfBytes(new Uint8Array(await file.arrayBuffer()), file.name, file.type);
  if (!file.type.startsWith('image/') || file.type === 'image/svg+xml') return undefined;
  const image = await createImageBitmap(file).catch(() => undefined);
  if (!image) return undefined;
  for (const side of sides) {
    const blob = await drawn(image, Math.min(1, side / Math.max(image.width, image.height)));
    if (blob && blob.size <= most) {
      const name = file.name.replace(/\.[^.]*$/, '') + '.jpg';
      return fileOfBytes(new Uint8Array(await blob.arrayBuffer()), name, 'image/jpeg');
    }
  }
  return undefined;
}

function drawn(image: ImageBitmap, scale: number): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const context = canvas.getContext('2d')!;
  // JPEG has no transparency: what is behind would be black.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise(done => canvas.toBlob(done, 'image/jpeg', quality));
}
