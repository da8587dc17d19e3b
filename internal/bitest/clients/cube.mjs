// What Cube does with its own driver: it reads the schema, maps each column to one of
// its types, and asks as it does for a data model. Prints what it found as JSON.
// Arguments: host, port, database, a tag, a time.
import { createRequire } from 'node:module';

const { ClickHouseDriver } = createRequire(`${process.cwd()}/`)('@cubejs-backend/clickhouse-driver');
const [host, port, database, tag, since] = process.argv.slice(2);
const driver = new ClickHouseDriver({ host, port, database, username: 'default', dataSource: 'default' });
await driver.testConnection();

const tables = (await driver.tablesSchema())[database];
const columns = Object.entries(tables)
  .filter(([table]) => !/_(store|refresh)$/.test(table))
  .flatMap(([table, found]) => found.map(({ name, type }) => ({ table, name, type: driver.toGenericType(type) })));

// The forms of SQL that Cube writes: aliases in backticks, parameters as ?, a granularity.
const byCountry = await driver.query(`SELECT \`access_stats\`.ip_country \`name\`, \`access_stats\`.ip_country_code \`code\`,
    max(\`countries\`.region) \`region\`, count(*) \`accesses\`
  FROM access_stats AS \`access_stats\` LEFT JOIN countries AS \`countries\`
    ON \`access_stats\`.ip_country_code = \`countries\`.country_code
  GROUP BY 1, 2 ORDER BY 4 DESC LIMIT 10000`, []);
const filtered = await driver.query(`SELECT count(*) \`accesses\` FROM access_stats AS \`access_stats\`
  WHERE (\`access_stats\`.autograph_tag = ?) AND (\`access_stats\`.first_accessed_at >= parseDateTimeBestEffort(?))`, [tag, since]);
const { rows: series, types } = await driver.downloadQueryResults(
  `SELECT toDateTime(toStartOfMonth(\`access_stats\`.first_accessed_at, 'UTC'), 'UTC') \`month\`, count(*) \`accesses\`
  FROM access_stats AS \`access_stats\` WHERE \`access_stats\`.first_accessed_at IS NOT NULL GROUP BY 1 ORDER BY 1 ASC`, [], {});
const sample = await driver.query('SELECT * FROM access_stats_live ORDER BY backtrace_id, extracted_index, access_index LIMIT 1', []);
await driver.release();
console.log(JSON.stringify({ columns, byCountry, filtered, series, types, sample }));
