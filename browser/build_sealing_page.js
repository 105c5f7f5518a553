/**
 * Makes the sealing page: one file with its script, its worker and its style inside, so that it also
 * works from a disk, and so that one hash names all of it; it names its parts and their licences too.
 * Written into bidding/sealing/.
 *
 *     node build_sealing_page.js
 */

import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bannerOf, manifestOf, partsOf } from './bundled.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const FOLDER = join(HERE, 'src/sealing_page');
const TARGET = join(HERE, '../bidding/sealing');

const sha256 = (raw) => createHash('sha256').update(raw).digest();
const source = (text) => `'sha256-${sha256(text).toString('base64')}'`;

const made = await build({
  absWorkingDir: HERE,
  entryPoints: ['src/sealing_page/main.js'],
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: ['es2023', 'chrome137', 'firefox130', 'safari18'],
  charset: 'utf8',
  minify: true,
  legalComments: 'none',
  metafile: true,
  write: false,
});
const contained = partsOf(made.metafile.inputs);
const banner = bannerOf(`Yangguang sealing page ${manifestOf(HERE).version}`, contained);
const script = `${banner}\n${made.outputFiles[0].text.trim()}`;
const style = readFileSync(join(FOLDER, 'page.css'), 'utf8').trim();
if (/<\/script|<!--/i.test(script)) throw new Error('the script would end inside itself');

const policy = [
  "default-src 'none'",
  `script-src ${source(script)}`,
  `style-src ${source(style)}`,
  'worker-src blob:',
  'img-src data: blob:',
  'connect-src https: http://localhost:* http://127.0.0.1:*',
  "form-action 'none'",
  "base-uri 'none'",
].join('; ');
const parts = { POLICY: policy, STYLE: style, SCRIPT: script };
const page = readFileSync(join(FOLDER, 'page.html'), 'utf8').replace(/@([A-Z]+)@/g, (_, name) => parts[name]);

const inputs = Object.keys(made.metafile.inputs).filter((path) => path.startsWith('src/'));
const sources = [...inputs, 'src/sealing_page/page.css', 'src/sealing_page/page.html'].sort();
const lines = sources.map((path) => `${sha256(readFileSync(join(HERE, path))).toString('hex')}  ${path}\n`);
const about = {
  file: 'sealing.html',
  bytes: Buffer.byteLength(page),
  compressed: gzipSync(page, { level: 9 }).length,
  sha256: sha256(page).toString('hex'),
  sources,
  sources_sha256: sha256(lines.join('')).toString('hex'),
  parts: contained,
  script_source: source(script),
  style_source: source(style),
};
writeFileSync(join(TARGET, 'sealing.html'), page);
writeFileSync(join(TARGET, 'sealing.json'), `${JSON.stringify(about, null, 1)}\n`);
console.log(`sealing.html ${about.bytes} bytes, ${about.compressed} compressed`);
