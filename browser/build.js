/**
 * Bundles src/ for browsers and Node into market/web/static/vendor/, with a manifest of versions,
 * hashes and licences. Needs `npm ci`; who runs the product needs neither npm nor Node.
 *
 *     npm ci && npm run build
 */

import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const VENDOR = join(HERE, '../market/web/static/vendor');
const BUNDLE = 'protocol.js';
const LICENCES = 'licences.txt';

const hash = (kind, raw) => createHash(kind).update(raw).digest();
const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** One hash over all sources, by name: tells whether the bundle is that of the sources. */
function sourcesHash() {
  const names = readdirSync(join(HERE, 'src')).filter((name) => name.endsWith('.js')).sort();
  const lines = names.map((name) => `${hash('sha256', readFileSync(join(HERE, 'src', name))).toString('hex')}  ${name}\n`);
  return hash('sha256', lines.join('')).toString('hex');
}

/** The packages whose files stand in the bundle. */
function partsOf(inputs) {
  const found = Object.keys(inputs)
    .map((path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter((name) => name !== undefined);
  return [...new Set(found)].sort().map((name) => {
    const folder = join(HERE, 'node_modules', name);
    const { version, license } = manifestOf(folder);
    const text = readFileSync(join(folder, 'LICENSE'), 'utf8').trim();
    return { name, version, licence: license, text };
  });
}

const own = manifestOf(HERE);
const made = await build({
  absWorkingDir: HERE,
  entryPoints: ['src/index.js'],
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: ['es2023', 'chrome137', 'firefox130', 'safari18', 'node20'],
  charset: 'utf8',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  banner: { js: `/* Yangguang protocol ${own.version}; licences of its parts: ${LICENCES} */` },
  metafile: true,
  write: false,
});
const raw = made.outputFiles[0].contents;
const parts = partsOf(made.metafile.inputs);
const licences = parts
  .map(({ name, version, licence, text }) => `== ${name} ${version}: ${licence}\n\n${text}\n`)
  .join('\n');

mkdirSync(VENDOR, { recursive: true });
writeFileSync(join(VENDOR, BUNDLE), raw);
writeFileSync(join(VENDOR, LICENCES), licences);
const manifest = {
  bundles: [
    {
      file: BUNDLE,
      version: own.version,
      licence: own.license,
      format: 'ES module',
      bytes: raw.length,
      sha256: hash('sha256', raw).toString('hex'),
      integrity: `sha384-${hash('sha384', raw).toString('base64')}`,
      sources_sha256: sourcesHash(),
      parts: parts.map(({ name, version, licence }) => ({ name, version, licence })),
    },
  ],
  licences: { file: LICENCES, sha256: hash('sha256', licences).toString('hex') },
  builder: { name: 'esbuild', version: manifestOf(join(HERE, 'node_modules/esbuild')).version },
};
writeFileSync(join(VENDOR, 'vendor.json'), `${JSON.stringify(manifest, null, 1)}\n`);
console.log(`${BUNDLE} ${raw.length} bytes`);
