// Makes the vendored files of ../assets from the packages of package-lock.json.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { geoEquirectangular } from 'd3-geo';
import { geoProject } from 'd3-geo-projection';
import countries from 'i18n-iso-countries';
import { feature } from 'topojson-client';

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
  metafile: true,
});
// Inside an HTML page these would end the script.
const script = bundle.outputFiles[0].text.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');

// Natural Earth's countries, known by ISO 3166 alpha-2, cut where the map's edges are,
// to a tenth of a degree (their own precision). Antarctica takes a sixth of the map,
// and nobody watches there.
const topology = require('world-atlas/countries-110m.json');
const antarctica = '010';
const userAssigned = { Kosovo: 'XK' };
const degree = 180 / Math.PI;
const tenths = geoEquirectangular().scale(10 * degree).translate([0, 0]).precision(0);
const round = (ring) => ring.map(([x, y]) => [Math.round(x), -Math.round(y)]).filter(([x, y], i, all) => i === 0 || x !== all[i - 1][0] || y !== all[i - 1][1])
  .map(([x, y]) => [x / 10, y / 10]);
const features = feature(topology, topology.objects.countries).features.filter(({ id }) => id !== antarctica).map((shape) => {
  const { type, coordinates } = geoProject(shape, tenths).geometry;
  const polygons = (type === 'Polygon' ? [coordinates] : coordinates).map((rings) => rings.map(round).filter((ring) => ring.length > 3));
  const code = countries.numericToAlpha2(shape.id) ?? userAssigned[shape.properties.name];
  const name = code ?? shape.properties.name;
  return { type: 'Feature', properties: { name }, geometry: { type: 'MultiPolygon', coordinates: polygons.filter((rings) => rings.length > 0) } };
});
const map = { type: 'FeatureCollection', features };

const licences = [
  ['Apache ECharts', 'echarts', ['LICENSE', 'NOTICE']],
  ['ZRender', 'zrender', ['LICENSE']],
  ['tslib', 'tslib', ['LICENSE.txt']],
  ['d3-geo', 'd3-geo', ['LICENSE']],
  ['World Atlas TopoJSON (geometry: Natural Earth, public domain)', 'world-atlas', ['LICENSE']],
];
const [{ inputs }] = Object.values(bundle.metafile.outputs);
const bundled = Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0).map((path) => path.match(/node_modules\/([^/]+)/)?.[1]);
for (const name of new Set(bundled)) {
  if (name && !licences.some(([, pack]) => pack === name)) throw new Error(`the licence of ${name} is not in NOTICE.txt`);
}
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
