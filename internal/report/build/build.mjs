// Makes the vendored files of ../assets from the packages of package-lock.json.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import countries from 'i18n-iso-countries';

const require = createRequire(import.meta.url);
const assets = new URL('../assets/', import.meta.url);
const read = (path) => readFileSync(new URL(`node_modules/${path}`, import.meta.url), 'utf8');

const bundle = await build({
  entryPoints: ['charts.js'],
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'charts',
  target: 'es2020',
  legalComments: 'none', // all licences are in NOTICE.txt
  define: { 'process.env.NODE_ENV': '"production"' },
  write: false,
});
// Inside an HTML page these would end the script.
const script = bundle.outputFiles[0].text.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');

// Natural Earth's countries, known by ISO 3166 alpha-2. Antarctica takes a sixth of
// the map, and nobody watches there.
const world = require('world-atlas/countries-110m.json');
const antarctica = '010';
const userAssigned = { Kosovo: 'XK' };
const layer = world.objects.countries;
layer.geometries = layer.geometries.filter((shape) => shape.id !== antarctica).map(({ type, arcs, id, properties: { name } }) => {
  const code = countries.numericToAlpha2(id) ?? userAssigned[name] ?? '';
  return { type, arcs, properties: { name: code || name, code } };
});
const map = { type: world.type, transform: world.transform, objects: { countries: layer }, arcs: world.arcs };

const licences = [
  ['Apache ECharts', 'echarts', ['LICENSE', 'NOTICE']],
  ['ZRender', 'zrender', ['LICENSE']],
  ['tslib', 'tslib', ['LICENSE.txt']],
  ['topojson-client', 'topojson-client', ['LICENSE']],
  ['d3-geo', 'd3-geo', ['LICENSE']],
  ['d3-array', 'd3-array', ['LICENSE']],
  ['internmap', 'internmap', ['LICENSE']],
  ['World Atlas TopoJSON (geometry: Natural Earth, public domain)', 'world-atlas', ['LICENSE']],
];
const notice = licences.map(([name, pack, files]) => {
  const { version, license } = JSON.parse(read(`${pack}/package.json`));
  const texts = files.map((file) => read(`${pack}/${file}`).replaceAll('\r\n', '\n').replace(/[ \t]+$/gm, '').trim());
  return `${name} ${version} (${license})\n${'='.repeat(72)}\n\n${texts.join('\n\n')}\n`;
}).join('\n\n');

const sums = Object.entries({ 'charts.min.js': script, 'world.json': JSON.stringify(map), 'NOTICE.txt': notice }).map(([name, text]) => {
  writeFileSync(new URL(name, assets), text);
  console.log(`${name}: ${Buffer.byteLength(text)} bytes`);
  return `${createHash('sha256').update(text).digest('hex')}  ${name}\n`;
});
writeFileSync(new URL('SHA256SUMS', assets), sums.join(''));
