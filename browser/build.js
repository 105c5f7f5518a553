/**
 * Bundles src/ for browsers and Node into market/web/static/vendor/, with a manifest of versions,
 * hashes and licences. Needs `npm ci`; who runs the product needs neither npm nor Node.
 *
 *     npm ci && npm run build              all bundles
 *     node build.js protocol.js            only these; the others stay as they are
 */

import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licenceText, manifestOf, partsOf } from './bundled.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const VENDOR = join(HERE, '../market/web/static/vendor');
const MANIFEST = join(VENDOR, 'vendor.json');
const LICENCES = 'licences.txt';
const BUNDLES = [
  { file: 'protocol.js', entry: 'src/index.js' },
  { file: 'officer_page.js', entry: 'src/officer_page/index.js' },
  { file: 'quote_page.js', entry: 'src/quote_page/index.js' },
  { file: 'signing_page.js', entry: 'src/signing_page/index.js' },
  { file: 'verify_page.js', entry: 'src/verify_page/index.js' },
  { file: 'proof_page.js', entry: 'src/proof_page/index.js' },
];

const own = manifestOf(HERE);
const hash = (kind, raw) => createHash(kind).update(raw).digest();

/** Our own files in a bundle, by their names under src/. */
const sourcesOf = (inputs) =>
  Object.keys(inputs)
    .filter((path) => path.startsWith('src/'))
    .map((path) => path.slice('src/'.length))
    .sort();

/** One hash over the sources of a bundle, by name: tells whether it is that of the sources. */
function hashOf(names) {
  const lines = names.map((name) => `${hash('sha256', readFileSync(join(HERE, 'src', name))).toString('hex')}  ${name}\n`);
  return hash('sha256', lines.join('')).toString('hex');
}

/** Build one bundle and say what it is. */
async function bundle({ file, entry }) {
  const made = await build({
    absWorkingDir: HERE,
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: ['es2023', 'chrome137', 'firefox130', 'safari18', 'node20'],
    charset: 'utf8',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    banner: { js: `/* Yangguang ${file} ${own.version}; licences of its parts: ${LICENCES} */` },
    metafile: true,
    write: false,
  });
  const raw = made.outputFiles[0].contents;
  const sources = sourcesOf(made.metafile.inputs);
  writeFileSync(join(VENDOR, file), raw);
  console.log(`${file} ${raw.length} bytes`);
  return {
    file,
    version: own.version,
    licence: own.license,
    format: 'ES module',
    bytes: raw.length,
    sha256: hash('sha256', raw).toString('hex'),
    integrity: `sha384-${hash('sha384', raw).toString('base64')}`,
    sources,
    sources_sha256: hashOf(sources),
    parts: partsOf(made.metafile.inputs),
  };
}

/** The licences of all parts of all bundles, each once. */
function licencesOf(bundles) {
  const parts = new Map(bundles.flatMap(({ parts }) => parts).map((part) => [part.name, part]));
  return [...parts.keys()]
    .sort()
    .map((name) => {
      const { version, licence } = parts.get(name);
      return `== ${name} ${version}: ${licence}\n\n${licenceText(name)}\n`;
    })
    .join('\n');
}

const wanted = process.argv.slice(2);
const known = (() => {
  try {
    return JSON.parse(readFileSync(MANIFEST, 'utf8')).bundles;
  } catch (cause) {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  }
})();

mkdirSync(VENDOR, { recursive: true });
const bundles = [];
for (const one of BUNDLES) {
  const kept = known.find(({ file }) => file === one.file);
  const build = wanted.length === 0 || wanted.includes(one.file);
  if (build) bundles.push(await bundle(one));
  else if (kept !== undefined) bundles.push(kept);
}
const licences = licencesOf(bundles);
writeFileSync(join(VENDOR, LICENCES), licences);
const manifest = {
  bundles,
  licences: { file: LICENCES, sha256: hash('sha256', licences).toString('hex') },
  builder: { name: 'esbuild', version: manifestOf(join(HERE, 'node_modules/esbuild')).version },
};
writeFileSync(MANIFEST, `${JSON.stringify(manifest, null, 1)}\n`);
