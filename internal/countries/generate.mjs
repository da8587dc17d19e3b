// Writes countries.csv from the packages of package.json, `make countries` runs it:
// world-countries (names, variants, regions, centre points), i18n-iso-countries
// (alpha-3, ISO's own names) and Unicode's CLDR (English names).
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// Resolved from the working directory, where the packages are.
const require = createRequire(`${process.cwd()}/`);
const world = require('world-countries');
const iso = require('i18n-iso-countries/codes.json');
const isoNames = require('i18n-iso-countries/langs/en.json').countries;
const cldr = require('cldr-localenames-full/main/en/territories.json').main.en.localeDisplayNames.territories;

// Names of older databases of addresses that none of the packages has.
const elsewhere = {
  BQ: ['Bonaire, Saint Eustatius and Saba'],
  LY: ['Libyan Arab Jamahiriya'],
  PS: ['Palestinian Territory', 'Palestinian Territory, Occupied'],
  SH: ['Saint Helena, Ascension, and Tristan da Cunha'],
};
// Names that two countries have: of none of them.
const ambiguous = new Set(['Virgin Islands']);

const alpha3 = Object.fromEntries(iso.map(([two, three]) => [two, three]));

// fold leaves of a name what ClickHouse compares (migrations/006_lookups.sql).
const fold = (name) => name.normalize('NFKD').toLowerCase().replaceAll('&', 'and')
  .replace(/\bthe\b|[^\p{L}\p{N}]+/gu, '');

// variants are other ways to write a name: `Republic of X` as ISO's `X, Republic of`.
function variants(name) {
  const found = [name];
  const parts = /^(.*\b(?:Republic|State|States|Kingdom)) of (?:the )?(.+)$/.exec(name);
  if (parts) found.push(`${parts[2]}, ${parts[1]} of`);
  if (/^St\.? /.test(name)) found.push(name.replace(/^St\.? /, 'Saint '));
  if (/^Saint /.test(name)) found.push(name.replace(/^Saint /, 'St. '));
  if (/ \(.*\)$/.test(name)) found.push(name.replace(/ \(.*\)$/, ''));
  return found;
}

const cldrNames = (code) => Object.keys(cldr)
  .filter((key) => key === code || key.startsWith(`${code}-alt-`)).map((key) => cldr[key]);

// The sources in the order in which they win a name that two countries claim.
const sources = [
  (c) => [c.name.common, c.name.official],
  (c) => c.altSpellings.filter((name) => name !== c.cca2),
  (c) => cldrNames(c.cca2),
  (c) => [isoNames[c.cca2] ?? []].flat(),
  (c) => elsewhere[c.cca2] ?? [],
];

const countries = world.toSorted((a, b) => (a.cca2 < b.cca2 ? -1 : 1));
const owner = new Map();
const names = new Map(countries.map((c) => [c.cca2, []]));
for (const source of sources) {
  for (const country of countries) {
    for (const name of source(country).flatMap(variants)) {
      const key = fold(name);
      if (ambiguous.has(name) || !key) continue;
      if (!owner.has(key)) {
        owner.set(key, country.cca2);
        names.get(country.cca2).push(name);
      } else if (owner.get(key) !== country.cca2) {
        console.error(`${name}: of ${owner.get(key)}, and not of ${country.cca2}`);
      }
    }
  }
}

const field = (value) => (/[",]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
const lines = countries.map((c) => [
  c.cca2, alpha3[c.cca2], c.name.common, c.region, c.subregion, c.latlng[0], c.latlng[1], names.get(c.cca2).join('|'),
].map(field).join(','));
writeFileSync(process.argv[2], `alpha2,alpha3,name,region,subregion,latitude,longitude,names\n${lines.join('\n')}\n`);
