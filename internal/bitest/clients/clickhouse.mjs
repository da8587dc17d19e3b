// What a tool on ClickHouse's own JavaScript client does: it looks at the relations,
// then asks. Prints what it found as JSON. Arguments: the server's URL, the database.
import { createRequire } from 'node:module';

const { createClient } = createRequire(`${process.cwd()}/`)('@clickhouse/client');
const [url, database] = process.argv.slice(2);
const client = createClient({ url, database });

async function rows(query, query_params) {
  const answer = await client.query({ query, query_params, format: 'JSONEachRow' });
  return answer.json();
}

const columns = await rows(`SELECT table, name, type, comment FROM system.columns
  WHERE database = currentDatabase() AND NOT endsWith(table, '_store') AND NOT endsWith(table, '_refresh')`);

const byCountry = await rows(`SELECT ip_country AS name, ip_country_code AS code, any(c.region) AS region, count() AS accesses
  FROM access_stats LEFT JOIN countries AS c ON c.country_code = ip_country_code GROUP BY name, code`);

const filtered = await rows(`SELECT count() AS accesses FROM access_stats
  WHERE autograph_tag = {tag:String} AND first_accessed_at >= {since:DateTime64(3, 'UTC')}`,
{ tag: process.argv[4], since: process.argv[5] });

const series = await rows(`SELECT formatDateTime(toStartOfMonth(first_accessed_at), '%Y-%m') AS month, count() AS accesses
  FROM access_stats WHERE first_accessed_at IS NOT NULL GROUP BY month`);

const sample = await rows('SELECT * FROM access_stats_live ORDER BY backtrace_id, extracted_index, access_index LIMIT 1');
await client.close();
console.log(JSON.stringify({ columns, byCountry, filtered, series, sample }));
