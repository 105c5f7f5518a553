/** A ciphertext on its way to the anonymous host (tus 1.0): goes on where it stopped, after any end. */

import { base64 } from '../bytes.js';
import { Refusal } from '../errors.js';
import { PART } from './parts.js';
import { Line, Silent } from './wire.js';

const TUS = '1.0.0';
const TRIES = 6; // in a row without a single byte more
const PAUSE = 1000; // milliseconds of machine time after a broken line
const PATCH_SECONDS = 600;
const BROKEN = ['offset-differs', 'checksum-differs'];

/** Begin an upload for a ticket; its address, which is a capability. */
export async function beginUpload(origin, length, ticket) {
  const line = new Line(origin);
  const answer = await line.ask('POST', '/api/v1/uploads', {
    headers: { 'Tus-Resumable': TUS, 'Upload-Length': String(length), 'Upload-Token': ticket },
  });
  const path = (answer.headers.get('Location') ?? '').replace(line.origin, '');
  if (!path.startsWith('/api/v1/uploads/')) {
    throw new Refusal('malformed', '上传地址不对', 'The address of the upload has the wrong form', 422);
  }
  return path;
}

/**
 * Bring every byte there. `upload-gone` when the host no longer knows the upload: begin another.
 * @param {{ origin: string, path: string, file: { name: string, length: number }, speaks: string }} asked
 */
export async function sendFile(kept, { origin, path, file, speaks }, job) {
  const line = new Line(origin, { speaks });
  let [offset, tries] = [await reached(line, path), 0];
  await job.turn(offset, file.length);
  while (offset < file.length) {
    let next;
    try {
      next = await sendPart(line, path, await partAt(kept, file, offset), offset, job);
    } catch (cause) {
      const broken = cause instanceof Silent || BROKEN.includes(cause.code);
      tries += 1;
      if (!broken || tries >= TRIES) throw cause;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      next = await reached(line, path);
    }
    if (next > offset) tries = 0;
    offset = next;
    await job.turn(offset, file.length);
  }
  return { offset };
}

async function partAt(kept, file, offset) {
  const place = Math.floor(offset / PART);
  return (await kept.get(file.name, place)).subarray(offset - place * PART);
}

async function sendPart(line, path, part, offset, job) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', part));
  const answer = await line.ask('PATCH', path, {
    body: part,
    headers: {
      'Tus-Resumable': TUS,
      'Upload-Offset': String(offset),
      'Upload-Checksum': `sha256 ${base64(digest)}`,
      'Content-Type': 'application/offset+octet-stream',
    },
    seconds: PATCH_SECONDS,
    signal: job.stopper.signal,
  });
  return wholeOf(answer.headers.get('Upload-Offset'));
}

async function reached(line, path) {
  try {
    return wholeOf((await line.ask('HEAD', path, { headers: { 'Tus-Resumable': TUS } })).headers.get('Upload-Offset'));
  } catch (cause) {
    if (![404, 410].includes(cause.status)) throw cause;
    throw new Refusal('upload-gone', '主机上已没有这次上传，将重新上传', 'The host no longer has this upload; it is begun again', 404);
  }
}

function wholeOf(text) {
  if (!/^[0-9]{1,15}$/.test(text ?? '')) {
    throw new Refusal('malformed', '上传进度格式不对', 'The progress of the upload has the wrong form', 422);
  }
  return Number(text);
}
